import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Tokens } from '../src/tokens.js'

const vocab = Object.fromEntries(
  ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'a', '𠀀', 'σ', '##σ'].map((token, id) => [token, id]),
)
const definition = {
  truncation: { max_length: 6 },
  added_tokens: [2, 3].map((id) => ({ id, content: Object.keys(vocab)[id], special: true, normalized: false })),
  normalizer: {
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
  },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: {
    type: 'TemplateProcessing',
    single: [
      { SpecialToken: { id: '[CLS]', type_id: 0 } },
      { Sequence: { id: 'A', type_id: 0 } },
      { SpecialToken: { id: '[SEP]', type_id: 0 } },
    ],
    pair: [],
    special_tokens: {
      '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] },
      '[SEP]': { id: '[SEP]', ids: [3], tokens: ['[SEP]'] },
    },
  },
  decoder: null,
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab,
  },
}
const tokens = new Tokens(definition, { tokenizer_class: 'BertTokenizer' })

for (const [name, text, expected] of [
  ['a word', 'a', { ids: [2, 4, 3], truncatedTo: null }],
  ['nothing', ' \u200b', { ids: null, truncatedTo: null }],
  ['as many words as fit', 'a a a a', { ids: [2, 4, 4, 4, 4, 3], truncatedTo: null }],
  ['one word more', 'a a a a a', { ids: [2, 4, 4, 4, 4, 3], truncatedTo: 6 }],
  ['an ideograph beyond the first plane is a word', 'a𠀀a', { ids: [2, 4, 5, 4, 3], truncatedTo: null }],
  ['a final sigma is a sigma', 'ΣΣ', { ids: [2, 6, 7, 3], truncatedTo: null }],
]) {
  test(name, () => assert.deepEqual(tokens.encode(text), expected))
}
