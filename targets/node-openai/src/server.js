import { once } from 'node:events'
import Fastify from 'fastify'
import { runBatch } from './batch.js'
import { textOf } from './completions.js'

const LARGEST_BODY = 1 << 20

const chatBody = {
  type: 'object',
  required: ['messages'],
  properties: {
    messages: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['role', 'content'],
        properties: {
          role: { enum: ['system', 'developer', 'user', 'assistant'] },
          content: { type: 'string', minLength: 1 },
        },
      },
    },
  },
}

const batchBody = {
  type: 'object',
  required: ['tasks', 'concurrency'],
  properties: {
    tasks: { type: 'integer', minimum: 1, maximum: 100_000 },
    concurrency: { type: 'integer', minimum: 1, maximum: 10_000 },
    /** moves the numbers that are asked about */
    seed: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0 },
    /** ends every question */
    suffix: { type: 'string', default: '' },
  },
}

/** @param describe gives the answer of GET /info */
export function buildServer(completions, describe) {
  const server = Fastify({
    bodyLimit: LARGEST_BODY,
    // "8" is not 8: a body is right or refused.
    ajv: { customOptions: { coerceTypes: false } },
  })
  readBodiesAsJson(server)
  server.setErrorHandler(answerError)

  server.post('/chat', { schema: { body: chatBody } }, async (request, reply) => {
    const { messages } = request.body
    const signal = departureOf(reply)
    if (request.query.stream === '1') return passOn(completions, messages, signal, reply)
    return reply.type('text/plain; charset=utf-8').send(await textOf(completions, messages, signal))
  })

  server.post('/batch', { schema: { body: batchBody } }, async (request, reply) => {
    const started = performance.now()
    const answer = await runBatch(completions, request.body, departureOf(reply))
    return reply.header('x-wall-ms', Math.round(performance.now() - started)).send(answer)
  })

  server.get('/health', async (_request, reply) => reply.send())
  server.get('/info', () => describe())
  return server
}

/** Aborts when the connection closes. That it also closes after the answer does no harm: nothing is left to cancel. */
function departureOf(reply) {
  const departure = new AbortController()
  reply.raw.once('close', () => departure.abort())
  return departure.signal
}

/**
 * The completion as server-sent events, written straight to the connection. The first piece decides the status: a failure before it is
 * an ordinary answer, a failure after it is an event.
 */
async function passOn(completions, messages, signal, reply) {
  const { raw } = reply
  const start = () => {
    reply.hijack()
    raw.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  }
  try {
    await completions.each(messages, signal, (content) => {
      if (!raw.headersSent) start()
      if (!raw.write(event({ content }))) return once(raw, 'drain', { signal })
    })
  } catch (error) {
    if (!raw.headersSent) throw error
    return raw.end(`event: error\n${event({ error: error.message })}`)
  }
  if (!raw.headersSent) start()
  raw.end('data: [DONE]\n\n')
}

const event = (data) => `data: ${JSON.stringify(data)}\n\n`

/** Whatever the content type says, a body is JSON in UTF-8. fastify's own parser replaces bytes that are not. */
function readBodiesAsJson(server) {
  const utf8 = new TextDecoder('utf-8', { fatal: true })
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, JSON.parse(utf8.decode(body)))
    } catch (error) {
      done(Object.assign(error, { statusCode: 400 }))
    }
  })
}

function answerError(error, request, reply) {
  if (reply.raw.destroyed) return reply.hijack() // the client went away: nobody is left to answer
  const status = error.statusCode ?? 500
  if (status === 500) console.error(error)
  return reply.code(status).send({ error: status === 500 ? 'internal error' : error.message })
}
