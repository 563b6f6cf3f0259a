import { rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'

/**
 * What a program sees of its engine:
 * `fine` the engine as it is · `frozen` connections open, nothing is answered · `gone` nobody listens ·
 * `slow` every piece of an answer comes late · `failing` every request is answered with 500 ·
 * `full-at-create` and `full-at-build` the engine's disk is full when a container is created, an image built
 */
export type EngineMode = 'fine' | 'frozen' | 'gone' | 'slow' | 'failing' | 'full-at-create' | 'full-at-build'

const SLOW_MS = 250
const REQUEST = /^(GET|HEAD|POST|PUT|DELETE) (\S+) HTTP\/1\.1\r\n/
const FULL = 'failed to create rwlayer: mkdir /var/lib/docker/overlay2/x: no space left on device'

/** A socket in front of the engine's own. It harms nobody else: the engine itself never notices. */
export class EngineProxy implements AsyncDisposable {
  readonly #path: string
  readonly #engine: string
  readonly #pairs = new Set<{ readonly client: Socket; readonly engine: Socket }>()
  #mode: EngineMode = 'fine'
  #server: Server | null = null

  /**
   * @param path   where programs connect
   * @param engine the socket of the engine
   */
  constructor(path: string, engine: string) {
    this.#path = path
    this.#engine = engine
  }

  async open(): Promise<void> {
    rmSync(this.#path, { force: true })
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#join(client))
    await new Promise<void>((resolve) => this.#server?.listen(this.#path, resolve))
  }

  async become(mode: EngineMode): Promise<void> {
    if (this.#mode === mode) return
    const before = this.#mode
    this.#mode = mode
    if (mode === 'gone') await this.#close()
    else if (before === 'gone') await this.open()
    for (const { client, engine } of this.#pairs)
      for (const socket of [client, engine]) mode === 'frozen' ? socket.pause() : socket.resume()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#mode !== 'gone') await this.#close()
  }

  async #close(): Promise<void> {
    const server = this.#server
    for (const { client, engine } of this.#pairs) {
      client.destroy()
      engine.destroy()
    }
    await new Promise((resolve) => (server === null ? resolve(null) : server.close(resolve)))
    rmSync(this.#path, { force: true })
  }

  #join(client: Socket): void {
    const engine = connect({ path: this.#engine, allowHalfOpen: true })
    const pair = { client, engine }
    this.#pairs.add(pair)
    for (const [socket, other] of [
      [client, engine],
      [engine, client],
    ] as const) {
      socket.on('error', () => undefined)
      socket.on('close', () => {
        this.#pairs.delete(pair)
        other.destroy()
      })
    }
    let isRefused = false
    client.on('data', (data) => {
      if (isRefused) return // a body that is still on its way: read to its end, or the answer could be lost with the connection
      const refusal = this.#refusal(data)
      isRefused = refusal !== null
      if (refusal === null) engine.write(data)
      else client.end(refusal)
    })
    client.on('end', () => engine.end())
    engine.on('data', (data) => {
      if (this.#mode === 'slow') setTimeout(() => client.destroyed || client.write(data), SLOW_MS)
      else client.write(data)
    })
    engine.on('end', () => {
      if (this.#mode === 'slow') setTimeout(() => client.end(), SLOW_MS)
      else client.end()
    })
    if (this.#mode === 'frozen') {
      client.pause()
      engine.pause()
    }
  }

  /** The answer in place of the engine's; null: the engine is asked. */
  #refusal(data: Buffer): string | null {
    const [, method = '', path = ''] = REQUEST.exec(data.toString('latin1')) ?? []
    if (method === '') return null
    if (this.#mode === 'failing') return answer500('the storage of the engine is damaged')
    if (this.#mode === 'full-at-create' && method === 'POST' && /\/containers\/create/.test(path))
      return answer500(FULL)
    if (this.#mode === 'full-at-build' && method === 'POST' && /\/build(\?|$)/.test(path)) return answer500(FULL)
    return null
  }
}

function answer500(message: string): string {
  const body = JSON.stringify({ message })
  return `HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`
}
