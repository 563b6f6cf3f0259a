import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildServer } from '../src/server.js'

/** Embeds a text as its length; a text of spaces has no tokens, and more than 10 characters are cut. */
const embedders = {
  embed: async (text) => ({
    values: text.trim() ? Float32Array.of(text.length) : null,
    truncatedTo: text.length > 10 ? 10 : null,
  }),
}

async function embed(payload) {
  const answer = await buildServer({ embedders, describe: () => ({}) }).inject({
    method: 'POST',
    url: '/embed',
    headers: { 'content-type': 'application/json' },
    payload,
  })
  return { status: answer.statusCode, truncatedTo: answer.headers['x-truncated-to-tokens'], ...answer.json() }
}

test('a text is embedded', async () => {
  assert.deepEqual(await embed('{"text":"h\\u00e4\\ud83d\\ude42","n":[1]}'), {
    status: 200,
    truncatedTo: undefined,
    embedding: [4],
  })
})

test('a text that was cut is answered with where', async () => {
  assert.equal((await embed('{"text":"eleven char"}')).truncatedTo, '10')
})

test('a text without tokens is refused', async () => {
  const { status, error } = await embed('{"text":"  "}')
  assert.deepEqual({ status, error }, { status: 400, error: 'text is empty' })
})

for (const [name, payload, status] of [
  ['an empty body', '', 400],
  ['JSON that ends too early', '{"text":"a', 400],
  ['text after the object', '{"text":"a"} x', 400],
  ['nesting without an end', '['.repeat(100_000), 400],
  ['null', 'null', 400],
  ['a list', '["a"]', 400],
  ['no text', '{}', 400],
  ['a text that is null', '{"text":null}', 400],
  ['a text that is a number', '{"text":17}', 400],
  ['a text that is true', '{"text":true}', 400],
  ['half a surrogate pair', '{"text":"\\ud83d"}', 400],
  ['what is no UTF-8', Buffer.from('{"text":"gr\xfc"}', 'latin1'), 400],
  ['a body above 4 MiB', `{"text":"${'a'.repeat(4 << 20)}"}`, 413],
]) {
  test(`${name} is refused with ${status}`, async () => {
    const answer = await embed(payload)
    assert.equal(answer.status, status)
    assert.equal(typeof answer.error, 'string')
  })
}
