import { connect, type Socket } from 'node:net'
import { medianOf } from '@bakeoff/core'
import type { Link } from '@bakeoff/model'
import { monotonicMs } from '../clock.js'

/** How many small requests are asked one after the other, and how long that may take. */
const ROUND_TRIPS = 200
const ROUND_TRIPS_MS = 2000
/** How many long answers are asked for at once, so that there is always one under way. */
const AT_ONCE = 64
/** The stream of long answers is so many pieces of this length. The first does not count: the connection is still growing then. */
const PIECES = 6
const PIECE_MS = 150
/** How long an answer may take to go on. */
const SILENCE_MS = 3000

/**
 * Measures the way to a null server on one connection: the quickest of many small requests, and the rate at which a stream of long answers
 * comes, the median of its pieces: a machine with other work stands still in one, and reads what has piled up in the next. Both have the agent's own work in them, as its loads do.
 *
 * @param origin http only
 * @returns null for what had no answer
 * @throws the signal's reason
 */
export async function measureLink(origin: string, signal: AbortSignal): Promise<Omit<Link, 'mtu'>> {
  const asking = new LinkConnection(origin)
  const abort = () => asking.end()
  signal.addEventListener('abort', abort)
  try {
    const roundTripMs = await asking.quickest()
    const bytesPerSecond = roundTripMs === null ? null : await asking.streamed()
    signal.throwIfAborted()
    return { roundTripUs: roundTripMs === null ? null : Math.round(roundTripMs * 1000), bytesPerSecond }
  } finally {
    signal.removeEventListener('abort', abort)
    asking.end()
  }
}

/** One connection, on which requests without a body are asked, and answers with a Content-Length counted. */
class LinkConnection {
  readonly #socket: Socket
  readonly #host: string
  #head = ''
  /** of the answer that is coming: bytes that are still to come; null: its head is not complete */
  #left: number | null = null
  #bytes = 0
  #answered: () => void = () => {}
  #over = false
  #ended: () => void = () => {}

  constructor(origin: string) {
    const { hostname, port, host } = new URL(origin)
    this.#host = host
    this.#socket = connect({ host: hostname, port: Number(port || 80), noDelay: true, timeout: SILENCE_MS })
    this.#socket.on('data', (chunk: Buffer) => this.#take(chunk))
    this.#socket.on('error', () => {}) // `close` follows
    this.#socket.on('timeout', () => this.end())
    this.#socket.on('close', () => {
      this.#over = true
      this.#ended()
    })
  }

  /** The shortest time of a small request, in ms; null: none was answered. */
  quickest(): Promise<number | null> {
    const untilMs = monotonicMs() + ROUND_TRIPS_MS
    let askedAtMs = 0
    let best: number | null = null
    let left = ROUND_TRIPS
    return new Promise((resolve) => {
      const next = () => {
        if (left-- === 0 || monotonicMs() > untilMs || this.#over) return resolve(best)
        askedAtMs = monotonicMs()
        this.#ask('/health')
      }
      this.#ended = () => resolve(best)
      this.#answered = () => {
        best = Math.min(best ?? Number.POSITIVE_INFINITY, monotonicMs() - askedAtMs)
        next()
      }
      next()
    })
  }

  /** Bytes a second of a stream of long answers; null: nothing came. */
  streamed(): Promise<number | null> {
    return new Promise((resolve) => {
      const seen: { readonly atMs: number; readonly bytes: number }[] = []
      const done = () => {
        clearInterval(looking)
        const rates = seen.slice(1).map(({ atMs, bytes }, index) => {
          const before = seen[index] as (typeof seen)[number]
          return (bytes - before.bytes) / ((atMs - before.atMs) / 1000)
        })
        const median = medianOf(rates)
        resolve(median === null || median === 0 ? null : median)
      }
      const looking = setInterval(() => {
        seen.push({ atMs: monotonicMs(), bytes: this.#bytes })
        if (seen.length === PIECES) done()
      }, PIECE_MS)
      this.#ended = done
      this.#answered = () => this.#ask('/bytes')
      for (let asked = 0; asked < AT_ONCE; asked++) this.#ask('/bytes')
    })
  }

  end(): void {
    this.#socket.destroy()
  }

  #ask(path: string): void {
    if (!this.#over) this.#socket.write(`GET ${path} HTTP/1.1\r\nHost: ${this.#host}\r\n\r\n`)
  }

  #take(chunk: Buffer): void {
    this.#bytes += chunk.length
    let rest = chunk
    while (rest.length > 0) {
      if (this.#left === null) rest = this.#takeHead(rest)
      const left = this.#left
      if (left === null) return
      const taken = Math.min(left, rest.length)
      rest = rest.subarray(taken)
      this.#left = left - taken
      if (this.#left > 0) return
      this.#left = null
      this.#answered()
    }
  }

  /** The bytes behind the head, whose length is known then; none while the head is not complete. */
  #takeHead(chunk: Buffer): Buffer {
    const before = this.#head.length
    this.#head += chunk.toString('latin1')
    const end = this.#head.indexOf('\r\n\r\n')
    if (end < 0) return Buffer.alloc(0)
    this.#left = Number(/^content-length: *(\d+)/im.exec(this.#head.slice(0, end))?.[1] ?? 0)
    this.#head = ''
    return chunk.subarray(end + 4 - before)
  }
}
