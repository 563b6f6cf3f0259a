import { createServer } from 'node:http'
import { answerOf, conversationsOf, readOrder } from './batch.js'

const LARGEST_BODY = 1 << 20

/**
 * What lets the article's script be asked.
 *
 * @param run      the script, given conversations, a concurrency and a signal
 * @param describe gives the answer of GET /info
 */
export function buildServer(run, describe) {
  const routes = new Map([
    ['/batch', { method: 'POST', handle: (request, response) => runBatch(run, request, response) }],
    ['/health', { method: 'GET', handle: async (_request, response) => response.end() }],
    ['/info', { method: 'GET', handle: async (_request, response) => sendJson(response, 200, describe()) }],
  ])
  return createServer({ keepAliveTimeout: 75_000 }, async (request, response) => {
    const route = routes.get(request.url.split('?', 1)[0])
    if (!route) return sendJson(response, 404, { error: 'not found' })
    if (request.method !== route.method) return sendJson(response, 405, { error: `only ${route.method}` }, { allow: route.method })
    try {
      await route.handle(request, response)
    } catch (error) {
      if (response.destroyed) return // the client went away: nobody is left to answer
      console.error(error)
      sendJson(response, 500, { error: 'internal error' })
    }
  })
}

async function runBatch(run, request, response) {
  const body = await bodyOf(request)
  if (body === null) return sendJson(response, 413, { error: 'the body is larger than 1 MiB' }, { connection: 'close' })
  let order
  try {
    order = readOrder(body)
  } catch (error) {
    return sendJson(response, 400, { error: error.message })
  }
  const departure = new AbortController()
  response.once('close', () => departure.abort())
  const started = performance.now()
  const texts = await run(conversationsOf(order), order.concurrency, departure.signal)
  sendJson(response, 200, answerOf(texts), { 'x-wall-ms': Math.round(performance.now() - started) })
}

/** The request's body; null where it is too large. */
async function bodyOf(request) {
  const pieces = []
  let length = 0
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    length += piece.length
    if (length > LARGEST_BODY) return null
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString()
}

function sendJson(response, status, value, headers = {}) {
  const body = JSON.stringify(value)
  response.writeHead(status, { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}
