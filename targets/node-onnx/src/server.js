import Fastify from 'fastify'
import { Refusal, rankSchema, refusalOf } from './ranking.js'

const MAX_BODY_BYTES = 1 << 20

/** @param describe gives the answer of GET /info */
export function buildServer({ store, scorer, describe }) {
  const server = Fastify({
    bodyLimit: MAX_BODY_BYTES,
    // Otherwise "17" and true would pass for numbers.
    ajv: { customOptions: { coerceTypes: false } },
    keepAliveTimeout: 75_000,
    // A container that is told to stop has no time for connections that are idle.
    forceCloseConnections: 'idle',
  })

  server.setErrorHandler((error, _request, reply) => {
    const refusal = refusalOf(error)
    if (!refusal) console.error(error)
    return reply.code(refusal?.statusCode ?? 500).send({ error: refusal?.message ?? 'internal error' })
  })
  server.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'not found' }))

  server.post('/rank', { schema: rankSchema }, async ({ body }) => {
    const itemIds = [...new Set(body.item_ids)]
    const { user, items } = await store.fetch(body.user_id, itemIds)
    const missing = nameMissing(body.user_id, user, itemIds, items)
    if (missing) throw new Refusal(404, missing)
    const scores = await scorer.score(user, items)
    const outputs = items.map(([id], i) => ({ id, score: scores[i] }))
    return { outputs: outputs.sort((a, b) => b.score - a.score).slice(0, body.size) }
  })
  server.get('/health', async () => {
    await store.ping()
    return { status: 'ok' }
  })
  server.get('/info', () => describe())
  return server
}

/** The ids that have no row, in the order they were asked for; null when there are none. */
function nameMissing(userId, user, itemIds, items) {
  if (user && items.length === itemIds.length) return null
  const found = new Set(items.map(([id]) => id))
  const unknown = itemIds.filter((id) => !found.has(id))
  const parts = []
  if (!user) parts.push(`unknown user: ${userId}`)
  if (unknown.length > 0) parts.push(`unknown items: ${unknown.join(', ')}`)
  return parts.join('; ')
}
