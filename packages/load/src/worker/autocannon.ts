/**
 * The only file that knows autocannon's internals. Autocannon's client opens the connections, reads the answers and builds the
 * requests; this file decides when to send and what to count. It uses members that autocannon does not document, hence the
 * exact version in package.json and a contract test that names them.
 *
 * What is replaced, and why:
 * - `_doRequest`: autocannon sends at once after every answer, and its rates send a burst each second.
 * - `_connect`: after a reconnect autocannon's queue and parser are stale; an answer cut off by a FIN counts as nothing.
 * - its socket, which copies every read into a new buffer and passes it through a stream: here all answers are read into one buffer. By
 *   TLS, autocannon checks no certificate: here only one for the target's name by the authority of the run is taken.
 * - the parser's callbacks: autocannon joins every body to a string and counts whole milliseconds. And an answer with
 *   exactly the head of an earlier one needs no parsing at all.
 * - the timer for timeouts, which also fires on idle connections.
 */

import { connect, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { connect as connectTls } from 'node:tls'
import { capturesOf } from '@bakeoff/core'
import type { RequestLine } from '@bakeoff/model'
import type { Trust } from '@bakeoff/runner/ports'
import autocannon from 'autocannon'
import { tlsOptions } from '../trust.js'
import { type KeptAnswer, keep } from './kept-answer.js'
import type { LoadState } from './load-state.js'
import { headerOf } from './raw-headers.js'
import type { Speller } from './respell.js'

export interface ConnectionEvents {
  /** the connection may send: it is connected, or its last answer is complete */
  free(connection: Connection, nowMs: number): void
  /** a complete answer came */
  answered(connection: Connection, nowMs: number): void
  /** the connection ended before the answer was complete */
  lost(connection: Connection, kind: string, nowMs: number): void
  timedOut(connection: Connection, nowMs: number): void
  connectFailed(connection: Connection, kind: string): void
  /** the server sent bytes that answer nothing; the connection is opened again */
  surplus(connection: Connection): void
  /** a piece of the answer's body; only asked for streams */
  piece: ((connection: Connection, nowMs: number) => void) | null
}

export interface ConnectionOptions {
  readonly origin: string
  readonly connections: number
  readonly requestTimeoutMs: number
  /** the most bytes that are kept of a body that was asked for */
  readonly answerCapBytes: number
  /** whom to trust where the origin is https; absent: nobody */
  readonly trust?: Trust | undefined
  /** the respeller of these requests; null: they are sent as they stand */
  readonly speller: Speller | null
  /** what is filled into these requests; null: nothing */
  readonly state: LoadState | null
}

/** How long a refused connection, or one that never gave an answer, waits before it is tried again. */
const BACK_OFF_MS = 20
/** How long a server that announced to close a connection may take before the agent closes it. */
const CLOSING_MS = 100
/** autocannon's own end and timeouts, in seconds: never (its timers take at most 24 days). */
const NEVER_S = 2_000_000
/** The most heads of answers that are kept for recognition. A server has a few; one that never repeats a head must not fill the memory. */
const MOST_HEADS = 4096
/** The most bytes of a head that is kept; a longer one is parsed every time. */
const MOST_HEAD_BYTES = 4096
/** The most bytes of a line. The parser itself gives up on heads of 80 kB, but reads a line between chunks, or after the last one, for ever. */
const MOST_BETWEEN_BYTES = 80 * 1024

/**
 * Opens the connections of a load. Each calls `free` when it may send, again and again until it is closed.
 *
 * @throws Error when autocannon refuses its options, which is a bug in Bakeoff
 */
export function openConnections(
  options: ConnectionOptions,
  requests: readonly RequestLine[],
  events: ConnectionEvents,
): Pool {
  return new Pool(options, requests, events)
}

export class Pool {
  readonly connections: Connection[] = []
  readonly #sweeper: NodeJS.Timeout

  constructor(options: ConnectionOptions, requests: readonly RequestLine[], events: ConnectionEvents) {
    const heads = new Heads()
    const { answerCapBytes, trust } = options
    let wire: Wire | null = null
    const instance = autocannon({
      url: options.origin,
      connections: options.connections,
      duration: NEVER_S,
      timeout: NEVER_S,
      skipAggregateResult: true,
      histograms: { latencies: nowhere, requests: nowhere, throughput: nowhere },
      setupClient: (client) => {
        wire ??= buildWire(client as Client, requests, options)
        const number = this.connections.length
        this.connections.push(new Connection(client as Client, { wire, heads, answerCapBytes, trust, number }, events))
      },
    })
    // Autocannon's result is not used; it ends by itself when all its clients are destroyed.
    instance.then(undefined, (error) => {
      throw error
    })
    const { requestTimeoutMs } = options
    const everyMs = Math.min(50, Math.max(5, requestTimeoutMs / 20))
    this.#sweeper = setInterval(() => {
      const now = performance.now()
      for (const connection of this.connections) connection.sweep(now, requestTimeoutMs)
    }, everyMs)
  }

  /** requests sent and not answered */
  get inFlight(): number {
    return this.connections.reduce((sum, connection) => sum + (connection.pending ? 1 : 0), 0)
  }

  close(): void {
    clearInterval(this.#sweeper)
    for (const connection of this.connections) connection.close()
  }
}

/** What the connections of a pool have in common. */
interface Wiring {
  readonly wire: Wire
  readonly heads: Heads
  readonly answerCapBytes: number
  /** of the connection, within its pool */
  readonly number: number
  readonly trust: Trust | undefined
}

/** A connection, on which one request at a time is under way. */
export class Connection {
  /** a request was sent and its answer is not complete */
  pending = false
  /** the place in the corpus of the request under way, or of the last one */
  requestIndex = 0
  sentAtMs = 0
  /** when the scheduler wanted it sent; open loads only */
  intendedAtMs = 0
  /** when the connection became free to send; open loads only */
  freeSinceMs = 0
  /** when the last request on the connection ended, in any way; before the first one the beginning of time */
  endedAtMs = Number.NEGATIVE_INFINITY
  /** when its last complete answer came */
  answeredAtMs = Number.NEGATIVE_INFINITY
  /** the status of the answer under way, or of the last one */
  status = 0
  /** when its last piece came; streams only */
  lastPieceAtMs = 0
  pieces = 0
  /** the head and body of the answer, when they were asked for */
  captured: KeptAnswer | null = null
  /** the answer was picked to be compared */
  isPicked = false
  /** of a picked one: what was filled into its request and stands in its golden answer; null: nothing */
  values: Readonly<Record<string, string>> | null = null
  /** its number within the process, from 0 */
  readonly number: number

  readonly #client: Client
  readonly #wire: Wire
  readonly #heads: Heads
  readonly #answerCapBytes: number
  readonly #trust: Trust | undefined
  readonly #events: ConnectionEvents
  #connected = false
  /** the number of answers on the present socket */
  #answers = 0
  /** since when the server has announced to close the connection after this answer */
  #closingSinceMs: number | null = null
  /** whether bytes of an answer have come */
  #begun = false
  #socketError: NodeJS.ErrnoException | null = null
  #receivedAtMs = 0
  #retry: NodeJS.Timeout | null = null
  #closed = false

  constructor(client: Client, { wire, heads, answerCapBytes, trust, number }: Wiring, events: ConnectionEvents) {
    this.number = number
    this.#client = client
    this.#wire = wire
    this.#heads = heads
    this.#answerCapBytes = answerCapBytes
    this.#trust = trust
    this.#events = events
    client._doRequest = () => {}
    // Autocannon calls this first from its constructor, then whenever a socket ends or fails.
    client._connect = () => {
      client._connect = () => this.#ended()
      this.#open()
    }
    client.on('connError', (error) => {
      this.#socketError = error
    })
  }

  /** whether it is connected and waits for nothing */
  get usable(): boolean {
    return this.#connected && !this.pending && this.#closingSinceMs === null
  }

  /**
   * Sends a request. To be called only when the connection is usable.
   *
   * @param capture keep the answer's content type and body, and its headers where something is taken from them
   * @param text    the request with its values, a character for each byte; null: as it stands
   */
  send(requestIndex: number, nowMs: number, capture: boolean, text: string | null = null): void {
    this.pending = true
    this.requestIndex = requestIndex
    this.sentAtMs = nowMs
    this.pieces = 0
    this.captured = capture ? { contentType: null, headers: null, body: [], bytes: 0, isTooLong: false } : null
    this.#begun = false
    if (text !== null) {
      this.#client.conn.write(text, 'latin1')
      return
    }
    this.#wire.speller?.next(requestIndex)
    this.#client.conn.write(this.#wire.buffers[requestIndex] as Buffer)
  }

  /** Ends a request that waits too long, or a connection that its server does not close as announced. */
  sweep(nowMs: number, requestTimeoutMs: number): void {
    if (this.pending && nowMs - this.sentAtMs >= requestTimeoutMs) {
      this.pending = false
      this.endedAtMs = nowMs
      this.#events.timedOut(this, nowMs)
      this.#reopen(0)
    } else if (this.#closingSinceMs !== null && nowMs - this.#closingSinceMs >= CLOSING_MS) {
      this.#reopen(0)
    }
  }

  close(): void {
    this.#closed = true
    if (this.#retry) clearTimeout(this.#retry)
    this.#client.destroy()
  }

  #open(): void {
    this.#connected = false
    this.#answers = 0
    this.#closingSinceMs = null
    this.#socketError = null
    this.#listenTo(this.#client.parser)
    this.#client.conn = dial(this.#client, this.#trust)
    // By TLS it may send when the certificate was checked too.
    this.#client.conn.once(isTls(this.#client) ? 'secureConnect' : 'connect', () => {
      this.#connected = true
      // A large request goes out in several segments; Nagle's algorithm would hold the last one back.
      this.#client.conn.setNoDelay(true)
      this.#events.free(this, performance.now())
    })
  }

  /** Handles the end or failure of the socket, from either side. */
  #ended(): void {
    if (this.#closed) return
    const error = this.#socketError
    if (!this.#connected) {
      this.#events.connectFailed(this, `connect ${error?.code ?? 'failed'}`)
      this.#reopen(BACK_OFF_MS)
      return
    }
    // A body without a length is complete when the server closes: the parser then reports the answer.
    if (this.pending && error === null) {
      this.#closingSinceMs = performance.now()
      this.#receivedAtMs = this.#closingSinceMs
      this.#client.parser.finish()
    }
    if (this.pending) this.#lose(error?.code ?? (this.#begun ? 'truncated answer' : 'FIN without answer'))
    this.#reopen(this.#answers === 0 ? BACK_OFF_MS : 0)
  }

  #lose(kind: string): void {
    this.pending = false
    this.endedAtMs = performance.now()
    this.#events.lost(this, kind, this.endedAtMs)
  }

  /** Drops the socket and everything that was read from it, and opens another one. */
  #reopen(afterMs: number): void {
    const { conn: socket, parser } = this.#client
    // The next socket gets a new parser: the old one may be in the middle of an answer, or of a call.
    const Parser = parser.constructor as ParserConstructor
    silence(parser)
    this.#client.parser = new Parser(Parser.RESPONSE)
    for (const event of ['data', 'end', 'error', 'connect', 'secureConnect']) socket.removeAllListeners(event)
    socket.on('error', () => {})
    socket.destroy()
    this.#connected = false
    this.#closingSinceMs = null
    if (this.#closed) return
    if (afterMs === 0) this.#open()
    else this.#retry = setTimeout(() => this.#open(), afterMs)
  }

  #listenTo(parser: Parser): void {
    const Parser = parser.constructor as ParserConstructor
    const parse = Parser.prototype.execute
    /** an interim answer (100, 103), after which the real one comes */
    let interim = false
    let head: Head | null = null
    /** read so far in this state, which ends with a line of its own */
    let betweenBytes = 0

    parser.execute = (chunk) => {
      const now = performance.now()
      this.#receivedAtMs = now
      if (!this.pending) {
        this.#surplus()
        return chunk.length
      }
      const atStart = !this.#begun
      if (atStart && this.#isRecognised(chunk)) return chunk.length
      this.#begun = true
      head = null
      const wasAnswer = this.#answers
      betweenBytes = parser.state === IN_TRAILERS ? betweenBytes + chunk.length : 0
      const result = parse.call(parser, chunk)
      if (typeof result !== 'number' || betweenBytes > MOST_BETWEEN_BYTES || parser.line.length > MOST_BETWEEN_BYTES) {
        this.#giveUp(parser)
      } else if (atStart && head !== null && this.#answers === wasAnswer + 1) {
        this.#heads.learn(chunk, head)
      }
      return result
    }

    parser[Parser.kOnHeadersComplete] = (info: HeadInfo) => {
      interim = info.statusCode < 200
      this.status = info.statusCode
      if (!interim) head = this.#takeHead(info)
      // true: no body follows, even if the head announces one
      return interim || this.#wire.bodiless[this.requestIndex] === true
    }
    parser[Parser.kOnBody] = (chunk: Buffer, start: number, length: number) => {
      if (this.#events.piece) this.#events.piece(this, this.#receivedAtMs)
      if (this.captured) keep(this.captured, chunk.subarray(start, start + length), this.#answerCapBytes)
    }
    parser[Parser.kOnMessageComplete] = () => {
      if (interim) {
        interim = false
        return
      }
      if (!this.pending) return
      const surplus = parser.offset < parser.end
      // The heads of two answers in one chunk would be recognised as one.
      if (surplus) head = null
      this.#complete(this.#closingSinceMs === null && !surplus)
      if (surplus) this.#surplus()
    }
    parser[Parser.kOnHeaders] = () => {}
  }

  /** Takes what is wanted of an answer's head, and returns by what it can be recognised; null: it has to be parsed every time. */
  #takeHead(info: HeadInfo): Head | null {
    if (!info.shouldKeepAlive) this.#closingSinceMs = Number.POSITIVE_INFINITY
    if (this.captured) {
      this.captured.contentType = headerOf(info.headers, 'content-type') ?? null
      this.captured.headers = info.headers
    }
    return headToLearn(info)
  }

  /** A whole answer with a head that was parsed before needs no parser. */
  #isRecognised(chunk: Buffer): boolean {
    const { captured, requestIndex } = this
    if (this.#events.piece !== null || this.#wire.bodiless[requestIndex]) return false
    if (captured !== null && this.#wire.needsHeaders[requestIndex]) return false
    const head = this.#heads.find(chunk)
    if (head === null) return false
    this.status = head.status
    if (captured !== null) {
      captured.contentType = head.contentType
      keep(captured, chunk.subarray(head.bytes.length), this.#answerCapBytes)
    }
    this.#complete(true)
    return true
  }

  /** Nothing that comes after a malformed answer can be read. */
  #giveUp(parser: Parser): void {
    if (this.pending) this.#lose('malformed answer')
    if (this.#client.parser === parser) this.#reopen(this.#answers === 0 ? BACK_OFF_MS : 0)
  }

  #complete(keepAlive: boolean): void {
    this.pending = false
    this.endedAtMs = this.answeredAtMs = this.#receivedAtMs
    this.#answers++
    this.#events.answered(this, this.#receivedAtMs)
    if (keepAlive) this.#events.free(this, this.#receivedAtMs)
    else if (this.#closingSinceMs !== null) this.#closingSinceMs = this.#receivedAtMs
  }

  /** Handles bytes that answer no request: what follows on this socket could be taken for the answer to another request. */
  #surplus(): void {
    this.#events.surplus(this)
    this.#reopen(BACK_OFF_MS)
  }
}

/** The size of the buffer: longer than nearly all answers. A longer answer is read in several turns. */
const READ_BYTES = 64 * 1024
/** The buffer that all sockets read into in turn. What is kept of an answer is copied out of it at once. */
const reading = Buffer.allocUnsafeSlow(READ_BYTES)

/** Only a length makes sure that an answer with the same head is complete when it is as long. */
function headToLearn({ headers, statusCode, shouldKeepAlive }: HeadInfo): Head | null {
  const length = headerOf(headers, 'content-length')
  const framed = length !== undefined && headerOf(headers, 'transfer-encoding') === undefined
  if (!framed || !shouldKeepAlive) return null
  return { status: statusCode, bodyLength: Number(length), contentType: headerOf(headers, 'content-type') ?? null }
}

/**
 * Opens the client's next socket and wires it as autocannon does: errors and ends go to `_connect`, bytes to the parser. Reading
 * without a stream in between takes a fifth to a third less CPU time per answer under 256 connections (docs/method.md).
 */
function dial(client: Client, trust: Trust | undefined): Socket {
  const { port, hostname } = client.opts
  const to = {
    port: Number(port),
    host: hostname,
    onread: {
      buffer: reading,
      callback: (length: number, buffer: Uint8Array) => {
        if (client.conn === socket) client.parser.execute((buffer as Buffer).subarray(0, length))
        return true
      },
    },
  }
  const socket: Socket = isTls(client) ? connectTls({ ...to, ...tlsOptions(trust) }) : connect(to)
  socket.on('error', (error) => {
    client.emit('connError', error)
    if (!client.destroyed) client._connect()
  })
  socket.on('end', () => {
    if (!client.destroyed) client._connect()
  })
  return socket
}

function isTls({ opts }: Client): boolean {
  return opts.protocol === 'https:'
}

interface Head {
  readonly status: number
  readonly contentType: string | null
  readonly bodyLength: number
}

/** A head that was parsed before. */
interface KnownHead {
  readonly bytes: Buffer
  readonly status: number
  readonly contentType: string | null
}

/**
 * Heads of parsed answers. An answer that has exactly the bytes of one of them, and the length that its
 * Content-Length gives, is complete and has its status: comparing costs a tenth of parsing. A server's head changes once a
 * second, with its date.
 */
class Heads {
  /** heads by the length of the whole answer */
  readonly #known = new Map<number, KnownHead>()

  /** The head with which a whole answer begins; null: it is not known. */
  find(answer: Buffer): KnownHead | null {
    const known = this.#known.get(answer.length)
    if (known === undefined) return null
    const { length } = known.bytes
    return answer.compare(known.bytes, 0, length, 0, length) === 0 ? known : null
  }

  /** @param answer one whole answer and nothing else, as far as the parser knows; its length is checked here */
  learn(answer: Buffer, { status, contentType, bodyLength }: Head): void {
    const headLength = answer.length - bodyLength
    if (
      headLength < 4 ||
      headLength > MOST_HEAD_BYTES ||
      answer.toString('latin1', headLength - 4, headLength) !== '\r\n\r\n'
    )
      return
    if (this.#known.size >= MOST_HEADS) this.#known.clear()
    this.#known.set(answer.length, { bytes: Buffer.from(answer.subarray(0, headLength)), status, contentType })
  }
}

/** The requests as bytes for the wire; all connections share them. */
interface Wire {
  readonly buffers: readonly Buffer[]
  /** whether it is a HEAD, whose answer has no body even if its head announces one */
  readonly bodiless: readonly boolean[]
  /** whether something is taken from the headers of its answer, which then have to be parsed */
  readonly needsHeaders: readonly boolean[]
  readonly speller: Speller | null
}

function buildWire(
  client: Client,
  requests: readonly RequestLine[],
  { speller, state }: Pick<ConnectionOptions, 'speller' | 'state'>,
): Wire {
  const { requestIterator } = client
  requestIterator.setRequests(
    (speller?.widened() ?? requests).map(({ method, path, headers, body }) => ({
      method,
      path,
      headers: withLength(method, headers, body),
      body: body ?? undefined,
    })),
  )
  const buffers = requestIterator.requests.map(({ requestBuffer }) => requestBuffer)
  requestIterator.setRequests([{}])
  state?.compile(buffers, requests)
  return {
    buffers: speller?.take(buffers) ?? buffers,
    bodiless: requests.map(({ method }) => method === 'HEAD'),
    needsHeaders: requests.map((request) => capturesOf(request).some(({ from }) => from.kind === 'header')),
    speller,
  }
}

/** The methods for which servers want to see a Content-Length, even of 0. Autocannon writes it only when there is a body. */
function withLength(
  method: string,
  headers: Readonly<Record<string, string>>,
  body: string | null,
): Record<string, string> {
  const others = Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'content-length'))
  return (body ?? '') === '' && ['POST', 'PUT', 'PATCH'].includes(method)
    ? { ...others, 'Content-Length': '0' }
    : others
}

function silence(parser: Parser): void {
  const { kOnHeaders, kOnHeadersComplete, kOnBody, kOnMessageComplete } = parser.constructor as ParserConstructor
  parser[kOnHeaders] = parser[kOnBody] = parser[kOnMessageComplete] = () => {}
  // 1 would mean `no body`; the rest of the chunk is read by a parser without listeners
  parser[kOnHeadersComplete] = () => false
}

/** A sink for autocannon's own figures, which are not used. */
const nowhere = { recordValue() {}, reset() {}, destroy() {}, __custom: true }

interface Client {
  conn: Socket
  parser: Parser
  readonly requestIterator: {
    requests: { readonly requestBuffer: Buffer }[]
    setRequests(requests: readonly unknown[]): void
  }
  _connect(): void
  _doRequest(): void
  destroy(): void
  readonly opts: { readonly protocol: string; readonly port: number | string; readonly hostname: string }
  readonly destroyed: boolean
  on(event: 'connError', listener: (error: NodeJS.ErrnoException) => void): void
  emit(event: 'connError', error: Error): void
}

/** http-parser-js, with which autocannon's client reads answers. */
interface Parser {
  readonly state: string
  /** the beginning of a line that has not ended */
  readonly line: string
  offset: number
  end: number
  execute(chunk: Buffer): number | Error
  finish(): unknown
  // biome-ignore lint/suspicious/noExplicitAny: four callbacks of different shapes under numbers
  [callback: number]: any
}

/** The parser's report of an answer's head. */
interface HeadInfo {
  readonly statusCode: number
  /** names and values in turn */
  readonly headers: readonly string[]
  readonly shouldKeepAlive: boolean
}

/** The parser's state after the last chunk. */
const IN_TRAILERS = 'BODY_CHUNKTRAILERS'

interface ParserConstructor {
  new (type: string): Parser
  readonly prototype: Parser
  readonly RESPONSE: string
  readonly kOnHeaders: number
  readonly kOnHeadersComplete: number
  readonly kOnBody: number
  readonly kOnMessageComplete: number
}
