import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { after, before, test } from 'node:test'
import { buildServer } from '../src/server.js'

let server
let origin
let left = false

/** Answers a question with its number; one that ends with `fail` fails, and one with `hang` waits until its client leaves. */
async function run(conversations, _concurrency, signal) {
  if (conversations[0][1].content.endsWith('hang')) {
    await once(signal, 'abort')
    left = true
    signal.throwIfAborted()
  }
  return conversations.map(([, { content }]) => (content.endsWith('fail') ? null : /\d+/.exec(content)[0]))
}

before(async () => {
  server = buildServer(run, () => ({ language: 'node' })).listen(0)
  await once(server, 'listening')
  origin = `http://127.0.0.1:${server.address().port}`
})
after(() => server.close())

const ask = (body, signal) => fetch(`${origin}/batch`, { method: 'POST', body, signal })

test('texts are counted and digested in the order of the tasks', async () => {
  const answer = await ask('{"tasks":2,"concurrency":1,"seed":6}')
  assert.equal(answer.status, 200)
  assert.match(answer.headers.get('x-wall-ms'), /^\d+$/)
  const digest = createHash('sha256').update('7\n8\n').digest('hex')
  assert.deepEqual(await answer.json(), { tasks: 2, ok: 2, failed: 0, digest })
})

test('a failed task is counted', async () => {
  const { ok, failed } = await (await ask('{"tasks":3,"concurrency":2,"suffix":" fail"}')).json()
  assert.deepEqual({ ok, failed }, { ok: 0, failed: 3 })
})

for (const [name, body] of [
  ['no JSON', '{"tasks":'],
  ['no object', '7'],
  ['nothing', 'null'],
  ['no tasks', '{"concurrency":1}'],
  ['too many tasks', '{"tasks":1000000,"concurrency":1}'],
  ['tasks as text', '{"tasks":"8","concurrency":1}'],
  ['a negative seed', '{"tasks":1,"concurrency":1,"seed":-1}'],
]) {
  test(`${name}: refused`, async () => {
    const answer = await ask(body)
    assert.equal(answer.status, 400)
    assert.equal(typeof (await answer.json()).error, 'string')
  })
}

test('another method and another path are refused', async () => {
  assert.equal((await fetch(`${origin}/batch`)).status, 405)
  assert.equal((await fetch(`${origin}/nothing`)).status, 404)
})

test('a client that leaves is told to the script', async () => {
  const departure = new AbortController()
  const asked = ask('{"tasks":1,"concurrency":1,"suffix":" hang"}', departure.signal)
  setTimeout(() => departure.abort(), 100)
  await assert.rejects(asked)
  for (let i = 0; i < 100 && !left; i++) await new Promise((resolve) => setTimeout(resolve, 10))
  assert.equal(left, true)
})
