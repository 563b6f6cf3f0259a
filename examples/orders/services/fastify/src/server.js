import { randomUUID } from 'node:crypto'
import fastify from 'fastify'

const DAY_SECONDS = 86_400
const JSON_TYPE = 'application/json; charset=utf-8'
const NAME = { type: 'string', minLength: 1, maxLength: 80 }
const WANTED = {
  type: 'object',
  required: ['customer', 'item', 'quantity'],
  additionalProperties: false,
  properties: { customer: NAME, item: NAME, quantity: { type: 'integer', minimum: 1, maximum: 99 } },
}

/**
 * The orders service: makes orders, and gives them back for a day.
 *
 * @param redis a client of @redis/client; its errors are told as 503
 */
export function buildServer(redis) {
  // As they are, "2" would become 2, and a member that nobody knows would be dropped without a word.
  const app = fastify({ ajv: { customOptions: { coerceTypes: false, removeAdditional: false } } })

  app.post('/orders', { schema: { body: WANTED } }, async (request, reply) => {
    const { customer, item, quantity } = request.body
    const id = randomUUID()
    const body = JSON.stringify({ id, customer, item, quantity, createdAt: new Date().toISOString() })
    await inStore(redis.set(keyOf(id), body, { expiration: { type: 'EX', value: DAY_SECONDS } }))
    return reply.code(201).header('location', `/orders/${id}`).type(JSON_TYPE).send(body)
  })

  app.get('/orders/:id', async (request, reply) => {
    // What lies in Redis is the answer: nothing is parsed and written again.
    const body = await inStore(redis.get(keyOf(request.params.id)))
    return body === null ? reply.code(404).send({ error: 'there is no such order' }) : reply.type(JSON_TYPE).send(body)
  })

  app.get('/healthz', async (_, reply) => {
    await inStore(redis.ping())
    return reply.send('')
  })

  app.setErrorHandler((error, _, reply) => {
    const status = error instanceof StoreAway ? 503 : (error.statusCode ?? 500)
    const why = status === 500 ? 'an error of ours' : error.message
    return reply.code(status).send({ error: why })
  })

  return app
}

/** An answer of Redis, or the error that says to the caller whose fault it is. */
async function inStore(answer) {
  try {
    return await answer
  } catch (cause) {
    throw new StoreAway('the store cannot be reached', { cause })
  }
}

class StoreAway extends Error {}

const keyOf = (id) => `order:${id}`
