import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Completions, textOf } from '../src/completions.js'
import { undiciFetch } from '../src/undici-fetch.js'

const messages = [{ role: 'user', content: 'a' }]
const chunk = (content, finish_reason = null) => `data: ${JSON.stringify({ choices: [{ delta: { content }, finish_reason }] })}\n\n`

/** Serves while a test lasts. @returns the client, and how many connections there were and how many broke */
async function serving(t, answer) {
  const seen = { connections: 0, broken: 0 }
  const server = createServer((request, response) => {
    response.on('close', () => {
      if (!response.writableFinished) seen.broken++
    })
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    answer(response)
  })
  server.on('connection', () => seen.connections++)
  await once(server.listen(0), 'listening')
  t.after(() => server.close().closeAllConnections())
  const baseURL = `http://127.0.0.1:${server.address().port}/v1`
  return { client: new Completions({ baseURL, apiKey: 'key', model: 'model', silenceMs: 2000 }, undiciFetch()), seen }
}

test('an answer that ends a moment after [DONE] leaves its connection to the next', async (t) => {
  const { client, seen } = await serving(t, async (response) => {
    response.write(`${chunk('a')}${chunk('', 'stop')}data: [DONE]\n\n`)
    await sleep(20)
    response.end()
  })
  for (let i = 0; i < 3; i++) {
    assert.equal(await textOf(client, messages, new AbortController().signal), 'a')
    await sleep(40)
  }
  assert.deepEqual(seen, { connections: 1, broken: 0 })
})

test('an answer whose reader goes away in the middle is broken off', async (t) => {
  const { client, seen } = await serving(t, (response) => response.write(chunk('a')))
  const departure = new AbortController()
  const reading = client.each(messages, departure.signal, () => departure.abort())
  await assert.rejects(reading, { name: 'AbortError' })
  await sleep(40)
  assert.deepEqual(seen, { connections: 1, broken: 1 })
})
