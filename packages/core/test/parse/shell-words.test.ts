import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isWord, type ShellRule, shellTokens } from '../../src/index.js'

/** Words as their texts, operators in angle brackets. */
function cut(text: string, rule: ShellRule = 'shell'): string[] | string {
  const found = shellTokens(text, rule)
  return found.ok ? found.tokens.map((token) => (isWord(token) ? token.text : `<${token.operator}>`)) : found.message
}

describe('a command line as a shell reads it', () => {
  it.each([
    { line: "curl -H 'a: b c' x", words: ['curl', '-H', 'a: b c', 'x'] },
    { line: `"it's" 'say "x"'`, words: ["it's", 'say "x"'] },
    { line: `a"b"'c'd`, words: ['abcd'] },
    { line: `'' ""`, words: ['', ''] },
    { line: '"a \\"b\\" \\\\ \\x"', words: ['a "b" \\ \\x'] },
    { line: "a\\ b \\'", words: ['a b', "'"] },
    { line: 'a \\\n  b', words: ['a', 'b'] },
    { line: 'a \\\r\n  b', words: ['a', 'b'] },
    { line: '"a\\\nb"', words: ['ab'] },
    { line: 'a # b c', words: ['a'] },
    { line: 'a#b', words: ['a#b'] },
    { line: 'a && b; c | d\ne', words: ['a', '<&&>', 'b', '<;>', 'c', '<|>', 'd', '<\n>', 'e'] },
    { line: `$'it\\'s\\n\\u00e9\\x41\\101'`, words: ["it's\né" + 'AA'] },
    { line: 'http://x/?a=1\\&b=2', words: ['http://x/?a=1&b=2'] },
    { line: '', words: [] },
    { line: '\r\n\t ', words: ['<\n>'] },
  ])('$line', ({ line, words }) => expect(cut(line)).toEqual(words))

  it.each(["'a", '"a', '"a\\"', "$'a", '"'])('tells of a quote that is not closed: %s', (line) =>
    expect(cut(line)).toBe('this quote is not closed'),
  )

  it('says what a shell would replace, with its place', () => {
    const found = shellTokens(`a "$TOKEN" '$not' \`date\` \${X}y $(id)`)
    const words = found.ok ? found.tokens.filter(isWord) : []
    expect(words.flatMap(({ expansions }) => expansions)).toEqual([
      { text: '$TOKEN', at: 3 },
      { text: '`date`', at: 18 },
      { text: '${X}', at: 25 },
      { text: '$(id)', at: 31 },
    ])
    expect(words.map(({ text }) => text)).toEqual(['a', '$TOKEN', '$not', '`date`', '${X}y', '$(id)'])
  })

  it('comes to an end with any text, and says the same of it each time', () => {
    const texts = fc.string({ unit: fc.constantFrom(...'ab \'"\\$`\n\r\t#;&|<>(){}') })
    fc.assert(
      fc.property(texts, fc.constantFrom<ShellRule>('shell', 'words'), (text, rule) => {
        expect(shellTokens(text, rule)).toEqual(shellTokens(text, rule))
      }),
    )
  })

  it('gives back what was quoted', () => {
    const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (words) => {
        expect(cut(words.map(quoted).join(' '))).toEqual(words)
      }),
    )
  })
})

describe('a command as Compose cuts it', () => {
  it.each([
    { line: 'sh -c "a && b"', words: ['sh', '-c', 'a && b'] },
    { line: 'a && b # c', words: ['a', '&&', 'b', '#', 'c'] },
    { line: 'echo $HOME `id`', words: ['echo', '$HOME', '`id`'] },
    { line: 'a\n  b', words: ['a', 'b'] },
  ])('$line', ({ line, words }) => expect(cut(line, 'words')).toEqual(words))
})
