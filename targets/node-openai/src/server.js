import { Readable } from 'node:stream'
import Fastify from 'fastify'
import { runBatch } from './batch.js'
import { Completions } from './completions.js'
import { describe, installedVersions } from './info.js'
import { countWorkers } from './workers.js'

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

export function buildServer(settings) {
  const completions = new Completions(settings)
  const server = Fastify({
    bodyLimit: LARGEST_BODY,
    // "8" is not 8: a body is right or refused.
    ajv: { customOptions: { coerceTypes: false } },
  })
  readBodiesAsJson(server)
  server.setErrorHandler(answerError)

  server.post('/chat', { schema: { body: chatBody } }, async (request, reply) => {
    const pieces = completions.stream(request.body.messages, departureOf(reply))
    if (request.query.stream === '1') return passOn(pieces, reply)
    let text = ''
    for await (const piece of pieces) text += piece
    return reply.type('text/plain; charset=utf-8').send(text)
  })

  server.post('/batch', { schema: { body: batchBody } }, async (request, reply) => {
    const started = performance.now()
    const answer = await runBatch(completions, request.body, departureOf(reply))
    return reply.header('x-wall-ms', Math.round(performance.now() - started)).send(answer)
  })

  server.get('/health', async (_request, reply) => reply.send())
  server.get('/info', describeService)
  return server
}

async function describeService() {
  return describe({
    framework: 'fastify',
    versions: { ...installedVersions(['openai', 'fastify', 'p-limit']), undici: process.versions.undici },
    workers: await countWorkers(),
    // No pools: fetch opens as many connections to a host as it has requests.
  })
}

/** Aborts when the connection closes. That it also closes after the answer does no harm: nothing is left to cancel. */
function departureOf(reply) {
  const departure = new AbortController()
  reply.raw.once('close', () => departure.abort())
  return departure.signal
}

/**
 * The completion as server-sent events. The first piece decides the status: a failure before it is an ordinary
 * answer, a failure after it is an event.
 */
async function passOn(pieces, reply) {
  const first = await pieces.next()
  async function* events() {
    try {
      if (!first.done) yield event({ content: first.value })
      for await (const content of pieces) yield event({ content })
      yield 'data: [DONE]\n\n'
    } catch (error) {
      yield `event: error\n${event({ error: error.message })}`
    }
  }
  return reply
    .type('text/event-stream; charset=utf-8')
    .header('cache-control', 'no-cache')
    .send(Readable.from(events()))
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
