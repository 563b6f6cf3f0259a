import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildServer } from '../src/server.js'
import { UpstreamError } from '../src/upstream-error.js'

/** Says the words of the last message; a word `fail` is where the upstream breaks. */
const completions = {
  async each(messages, _signal, take) {
    for (const word of messages.at(-1).content.split(' ')) {
      if (word === 'fail') throw new UpstreamError(502, 'upstream connection broke')
      await take(`${word}.`)
    }
  },
}

async function ask(url, body) {
  const answer = await buildServer(completions, () => ({})).inject({
    method: 'POST',
    url,
    payload: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: answer.statusCode, type: answer.headers['content-type'], text: answer.body }
}

const saying = (content) => ({ messages: [{ role: 'user', content }] })

test('a completion is joined', async () => {
  assert.deepEqual(await ask('/chat', saying('a b')), { status: 200, type: 'text/plain; charset=utf-8', text: 'a.b.' })
})

test('a completion is passed on piece by piece', async () => {
  assert.deepEqual(await ask('/chat?stream=1', saying('a é"')), {
    status: 200,
    type: 'text/event-stream; charset=utf-8',
    text: 'data: {"content":"a."}\n\ndata: {"content":"é\\"."}\n\ndata: [DONE]\n\n',
  })
})

test('a failure before the first piece is an ordinary answer', async () => {
  for (const url of ['/chat', '/chat?stream=1']) {
    assert.deepEqual(await ask(url, saying('fail')), {
      status: 502,
      type: 'application/json; charset=utf-8',
      text: '{"error":"upstream connection broke"}',
    })
  }
})

test('a failure after the first piece is an event', async () => {
  const { status, text } = await ask('/chat?stream=1', saying('a fail b'))
  assert.equal(status, 200)
  assert.equal(text, 'data: {"content":"a."}\n\nevent: error\ndata: {"error":"upstream connection broke"}\n\n')
})

test('a failed task of a batch is counted', async () => {
  const { status, text } = await ask('/batch', { tasks: 3, concurrency: 2, suffix: ' fail' })
  assert.equal(status, 200)
  assert.deepEqual({ ...JSON.parse(text), digest: '' }, { tasks: 3, ok: 0, failed: 3, digest: '' })
})

for (const [name, body] of [
  ['no messages', {}],
  ['an unknown role', { messages: [{ role: 'oracle', content: 'a' }] }],
  ['content that is no text', { messages: [{ role: 'user', content: 7 }] }],
  ['text that is no JSON', 'messages'],
]) {
  test(`${name}: refused`, async () => assert.equal((await ask('/chat', body)).status, 400))
}
