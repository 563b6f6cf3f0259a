import { type EventLoopUtilization, performance } from 'node:perf_hooks'
import { createRandom } from '@bakeoff/core'
import { type Connection, type ConnectionEvents, openConnections, type Pool } from './autocannon.js'
import { BatchDriver, ClosedDriver, type Driver, type Send } from './drivers.js'
import type { FromWorker, Job, Order, Part } from './messages.js'
import { OpenDriver } from './open-driver.js'
import { Sampler } from './sampler.js'
import { Tally } from './tally.js'
import type { Ticker } from './ticker.js'

/** How long connections may take to open before the window begins without them. */
const OPENING_MS = 2000
/** How long answers under way at the end may still come: not counted, but a target is spared the broken connections. */
const DRAIN_MS = 100

/** One process's part of one load: opens the connections, then runs the window when it is told to. */
export class Load {
  readonly #order: Order
  readonly #jobs: readonly Job[]
  readonly #say: (message: FromWorker) => void
  readonly #tally: Tally
  readonly #sampler: Sampler
  readonly #driver: Driver
  readonly #pool: Pool
  readonly #timers = new Set<NodeJS.Timeout>()
  /** connections that have opened or failed to, once */
  readonly #tried = new Set<Connection>()
  #opened: (() => void) | null = null
  #job: number
  #state: 'opening' | 'running' | 'over' = 'opening'
  #batch: Part['batch'] = null

  #startMs = 0
  #startedAtMs = 0
  #startCpu = process.cpuUsage()
  #startLoop: EventLoopUtilization = performance.eventLoopUtilization()
  #windowLoop: EventLoopUtilization = this.#startLoop
  #windowStartMs = 0
  #windows = 0

  /**
   * @param ticker started already; only an open load needs one
   * @param say    tells the controller
   */
  constructor(order: Order, work: readonly Job[], ticker: Ticker | null, say: (message: FromWorker) => void) {
    const { share } = order
    const random = createRandom(order.seed)
    this.#order = order
    this.#jobs = share.kind === 'batch' ? [batchJob(share.body)] : work
    this.#say = say
    this.#job = order.firstJob % this.#jobs.length
    this.#tally = new Tally(share.kind === 'open', order.stream)
    this.#sampler = new Sampler(order.sampleEvery, random, (sample) => say({ kind: 'sample', sample }))
    const send: Send = (connection, nowMs) => this.#send(connection, nowMs)
    this.#driver =
      share.kind === 'closed'
        ? new ClosedDriver(send)
        : share.kind === 'batch'
          ? new BatchDriver(send)
          : new OpenDriver(share, createRandom(share.seed), ticker as Ticker, send, (byMs) => this.#tally.late(byMs))
    this.#pool = openConnections(
      {
        origin: order.origin,
        connections: share.kind === 'batch' ? 1 : share.connections,
        requestTimeoutMs: order.requestTimeoutMs,
      },
      this.#jobs.map(({ request }) => request),
      this.#events(),
    )
  }

  /** Settles when every connection has opened or failed to. */
  opened(): Promise<void> {
    return new Promise((resolve) => {
      this.#opened = resolve
      this.#after(OPENING_MS, resolve)
      this.#countTried()
    })
  }

  go(): void {
    if (this.#state !== 'opening') return
    this.#state = 'running'
    this.#startedAtMs = Date.now()
    this.#startCpu = process.cpuUsage()
    this.#startLoop = this.#windowLoop = performance.eventLoopUtilization()
    this.#startMs = this.#windowStartMs = performance.now()
    const { durationMs } = this.#order
    if (durationMs !== null) this.#after(durationMs, () => this.stop())
    this.#scheduleWindow()
    this.#driver.start(this.#startMs)
  }

  /** Ends the window now. Once it has ended this does nothing. */
  stop(): void {
    if (this.#state === 'over') return
    if (this.#state === 'opening') this.go()
    const now = performance.now()
    const unsent = this.#driver.finish(now)
    this.#state = 'over'
    const durationMs = now - this.#startMs
    const loop = performance.eventLoopUtilization(this.#startLoop).utilization
    const cpu = process.cpuUsage(this.#startCpu)
    const counts = this.#tally.close(this.#pool.inFlight, unsent)
    for (const timer of this.#timers) clearTimeout(timer)
    this.#closeWindow(now)
    this.#drain(() =>
      this.#say({ kind: 'done', part: this.#part(counts, durationMs, loop, (cpu.user + cpu.system) / 1e6) }),
    )
  }

  #part(counts: Part['counts'], durationMs: number, eventLoopUtilisation: number, cpuSeconds: number): Part {
    const tally = this.#tally
    return {
      startedAtMs: this.#startedAtMs,
      durationMs,
      counts,
      errorsByKind: tally.errorsByKind,
      serviceTime: tally.serviceTime.encode(),
      responseTime: tally.responseTime?.encode() ?? null,
      lateness: tally.lateness?.encode() ?? null,
      lateSends: tally.lateSends,
      eventLoopUtilisation,
      cpuSeconds,
      sampled: this.#sampler.seen,
      stream:
        tally.firstByte && tally.interChunk
          ? { firstByte: tally.firstByte.encode(), interChunk: tally.interChunk.encode(), chunks: tally.chunks }
          : null,
      batch: this.#batch,
    }
  }

  #send(connection: Connection, nowMs: number): void {
    this.#tally.sent++
    const job = this.#job
    this.#job = job + 1 === this.#jobs.length ? 0 : job + 1
    connection.send(job, nowMs, this.#order.share.kind === 'batch' || this.#sampler.next(nowMs))
  }

  #events(): ConnectionEvents {
    const tally = this.#tally
    return {
      free: (connection, nowMs) => {
        if (this.#state === 'opening') this.#countTried(connection)
        if (this.#state !== 'over') this.#driver.free(connection, nowMs)
      },
      answered: (connection, nowMs) => {
        if (this.#state === 'over') return
        if (connection.status !== (this.#jobs[connection.jobIndex] as Job).expectedStatus) {
          tally.errorStatus++
          tally.note(`HTTP ${connection.status}`)
        } else {
          tally.ok++
          tally.time(connection.sentAtMs, connection.intendedAtMs, nowMs)
          if (connection.captured !== null) this.#keep(connection, nowMs)
        }
        this.#endBatch()
      },
      lost: (_connection, kind) => {
        if (this.#state === 'over') return
        tally.lost++
        tally.note(kind)
        this.#endBatch()
      },
      timedOut: (connection, nowMs) => {
        if (this.#state === 'over') return
        tally.timeouts++
        tally.note('timeout')
        tally.time(connection.sentAtMs, connection.intendedAtMs, nowMs)
        this.#endBatch()
      },
      connectFailed: (connection, kind) => {
        if (this.#state === 'opening') this.#countTried(connection)
        if (this.#state === 'over') return
        tally.connectErrors++
        tally.note(kind)
      },
      surplus: () => {
        if (this.#state !== 'over') tally.note('bytes that answer nothing')
      },
      piece: this.#order.stream ? (connection, nowMs) => this.#piece(connection, nowMs) : null,
    }
  }

  #keep(connection: Connection, nowMs: number): void {
    if (this.#order.share.kind === 'batch')
      this.#batch = {
        wallMs: nowMs - connection.sentAtMs,
        body: Buffer.concat(connection.captured?.body ?? []).toString('utf8'),
      }
    else this.#sampler.take(connection)
  }

  #piece(connection: Connection, nowMs: number): void {
    if (this.#state === 'over') return
    if (connection.pieces++ === 0) this.#tally.firstByte?.record(nowMs - connection.sentAtMs)
    else this.#tally.interChunk?.record(nowMs - connection.lastPieceAtMs)
    connection.lastPieceAtMs = nowMs
    this.#tally.chunks++
  }

  #endBatch(): void {
    // Not at once: the events of this answer are not all told yet.
    if (this.#order.share.kind === 'batch') setImmediate(() => this.stop())
  }

  #countTried(connection?: Connection): void {
    if (connection) this.#tried.add(connection)
    if (this.#opened && this.#tried.size >= this.#pool.connections.length) this.#opened()
  }

  /** Windows end at multiples of windowMs; the last one takes what is left, so that none is too short to mean much. */
  #scheduleWindow(): void {
    const { windowMs, durationMs } = this.#order
    const end = (this.#windows + 1) * windowMs
    if (durationMs !== null && durationMs - end < windowMs / 2) return
    this.#after(this.#startMs + end - performance.now(), () => {
      this.#closeWindow(performance.now())
      this.#scheduleWindow()
    })
  }

  #closeWindow(nowMs: number): void {
    const { ok, failed, p50Us, p99Us, times } = this.#tally.closeWindow()
    // What is left when a load is stopped just after a window's end is too short to be one.
    if (this.#windows > 0 && nowMs - this.#windowStartMs < this.#order.windowMs / 2) {
      this.#tally.keepWindow()
      return
    }
    const busy = performance.eventLoopUtilization(this.#windowLoop).utilization
    this.#windowLoop = performance.eventLoopUtilization()
    this.#say({
      kind: 'window',
      index: this.#windows++,
      part: {
        atMs: nowMs - this.#startMs,
        durationMs: nowMs - this.#windowStartMs,
        ok,
        failed,
        p50Us,
        p99Us,
        busy,
        times: this.#order.shareWindows ? times.encode() : null,
      },
    })
    this.#tally.keepWindow()
    this.#windowStartMs = nowMs
  }

  #drain(then: () => void): void {
    const until = performance.now() + DRAIN_MS
    const look = () => {
      if (this.#pool.inFlight > 0 && performance.now() < until) {
        setTimeout(look, 5)
        return
      }
      this.#pool.close()
      then()
    }
    look()
  }

  #after(ms: number, callback: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      callback()
    }, ms)
    this.#timers.add(timer)
  }
}

function batchJob(body: string): Job {
  return {
    request: { method: 'POST', path: '/batch', headers: { 'content-type': 'application/json' }, body },
    expectedStatus: 200,
  }
}
