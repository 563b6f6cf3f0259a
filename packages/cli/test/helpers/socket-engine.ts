import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** An engine on a socket of its own that has containers and images, lists and removes them, and runs nothing. */
export class SocketEngine implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'bakeoff-socket-engine-'))
  readonly socket = join(this.folder, 'engine.sock')
  /** labels by name */
  readonly containers = new Map<string, Record<string, string>>()
  readonly images = new Set<string>()
  /** every question, in order: `GET /info` */
  readonly asked: string[] = []
  readonly #server = createServer((request, response) => this.#answer(request, response))

  static async start(): Promise<SocketEngine> {
    const engine = new SocketEngine()
    engine.#server.listen(engine.socket)
    await once(engine.#server, 'listening')
    return engine
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    rmSync(this.folder, { recursive: true, force: true })
  }

  #answer({ method, url = '' }: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(url, 'http://engine')
    this.asked.push(`${method} ${pathname}`)
    const answer = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body))
    if (method === 'DELETE') {
      const [, kind, name = ''] = pathname.split('/').map(decodeURIComponent)
      const removed = kind === 'containers' ? this.containers.delete(name) : this.images.delete(imageIn(pathname))
      answer(removed ? 200 : 404, removed ? [] : { message: 'no such thing' })
    } else if (pathname === '/_ping') response.end('OK')
    else if (pathname === '/version') answer(200, { Version: '29.0.0', ApiVersion: '1.52', Arch: 'amd64' })
    else if (pathname === '/info') answer(200, { ID: this.socket, NCPU: 2, MemTotal: 1024 })
    else if (pathname === '/containers/json') answer(200, this.#listed(searchParams))
    else if (pathname === '/images/json')
      answer(
        200,
        [...this.images].map((tag) => ({ RepoTags: [tag], Created: 0 })),
      )
    else if (pathname === '/networks') answer(200, [])
    else if (pathname === '/volumes') answer(200, { Volumes: [] })
    else answer(404, { message: `this engine knows nothing of ${method} ${pathname}` })
  }

  #listed(query: URLSearchParams): { Id: string; Names: string[]; Labels: Record<string, string>; State: string }[] {
    const { label = [] } = JSON.parse(query.get('filters') ?? '{}') as { label?: string[] }
    return [...this.containers]
      .filter(([, labels]) =>
        label.every((one) => Object.entries(labels).some(([key, value]) => one === `${key}=${value}`)),
      )
      .map(([Id, Labels]) => ({ Id, Names: [`/${Id}`], Labels, State: 'running' }))
  }
}

function imageIn(pathname: string): string {
  return decodeURIComponent(pathname.replace('/images/', ''))
}
