import Fastify from 'fastify'
import { jsonOf } from './floats.js'

const MAX_BODY_BYTES = 4 << 20

const embedSchema = {
  body: { type: 'object', required: ['text'], properties: { text: { type: 'string' } } },
}

/** An answer other than 200, as the client sees it. */
class Refusal extends Error {
  constructor(statusCode, message) {
    super(message)
    this.statusCode = statusCode
  }
}

/** @param describe gives the answer of GET /info */
export function buildServer({ embedders, describe }) {
  const server = Fastify({
    bodyLimit: MAX_BODY_BYTES,
    // Otherwise 17 and true would pass for texts.
    ajv: { customOptions: { coerceTypes: false } },
    keepAliveTimeout: 75_000,
    // A container that is told to stop has no time for connections that are idle.
    forceCloseConnections: 'idle',
  })

  // Fastify's own parser puts U+FFFD in the place of what is no UTF-8.
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_request, body) => parse(body))
  server.setErrorHandler((error, _request, reply) => {
    const status = error.statusCode ?? 500
    if (status >= 500) console.error(error)
    return reply.code(status).send({ error: status < 500 ? error.message : 'internal error' })
  })
  server.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'not found' }))

  server.post('/embed', { schema: embedSchema }, async ({ body: { text } }, reply) => {
    // JavaScript's strings may hold half a surrogate pair, and JSON's escapes can write one.
    if (!text.isWellFormed()) throw new Refusal(400, 'text has half a surrogate pair')
    const { values, truncatedTo } = await embedders.embed(text)
    if (!values) throw new Refusal(400, 'text is empty')
    if (truncatedTo) reply.header('x-truncated-to-tokens', truncatedTo)
    return reply.type('application/json; charset=utf-8').send(`{"embedding":${jsonOf(values)}}`)
  })
  server.get('/health', () => ({ status: 'ok' }))
  server.get('/info', () => describe())
  return server
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function parse(body) {
  try {
    return JSON.parse(utf8.decode(body))
  } catch (error) {
    throw new Refusal(400, error.message)
  }
}
