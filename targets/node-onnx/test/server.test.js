import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '../src/ranking.js'
import { buildServer } from '../src/server.js'

/** Knows user 7 and the items below 100; an item's score is a tenth of its id. */
function aServer({ down = false } = {}) {
  const store = {
    async ping() {
      if (down) throw new Refusal(503, 'the database does not answer')
    },
    async fetch(userId, itemIds) {
      await this.ping()
      const items = itemIds.filter((id) => id < 100).map((id) => [id, []])
      return { user: userId === 7 ? [] : undefined, items }
    },
  }
  const scorer = { score: async (_user, items) => items.map(([id]) => id / 10) }
  return buildServer({ store, scorer, describe: () => ({}) })
}

async function rank(payload, options) {
  const answer = await aServer(options).inject({
    method: 'POST',
    url: '/rank',
    headers: { 'content-type': 'application/json' },
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  })
  return { status: answer.statusCode, ...answer.json() }
}

test('the best come first, at most size of them, each once', async () => {
  const answer = await rank({ user_id: 7, item_ids: [1, 5, 3, 5], size: 2 })
  assert.deepEqual(answer, {
    status: 200,
    outputs: [
      { id: 5, score: 0.5 },
      { id: 3, score: 0.3 },
    ],
  })
})

test('every unknown id is named', async () => {
  const answer = await rank({ user_id: 8, item_ids: [1, 200, 100], size: 2 })
  assert.deepEqual(answer, { status: 404, error: 'unknown user: 8; unknown items: 200, 100' })
})

for (const [name, payload, status] of [
  ['an empty body', '', 400],
  ['JSON that ends too early', '{"user_id":7', 400],
  ['nesting without an end', '['.repeat(100_000), 400],
  ['an array', '[7]', 400],
  ['a missing user', { item_ids: [1], size: 1 }, 400],
  ['an id in quotes', { user_id: '7', item_ids: [1], size: 1 }, 400],
  ['an id that is true', { user_id: true, item_ids: [1], size: 1 }, 400],
  ['an id beyond 32 bits', { user_id: 3_000_000_000, item_ids: [1], size: 1 }, 400],
  ['a null among the items', { user_id: 7, item_ids: [1, null], size: 1 }, 400],
  ['one item instead of a list', { user_id: 7, item_ids: 1, size: 1 }, 400],
  ['no items', { user_id: 7, item_ids: [], size: 1 }, 400],
  ['a size of zero', { user_id: 7, item_ids: [1], size: 0 }, 400],
  ['more than 1000 items', { user_id: 7, item_ids: Array(1001).fill(1), size: 1 }, 413],
  ['a body above 1 MiB', { user_id: 7, item_ids: [1], size: 1, padding: 'x'.repeat(1 << 20) }, 413],
]) {
  test(`${name} is refused with ${status}`, async () => {
    const answer = await rank(payload)
    assert.equal(answer.status, status)
    assert.equal(typeof answer.error, 'string')
  })
}

test('without its database the service answers 503 and is not healthy', async () => {
  assert.deepEqual(await rank({ user_id: 7, item_ids: [1], size: 1 }, { down: true }), {
    status: 503,
    error: 'the database does not answer',
  })
  const health = await aServer({ down: true }).inject('/health')
  assert.equal(health.statusCode, 503)
})
