import { performance } from 'node:perf_hooks'
import type { Connection } from './autocannon.js'

/** Decides when a free connection sends. */
export interface Driver {
  /** a connection may send */
  free(connection: Connection, nowMs: number): void
  /** the load begins; connections may have become free before */
  start(nowMs: number): void
  /** every connection has sent at least once, as far as it could */
  readonly hasBegun: boolean
  /** whether an arrival that was due before this time is still to be sent */
  owes(beforeMs: number): boolean
  /** the load is over: sends nothing more. When the arrivals were due that were not sent */
  finish(nowMs: number): readonly number[]
}

/** Sends the next request of the work on a connection. */
export type Send = (connection: Connection, nowMs: number) => void

/** What the first answer may take before the others begin without it. */
const LONGEST_PILOT_MS = 1000
/** Below this the kernel spreads sends by itself. */
const SHORTEST_SPREAD_MS = 2

/**
 * n connections, each sends when it has its answer. The first one sends alone; the others follow at even distances over
 * the time that its answer took. Were all to send at once, a target that only waits would answer all at once, for ever.
 */
export class ClosedDriver implements Driver {
  readonly #send: Send
  readonly #waiting = new Set<Connection>()
  #state: 'waiting' | 'pilot' | 'spreading' | 'running' | 'over' = 'waiting'
  #pilotAtMs = 0
  #timer: NodeJS.Timeout | undefined

  constructor(send: Send) {
    this.#send = send
  }

  free(connection: Connection, nowMs: number): void {
    if (this.#state === 'running') {
      this.#send(connection, nowMs)
      return
    }
    this.#waiting.add(connection)
    if (this.#state === 'pilot') this.#spread(nowMs)
  }

  start(nowMs: number): void {
    this.#state = 'pilot'
    this.#pilotAtMs = nowMs
    this.#timer = setTimeout(() => this.#spread(performance.now()), LONGEST_PILOT_MS)
    this.#sendNext(nowMs)
  }

  get hasBegun(): boolean {
    return this.#state === 'running'
  }

  finish(): number[] {
    clearInterval(this.#timer)
    this.#state = 'over'
    return []
  }

  owes(): boolean {
    return false
  }

  #spread(nowMs: number): void {
    if (this.#state !== 'pilot') return
    clearTimeout(this.#timer)
    const spreadMs = nowMs - this.#pilotAtMs
    const all = this.#waiting.size
    const run = () => {
      clearInterval(this.#timer)
      this.#state = 'running'
      while (this.#waiting.size > 0) this.#sendNext(performance.now())
    }
    if (spreadMs < SHORTEST_SPREAD_MS || all < 2) {
      run()
      return
    }
    this.#state = 'spreading'
    let sent = 0
    this.#timer = setInterval(() => {
      const now = performance.now()
      const due = Math.floor(((now - nowMs) / spreadMs) * all)
      for (; sent < due && this.#waiting.size > 0; sent++) this.#sendNext(now)
      // One that is free again before all have begun waits for its turn as well: at most one spread.
      if (now - nowMs >= spreadMs) run()
    }, 1)
  }

  /** One that was closed while it waited becomes free again when it is reopened. */
  #sendNext(nowMs: number): void {
    for (const connection of this.#waiting) {
      this.#waiting.delete(connection)
      if (!connection.usable) continue
      this.#send(connection, nowMs)
      return
    }
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

  readonly hasBegun = true

  finish(): number[] {
    this.#state = 'sent'
    return []
  }

  owes(): boolean {
    return false
  }

  #fire(connection: Connection, nowMs: number): void {
    this.#state = 'sent'
    this.#send(connection, nowMs)
  }
}
