import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { RunEvent } from '@bakeoff/model'
import { renderHtml } from '@bakeoff/report'
import type { RunFolder } from './run-folder.js'
import { analyseFolder } from './write-report.js'

/** How long the end waits for browsers to fetch the final page. */
const LAST_LOOK_MS = 3000

/** The page of a run that goes on, on 127.0.0.1. Whether somebody looks or goes away changes nothing for the run. */
export interface LivePage extends AsyncDisposable {
  readonly url: string
}

/**
 * Serves the report of a going run: `/` is the page of what is on disk by now, `/events` the run's own events. The page
 * is made anew between repetitions only, since making it takes CPU that a load would miss.
 */
export async function openLivePage(folder: RunFolder): Promise<LivePage> {
  const watching = new Set<ServerResponse>()
  let page: string | null = null
  const events: RunEvent[] = folder.readEvents()
  folder.onEvent((event) => {
    events.push(event)
    if (event.kind === 'repetition' || event.kind === 'run-ended' || event.kind === 'calibrated') page = null
    for (const response of watching) send(response, event)
  })
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://live').pathname
    if (path === '/') {
      page ??= renderHtml(analyseFolder(folder, 'running'), { served: true })
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(page)
    } else if (path === '/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      watching.add(response)
      response.on('close', () => watching.delete(response))
      // Windows of the past are drawn by nobody any more.
      for (const event of events) if (event.kind !== 'window') send(response, { ...event, past: true })
    } else response.writeHead(404).end()
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      if (watching.size > 0) await new Promise((resolve) => setTimeout(resolve, LAST_LOOK_MS))
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function send(response: ServerResponse, event: RunEvent & { past?: boolean }): void {
  response.write(`data: ${JSON.stringify(event)}\n\n`)
}
