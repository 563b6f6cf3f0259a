import { performance } from 'node:perf_hooks'
import type { Random } from '@bakeoff/core'
import type { BatchOrder, ClosedOrder, LoadOrder, OpenOrder, RequestLine } from '@bakeoff/model'
import type { Connection } from './autocannon.js'
import type { Driver, Send } from './driver.js'
import { OpenDriver, type OpenShare } from './open-driver.js'
import type { Ticker } from './ticker.js'

/**
 * How orders of one kind are carried out: which share each process gets, when a connection sends, and what its requests
 * and times are. Controller and processes ask this value, and never which kind it is.
 */
export interface DriverKind<Order extends { readonly kind: string }, Share> {
  /** Requests are due at times that do not depend on answers: times count from then, and arrivals may be late. */
  readonly isTimed: boolean
  /** Every connection always has a request under way, so one that gets no answer is reported. */
  readonly keepsAllBusy: boolean
  /** The share of each process; where there are fewer shares than processes, some have no work. */
  split(order: Order, processes: number): Share[]
  /** The seed of the random numbers in its processes. */
  seedOf(order: Order): number
  /** The wanted rate, in requests a second; null when there is none. */
  offeredPerSecond(order: Order): number | null
  /** The number of tasks that the target should have under way at once; null when the order does not say. */
  tasksAtOnce(order: Order): number | null
  connections(share: Share): number
  /** The single request that it sends in place of the corpus, whose answer ends the load; null: it asks from the corpus. */
  ownRequest(share: Share): RequestLine | null
  drive(share: Share, tools: Tools): Driver
}

/** The tools of a driver. */
export interface Tools {
  readonly send: Send
  readonly random: (seed: number) => Random
  /** started; null unless the driver is timed */
  readonly ticker: Ticker | null
  /** called at every send for which a connection was free at its time, with its delay */
  readonly late: (dueMs: number, byMs: number) => void
}

interface ClosedShare {
  readonly kind: 'closed'
  readonly connections: number
}

interface BatchShare {
  readonly kind: 'batch'
  readonly body: string
}

const closed: DriverKind<ClosedOrder, ClosedShare> = {
  isTimed: false,
  keepsAllBusy: true,
  split: ({ connections }, processes) =>
    divided(connections, processes).map((each) => ({ kind: 'closed', connections: each })),
  seedOf: ({ connections }) => connections,
  offeredPerSecond: () => null,
  tasksAtOnce: () => null,
  connections: ({ connections }) => connections,
  ownRequest: () => null,
  drive: (_, { send }) => new ClosedDriver(send),
}

const open: DriverKind<OpenOrder, OpenShare> = {
  isTimed: true,
  keepsAllBusy: false, // a low rate leaves connections without work
  split: ({ connections, perSecond, arrivals, seed }, processes) =>
    divided(connections, processes).map((each, index, all) => ({
      kind: 'open',
      connections: each,
      perSecond: (perSecond * each) / connections,
      arrivals,
      // The sum of independent Poisson streams is a Poisson stream again.
      seed: seed * 1009 + index,
      phase: index / all.length,
    })),
  seedOf: ({ seed }) => seed,
  offeredPerSecond: ({ perSecond }) => perSecond,
  tasksAtOnce: () => null,
  connections: ({ connections }) => connections,
  ownRequest: () => null,
  drive: (share, { random, ticker, ...told }) =>
    new OpenDriver(share, { random: random(share.seed), ticker: ticker as Ticker, ...told }),
}

const batch: DriverKind<BatchOrder, BatchShare> = {
  isTimed: false,
  keepsAllBusy: false,
  split: ({ tasks, concurrency, seed }) => [{ kind: 'batch', body: JSON.stringify({ tasks, concurrency, seed }) }],
  seedOf: ({ seed }) => seed,
  offeredPerSecond: () => null,
  tasksAtOnce: ({ concurrency }) => concurrency,
  connections: () => 1,
  ownRequest: ({ body }) => ({
    method: 'POST',
    path: '/batch',
    headers: { 'content-type': 'application/json' },
    body,
  }),
  drive: (_, { send }) => new BatchDriver(send),
}

/** The drivers, one for each kind of order; TypeScript requires every kind. */
const drivers = { closed, open, batch } satisfies {
  [Kind in LoadOrder['kind']]: DriverKind<Extract<LoadOrder, { kind: Kind }>, { readonly kind: Kind }>
}

/** The share of a load that one process gets. */
export type Share = ReturnType<(typeof drivers)[LoadOrder['kind']]['split']>[number]

/** How an order, or a process's share of it, is carried out. */
export function driverOf({ kind }: Pick<LoadOrder, 'kind'>): DriverKind<LoadOrder, Share> {
  return drivers[kind]
}

/** Divides a number as evenly as possible, with no part empty: 10 in 4 → 3, 3, 2, 2. */
function divided(total: number, most: number): number[] {
  const parts = Math.min(most, total)
  return Array.from({ length: parts }, (_, index) => Math.floor(total / parts) + (index < total % parts ? 1 : 0))
}

/** How long the first answer may take before the others begin without it. */
const LONGEST_PILOT_MS = 1000
/** The shortest spread; below it the kernel spreads sends by itself. */
const SHORTEST_SPREAD_MS = 2

/**
 * The driver of a closed load: each of n connections sends when it has its answer. The first one sends alone; the others follow at even distances over
 * the time that its answer took. If all sent at once, a target that only waits would answer all at once, for ever.
 */
class ClosedDriver implements Driver {
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
      // A connection that is free again before all have begun also waits for its turn, at most one spread.
      if (now - nowMs >= spreadMs) run()
    }, 1)
  }

  /** Skips connections that were closed while they waited; they become free again when they are reopened. */
  #sendNext(nowMs: number): void {
    for (const connection of this.#waiting) {
      this.#waiting.delete(connection)
      if (!connection.usable) continue
      this.#send(connection, nowMs)
      return
    }
  }
}

/** The driver of a batch: one request, sent once. */
class BatchDriver implements Driver {
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
