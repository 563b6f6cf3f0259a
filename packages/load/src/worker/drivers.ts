import type { Connection } from './autocannon.js'

/** Decides when a free connection sends. */
export interface Driver {
  /** a connection may send */
  free(connection: Connection, nowMs: number): void
  /** the window begins; connections may have become free before */
  start(nowMs: number): void
  /** the window is over: sends nothing more. How many arrivals were due and not sent */
  finish(nowMs: number): number
}

/** Sends the next request of the work on a connection. */
export type Send = (connection: Connection, nowMs: number) => void

/** n connections, each sends when it has its answer. */
export class ClosedDriver implements Driver {
  readonly #send: Send
  readonly #waiting = new Set<Connection>()
  #running = false

  constructor(send: Send) {
    this.#send = send
  }

  free(connection: Connection, nowMs: number): void {
    if (this.#running) this.#send(connection, nowMs)
    else this.#waiting.add(connection)
  }

  start(nowMs: number): void {
    this.#running = true
    // One that was closed while it waited becomes free again when it is reopened.
    for (const connection of this.#waiting) if (connection.usable) this.#send(connection, nowMs)
    this.#waiting.clear()
  }

  finish(): number {
    this.#running = false
    return 0
  }
}

/** One request, once. */
export class BatchDriver implements Driver {
  readonly #send: Send
  #connection: Connection | null = null
  #state: 'waiting' | 'running' | 'sent' = 'waiting'

  constructor(send: Send) {
    this.#send = send
  }

  free(connection: Connection, nowMs: number): void {
    this.#connection = connection
    if (this.#state === 'running') this.#fire(connection, nowMs)
  }

  start(nowMs: number): void {
    this.#state = 'running'
    if (this.#connection?.usable) this.#fire(this.#connection, nowMs)
  }

  finish(): number {
    this.#state = 'sent'
    return 0
  }

  #fire(connection: Connection, nowMs: number): void {
    this.#state = 'sent'
    this.#send(connection, nowMs)
  }
}
