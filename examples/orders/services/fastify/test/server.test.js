import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildServer } from '../src/server.js'

/** Redis as far as the service uses it. */
class FakeRedis {
  values = new Map()
  isAway = false

  set = async (key, value) => void this.#there().set(key, value)
  get = async (key) => this.#there().get(key) ?? null
  ping = async () => void this.#there()

  #there() {
    if (this.isAway) throw new Error('connection refused')
    return this.values
  }
}

const redis = new FakeRedis()
const app = buildServer(redis)
const post = (payload) => app.inject({ method: 'POST', url: '/orders', payload })
const ESPRESSO = { customer: 'ada', item: 'espresso', quantity: 2 }

test('an order that was made can be read, by the id and at the address that the answer names', async () => {
  const made = await post(ESPRESSO)
  assert.equal(made.statusCode, 201)
  const { id, createdAt, ...rest } = made.json()
  assert.deepEqual(rest, ESPRESSO)
  assert.ok(Math.abs(Date.parse(createdAt) - Date.now()) < 5000)
  assert.equal(made.headers.location, `/orders/${id}`)
  const read = await app.inject(made.headers.location)
  assert.deepEqual(read.json(), made.json())
  assert.equal(read.headers['content-type'], made.headers['content-type'])
})

for (const [because, payload] of [
  ['a member is missing', { customer: 'ada', item: 'espresso' }],
  ['a quantity is a text', { ...ESPRESSO, quantity: '2' }],
  ['a quantity is no whole number', { ...ESPRESSO, quantity: 1.5 }],
  ['there is a member that nobody knows', { ...ESPRESSO, price: 0 }],
])
  test(`it is refused where ${because}`, async () => assert.equal((await post(payload)).statusCode, 400))

test('an unknown order is not found', async () => assert.equal((await app.inject('/orders/none')).statusCode, 404))

test('whoever asks is told when the store is away', async () => {
  redis.isAway = true
  const answers = await Promise.all([post(ESPRESSO), app.inject('/orders/x'), app.inject('/healthz')])
  assert.deepEqual(
    answers.map(({ statusCode }) => statusCode),
    [503, 503, 503],
  )
})
