import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { RunEvent } from '@bakeoff/model'
import { renderHtml } from '@bakeoff/report'
import type { RunFolder } from './run-folder.js'
import { analyseFolder } from './write-report.js'

/** How long the end waits for browsers to fetch the final page. */
const LAST_LOOK_MS = 3000
/** Limits on how many readers there may be at once, and how slow they may be: each takes CPU and memory beside a measurement. */
const MOST_CONNECTIONS = 64
const MOST_WATCHING = 16
const MOST_UNREAD_BYTES = 4 * 1024 * 1024
const REQUEST_MS = 10_000

/** The page may not run foreign scripts, stand in a foreign frame, or be read by a foreign page. */
const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
} as const

/** The server of a running run's page, on 127.0.0.1. Readers come and go without any effect on the run. */
export interface LivePage extends AsyncDisposable {
  readonly url: string
}

/**
 * Serves the report of a run that goes on: `/` is the page of what is on disk by now, `/events` the run's own events. The page
 * is made anew only between repetitions, since making it takes CPU from a load.
 *
 * Every process and every browser page on this machine can reach the port. It answers only requests that name it by its
 * own host name (a page elsewhere whose name was made to mean 127.0.0.1 asks by that name), and every request ends in
 * an answer.
 */
export async function openLivePage(folder: RunFolder): Promise<LivePage> {
  const watching = new Set<ServerResponse>()
  let page: string | null = null
  // The page does not draw past slices, the events of kind `window`.
  const past: RunEvent[] = folder.readEvents().filter(({ kind }) => kind !== 'slice')
  folder.onEvent((event) => {
    if (event.kind !== 'slice') past.push(event)
    if (event.kind === 'repetition' || event.kind === 'run-ended' || event.kind === 'calibrated') page = null
    for (const response of watching) tell(response, event)
  })

  const routes: Readonly<Record<string, (response: ServerResponse, isHead: boolean) => void>> = {
    '/': (response) => {
      page ??= renderHtml(analyseFolder(folder, 'running'), { served: true })
      send(response, { status: 200, type: 'text/html', body: page })
    },
    '/events': (response, isHead) => {
      if (watching.size >= MOST_WATCHING) {
        send(response, plain(503, `${MOST_WATCHING} pages watch this run already: close one of them.`))
        return
      }
      response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream' })
      if (isHead) {
        response.end()
        return
      }
      watching.add(response)
      response.on('close', () => watching.delete(response))
      for (const event of withLastSteps(past)) response.write(messageOf({ ...event, past: true }))
    },
  }
  const server = createServer((request, response) => {
    try {
      const { port } = server.address() as AddressInfo
      const refused = refusalOf(request, [`127.0.0.1:${port}`, `localhost:${port}`])
      if (refused) {
        send(response, refused)
        return
      }
      const path = pathOf(request)
      const route = Object.hasOwn(routes, path) ? routes[path] : undefined
      if (route) route(response, request.method === 'HEAD')
      else send(response, plain(404, 'The report of this run is at /'))
    } catch (error) {
      apologise(response, error)
    }
  })
  await listen(server)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      if (watching.size > 0) await new Promise((resolve) => setTimeout(resolve, LAST_LOOK_MS))
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The events without the steps that something came after; of several benches, something on the same bench. */
function withLastSteps(events: readonly RunEvent[]): RunEvent[] {
  const later = new Set<string | null>()
  return events
    .toReversed()
    .filter((event) => {
      const bench = ('bench' in event ? event.bench : null) ?? null
      const isLast = bench === null ? later.size === 0 : !later.has(bench)
      later.add(bench)
      return event.kind !== 'step' || isLast
    })
    .toReversed()
}

/** On a port that the system chooses, and only for this machine. */
async function listen(server: Server): Promise<void> {
  server.maxConnections = MOST_CONNECTIONS
  server.requestTimeout = REQUEST_MS
  server.headersTimeout = REQUEST_MS
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  server.on('error', () => {}) // such as too few file descriptors: the page is then not served, and the run goes on
}

interface Answer {
  readonly status: number
  readonly type: 'text/html' | 'text/plain'
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

function plain(status: number, says: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, type: 'text/plain', body: `${says}\n`, headers }
}

/** @param names of this server, with its port */
function refusalOf({ method, headers, url = '' }: IncomingMessage, names: readonly string[]): Answer | null {
  const authority = /^https?:\/\/([^/?#]*)/i.exec(url)?.[1] ?? headers.host
  if (authority === undefined || ![authority, headers.host ?? authority].every((name) => names.includes(name)))
    return plain(421, `This is ${names[0]}, and nothing else is served here.`)
  if (method !== 'GET' && method !== 'HEAD')
    return plain(405, 'There is nothing to change here.', { allow: 'GET, HEAD' })
  return null
}

/** The path as it was sent, not decoded: a path that this server does not have need not be understood. */
function pathOf({ url = '' }: IncomingMessage): string {
  const path = url.replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#][\s\S]*$/, '')
  return path === '' ? '/' : path
}

function send(response: ServerResponse, { status, type, body, headers }: Answer): void {
  response
    .writeHead(status, {
      ...HEADERS,
      ...headers,
      'content-type': `${type}; charset=utf-8`,
      'content-length': Buffer.byteLength(body),
    })
    .end(body) // of an answer to HEAD, Node sends the head only
}

/** Files of a running run may be half written, and a page that cannot be made is no reason to end the run. */
function apologise(response: ServerResponse, error: unknown): void {
  const says = error instanceof Error ? error.message : String(error)
  if (response.headersSent) response.destroy()
  else send(response, plain(500, `The page could not be made: ${says}`))
}

/** Drops a connection whose reader does not read what it asked for. */
function tell(response: ServerResponse, event: RunEvent): void {
  if (response.writableLength > MOST_UNREAD_BYTES) response.destroy()
  else response.write(messageOf(event))
}

function messageOf(event: RunEvent & { past?: boolean }): string {
  return `data: ${JSON.stringify(event)}\n\n`
}
