import { performance } from 'node:perf_hooks'
import type { Random } from '@bakeoff/core'
import type { Arrivals } from '@bakeoff/model'
import type { Connection } from './autocannon.js'
import type { Driver, Send } from './driver.js'
import { Queue } from './queue.js'
import type { Ticker } from './ticker.js'

/** How long before a due time the ticker aims, since the kernel wakes threads some 50 to 100 µs late; the rest is waited out. */
const LEAD_MS = 0.1
/** Above this rate the lead would keep the process busy, and answers call the scheduler often enough anyway. */
const LEAD_PER_SECOND = 2000
/** Least time between two ticks. */
const TICK_MS = 0.2

/** A process's share of an open load. */
export interface OpenShare {
  readonly kind: 'open'
  readonly connections: number
  readonly perSecond: number
  readonly arrivals: Arrivals
  readonly seed: number
  /** constant arrivals: where in its gap this process begins, 0 to 1, so that processes take turns */
  readonly phase: number
}

/** What arrivals at a rate are sent with. */
export interface OpenTools {
  readonly random: Random
  readonly ticker: Ticker
  /** gets the connection with `intendedAtMs` set */
  readonly send: Send
  /** told of every send for which a connection was free at its time */
  readonly late: (dueMs: number, byMs: number) => void
}

/**
 * The driver of an open load: arrivals at a rate that does not depend on answers. Each is sent at its time when a connection is free, else as soon
 * as one is free. In either case its response time counts from when it was due. Connections take turns.
 */
export class OpenDriver implements Driver {
  readonly #share: OpenShare
  readonly #random: Random
  readonly #send: Send
  readonly #late: (dueMs: number, byMs: number) => void
  readonly #ticker: Ticker
  readonly #leadMs: number
  readonly #due = new Queue<number>()
  readonly #free = new Queue<Connection>()
  #startMs = 0
  #endMs = Number.POSITIVE_INFINITY
  #nextMs = Number.POSITIVE_INFINITY
  #arrivals = 0

  constructor(share: OpenShare, { random, ticker, send, late }: OpenTools) {
    this.#share = share
    this.#random = random
    this.#send = send
    this.#late = late
    this.#ticker = ticker
    this.#leadMs = share.perSecond <= LEAD_PER_SECOND ? LEAD_MS : 0
  }

  free(connection: Connection, nowMs: number): void {
    connection.freeSinceMs = nowMs
    this.#free.push(connection)
    if (this.#due.size > 0 || this.#nextMs <= nowMs) this.#pump(nowMs)
  }

  start(nowMs: number): void {
    this.#startMs = nowMs
    this.#nextMs = nowMs
    this.#advance()
    this.#arm(nowMs)
  }

  readonly hasBegun = true

  owes(beforeMs: number): boolean {
    return (this.#due.first ?? this.#nextMs) < beforeMs
  }

  finish(nowMs: number): number[] {
    this.#pump(nowMs)
    this.#endMs = Number.NEGATIVE_INFINITY
    this.#nextMs = Number.POSITIVE_INFINITY
    this.#ticker.disarm()
    return this.#due.drain()
  }

  #arm(nowMs: number): void {
    this.#ticker.arm(Math.max(this.#nextMs - this.#leadMs, nowMs + TICK_MS), () => this.#tick())
  }

  #tick(): void {
    let now = performance.now()
    if (this.#endMs === Number.NEGATIVE_INFINITY) return
    while (now < this.#nextMs && this.#nextMs - now <= this.#leadMs) now = performance.now()
    this.#pump(now)
    this.#arm(now)
  }

  #pump(nowMs: number): void {
    while (this.#nextMs <= nowMs) {
      this.#due.push(this.#nextMs)
      this.#advance()
    }
    while (this.#due.size > 0) {
      const connection = this.#nextFree()
      if (connection === null) return
      const intended = this.#due.shift() as number
      if (connection.freeSinceMs <= intended) this.#late(intended, nowMs - intended)
      connection.intendedAtMs = intended
      this.#send(connection, nowMs)
    }
  }

  /** The connection that has been free longest. One that was closed meanwhile comes back when it is open again. */
  #nextFree(): Connection | null {
    while (this.#free.size > 0) {
      const connection = this.#free.shift() as Connection
      if (connection.usable) return connection
    }
    return null
  }

  #advance(): void {
    const gapMs = 1000 / this.#share.perSecond
    this.#arrivals++
    // Constant arrivals are counted from the start: adding gaps up would let rounding errors grow.
    if (this.#share.arrivals === 'constant')
      this.#nextMs = this.#startMs + (this.#arrivals - 1 + this.#share.phase) * gapMs
    else this.#nextMs += this.#random.exponential() * gapMs
  }
}
