import { createServer } from 'node:http'
import { describe } from './info.js'
import { countWorkers } from './workers.js'

const PREDICTION = 'Prediction: Iris-Setosa'

export function buildServer() {
  const routes = new Map([
    ['/predict', (_request, response) => send(response, 'text/plain; charset=utf-8', PREDICTION)],
    ['/health', (_request, response) => send(response, 'text/plain; charset=utf-8', '')],
    ['/info', async (_request, response) => send(response, 'application/json', JSON.stringify(await describeService()))],
  ])

  return createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
    const handle = routes.get(pathOf(request.url))
    if (!handle) return refuse(response, 404)
    if (request.method !== 'GET') return refuse(response, 405, { allow: 'GET' })
    return handle(request, response)
  })
}

async function describeService() {
  const { llhttp, uv } = process.versions
  return describe({ framework: null, versions: { llhttp, uv }, workers: await countWorkers() })
}

/** The request target without its query. Cheaper than a URL object, and the rest of a URL is never sent to a server. */
function pathOf(target) {
  const query = target.indexOf('?')
  return query === -1 ? target : target.slice(0, query)
}

function send(response, contentType, body) {
  // With the length given, head and body leave in one write and unchunked.
  response.writeHead(200, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

function refuse(response, status, headers = {}) {
  response.writeHead(status, { ...headers, 'content-length': 0 })
  response.end()
}
