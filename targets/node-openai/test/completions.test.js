import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Completions, Responses, textOf } from '../src/completions.js'

const upstream = { baseURL: 'http://upstream/v1', apiKey: 'key', model: 'model', silenceMs: 1000 }
const messages = [{ role: 'user', content: 'a' }]
const never = new AbortController().signal

/** A fetch that answers these events; what it was asked for is in `asked`. */
function answering(...events) {
  const asked = []
  const fetch = async (url, { body }) => {
    asked.push([new URL(url).pathname, JSON.parse(body)])
    const text = events.map((event) => `data: ${event === '[DONE]' ? event : JSON.stringify(event)}\n\n`).join('')
    return new Response(text, { headers: { 'content-type': 'text/event-stream' } })
  }
  return { fetch, asked }
}

const chunk = (delta, finish_reason = null) => ({ choices: [{ delta, finish_reason }] })
const delta = (text) => ({ type: 'response.output_text.delta', delta: text })
const completed = { type: 'response.completed', response: { output: [] } }

test('a chat completion is read to its finish_reason', async () => {
  const { fetch, asked } = answering(chunk({ content: '' }), chunk({ content: 'é' }), chunk({}, 'stop'), '[DONE]')
  assert.equal(await textOf(new Completions(upstream, fetch), messages, never), 'é')
  assert.deepEqual(asked, [['/v1/chat/completions', { model: 'model', messages, stream: true }]])
})

test('a response is read to its completion', async () => {
  const { fetch, asked } = answering({ type: 'response.created', response: {} }, delta('é'), delta(' b'), completed)
  assert.equal(await textOf(new Responses(upstream, fetch), messages, never), 'é b')
  assert.deepEqual(asked, [['/v1/responses', { model: 'model', input: messages, stream: true }]])
})

for (const [name, Client, events, message] of [
  ['a chat completion that was cut', Completions, [chunk({ content: 'a' }), '[DONE]'], 'upstream ended early'],
  ['a response that was cut', Responses, [delta('a')], 'upstream ended early'],
  ['a response that failed', Responses, [delta('a'), { type: 'response.failed' }], 'upstream reported an error'],
]) {
  test(`${name} is an error`, async () => {
    const client = new Client(upstream, answering(...events).fetch)
    await assert.rejects(textOf(client, messages, never), { statusCode: 502, message })
  })
}
