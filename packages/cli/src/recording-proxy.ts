/** A proxy on this machine that passes requests on to one server, and keeps what was asked and answered. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { NOT_TEXT, type SeenExchange } from '@bakeoff/core'
import { BoundedBytes, send } from './http-exchange.js'

/** Of each body so much is kept; longer ones are passed on whole. */
const MOST_KEPT = 8 * 1024 ** 2
/** Headers of one connection, which the next one makes anew (RFC 9110, 7.6.1). */
const OF_CONNECTION: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
])

/** One request through the proxy. Its answer is null until it is complete, and for ever when none came. */
interface Slot {
  exchange: SeenExchange | null
}

export interface ProxyOptions {
  /** 0: any that is free */
  readonly port: number
  /** called when an answer is complete, with all that is known of it */
  onExchange(exchange: SeenExchange): void
}

export class RecordingProxy implements AsyncDisposable {
  readonly #upstream: URL
  readonly #options: ProxyOptions
  readonly #server: Server
  readonly #slots: Slot[] = []
  readonly #closing = new AbortController()

  private constructor(upstream: URL, options: ProxyOptions) {
    this.#upstream = upstream
    this.#options = options
    this.#server = createServer((request, response) => void this.#pass(request, response))
    // A socket that becomes something else than HTTP cannot be asked again.
    this.#server.on('upgrade', (_, socket) => socket.destroy())
    this.#server.on('clientError', (_, socket) => socket.destroy())
  }

  /** Listens on the loopback address. The caller holds it with `await using`. */
  static async open(upstream: URL, options: ProxyOptions): Promise<RecordingProxy> {
    const proxy = new RecordingProxy(upstream, options)
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject)
      proxy.#server.listen(options.port, '127.0.0.1', resolve)
    })
    return proxy
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** What went through and is complete, in the order in which it was asked. */
  get seen(): SeenExchange[] {
    return this.#slots.flatMap(({ exchange }) => exchange ?? [])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new Error('the recording is over'))
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#server.closeAllConnections()
    await closed
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!request.url?.startsWith('/')) {
      response.writeHead(400, { 'content-type': 'text/plain' })
      response.end(
        `Ask ${this.origin} itself, in place of ${this.#upstream.origin}: it is no proxy to be set in a client.\n`,
      )
      return
    }
    const slot: Slot = { exchange: null }
    this.#slots.push(slot)
    try {
      slot.exchange = await this.#exchange(request, response)
      await ended(response)
      this.#options.onExchange(slot.exchange)
    } catch (error) {
      // Where the answer had begun, its client sees that it was cut.
      if (response.headersSent) response.destroy()
      else {
        response.writeHead(502, { 'content-type': 'text/plain' })
        response.end(`${this.#upstream.origin} gave no answer: ${(error as Error).message}\n`)
      }
    }
  }

  /** Asks the server, and writes its answer as it comes, all but its end. */
  async #exchange(request: IncomingMessage, response: ServerResponse): Promise<SeenExchange> {
    const { method = 'GET', url: path = '/' } = request
    const headers = pairsOf(request.rawHeaders)
    const [asked, answered] = [new BoundedBytes(MOST_KEPT), new BoundedBytes(MOST_KEPT)]
    const sent: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) {
      asked.add(chunk)
      sent.push(chunk)
    }
    const body = sent.length === 0 ? null : Buffer.concat(sent)
    const order = { method, path, headers: this.#passedOn(headers, body), body }
    const answer = await send(this.#upstream, order, this.#closing.signal)
    const status = answer.statusCode ?? 502
    response.writeHead(status, this.#passedBack(answer))
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      answered.add(chunk)
      response.write(chunk)
    }
    const contentType = answer.headers['content-type'] ?? null
    return {
      method,
      path,
      headers,
      body: asked.length === 0 ? null : (asked.text ?? NOT_TEXT),
      answer: { status, contentType, isEmpty: answered.length === 0, body: answered.text },
    }
  }

  #passedOn(headers: readonly { readonly name: string; readonly value: string }[], body: Buffer | null): string[] {
    const kept = headers.filter(({ name }) => {
      const lower = name.toLowerCase()
      return !OF_CONNECTION.has(lower) && !['host', 'accept-encoding', 'content-length', 'expect'].includes(lower)
    })
    return [
      ...['host', this.#upstream.host],
      ...kept.flatMap(({ name, value }) => [name, value]),
      // What is compressed could not be read back.
      ...['accept-encoding', 'identity'],
      ...(body === null ? [] : ['content-length', String(body.length)]),
    ]
  }

  #passedBack(answer: IncomingMessage): string[] {
    return pairsOf(answer.rawHeaders).flatMap(({ name, value }) => {
      const lower = name.toLowerCase()
      if (OF_CONNECTION.has(lower)) return []
      // A client that follows stays with the proxy.
      const isOwn = lower === 'location' && value.startsWith(`${this.#upstream.origin}/`)
      return [name, isOwn ? `${this.origin}${value.slice(this.#upstream.origin.length)}` : value]
    })
  }
}

/** Ends an answer, and waits until its client has it or is gone. */
function ended(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', () => resolve())
    response.end(() => resolve())
  })
}

function pairsOf(raw: readonly string[]): { readonly name: string; readonly value: string }[] {
  return Array.from({ length: raw.length / 2 }, (_, index) => ({
    name: raw[2 * index] as string,
    value: raw[2 * index + 1] as string,
  }))
}
