import { type EventLoopUtilization, performance } from 'node:perf_hooks'
import { createRandom } from '@bakeoff/core'
import { monotonicMs } from '../clock.js'
import { AnswerPicker } from './answer-picker.js'
import { type Connection, type ConnectionEvents, openConnections, type Pool } from './autocannon.js'
import type { Driver, Send } from './driver.js'
import { driverOf } from './drivers.js'
import type { LoadState } from './load-state.js'
import { FIRST_ANSWERS, type FromWorker, type Part, type Phase, type ProcessOrder } from './messages.js'
import type { CheckedRequest, Prepared } from './prepared-work.js'
import type { RequestWalk } from './request-walk.js'
import { Speller } from './respell.js'
import { SliceTally, sliceNumber } from './slices.js'
import { type Ending, Tally } from './tally.js'
import type { Ticker } from './ticker.js'

/** How long connections may take to open before the load begins without them. */
const OPENING_MS = 2000
/** How often the run-out checks whether every request of the cohort has ended. */
const LOOK_MS = 5
/** How long answers under way at the end may still come. They are not counted, but the target is spared broken connections. */
const DRAIN_MS = 100
/** The percentile above which peaks are reported: p99.9 is the highest that is judged by them. */
const PEAK_PERCENTILE = 99.5

/** When a load sends what. */
export interface Pacing {
  readonly walk: RequestWalk
  /** what is filled into requests and taken from answers; null: nothing */
  readonly state: LoadState | null
  readonly ticker: Ticker | null
}

/** Whom a process tells of its load. */
export interface Controller {
  readonly say: (message: FromWorker) => void
  /** whether it keeps up with comparing answers */
  readonly mayPick: () => boolean
}

/**
 * One process's part of one load. The load runs without a break: connections open, first sends are staggered, it settles.
 * The window is two cuts through it, at which nothing changes. After the second one it runs on until every request of the
 * cohort has ended (the run-out), so that what is slow is neither left out nor cut short.
 */
export class Load {
  readonly #order: ProcessOrder
  readonly #requests: readonly CheckedRequest[]
  /** null: the only request is the load's own */
  readonly #walk: RequestWalk | null
  readonly #values: LoadState | null
  readonly #say: (message: FromWorker) => void
  readonly #mayPick: () => boolean
  readonly #picker: AnswerPicker
  readonly #driver: Driver
  /** requests count from when they were due */
  readonly #isTimed: boolean
  readonly #pool: Pool
  readonly #slice = new SliceTally()
  readonly #timers = new Set<NodeJS.Timeout>()
  /** connections that have opened, or failed to open, once */
  readonly #tried = new Set<Connection>()
  #opened: (() => void) | null = null
  #state: 'opening' | 'settling' | 'window' | 'run-out' | 'over' = 'opening'
  /** the tally from the start until the first cut, and from there on that of the window */
  #tally: Tally
  #batch: Part['batch'] = null
  #answered = 0
  /** when the first answers came, since the load's first request */
  readonly #firstMs: number[] = []

  #begunMs = 0
  #startedAtMs = 0
  #startCpu = process.cpuUsage()
  #startLoop: EventLoopUtilization = performance.eventLoopUtilization()
  /** values of the window alone, taken at the second cut */
  #used: { readonly loop: number; readonly cpuSeconds: number } | null = null
  #sliceLoop: EventLoopUtilization = this.#startLoop
  #sliceStartMs = 0
  #hasSlices = false
  /** of the slice under way: equal in all processes, also after one of them stood still */
  #sliceNumber = 0
  /** whether slices are no longer reported */
  #slicesOver = false
  #sliceTimer: NodeJS.Timeout | undefined

  /**
   * @param pacing which request comes next and with which values (not asked by a load whose request is its own), and the ticker, started
   *   already, that only a timed load needs
   */
  constructor(
    order: ProcessOrder,
    { requests, respell, seed, answerCapBytes, trust }: Prepared,
    { walk, state, ticker }: Pacing,
    { say, mayPick }: Controller,
  ) {
    const { share } = order
    const kind = driverOf(share)
    const own = kind.ownRequest(share)
    this.#order = order
    this.#requests = own === null ? requests : [{ request: own, expectedStatus: 200 }]
    this.#walk = own === null ? walk : null
    this.#values = own === null ? state : null
    walk.begin()
    state?.begin()
    this.#isTimed = kind.isTimed
    this.#say = say
    this.#mayPick = mayPick
    this.#tally = this.#newTally(0, Number.POSITIVE_INFINITY)
    this.#picker = new AnswerPicker(order.sampleEvery, createRandom(order.seed), (answer) =>
      say({ kind: 'picked', answer }),
    )
    const send: Send = (connection, nowMs) => this.#send(connection, nowMs)
    this.#driver = kind.drive(share, {
      send,
      random: createRandom,
      ticker,
      late: (dueMs, byMs) => {
        if (this.#tally.isOurs(dueMs)) this.#tally.late(byMs)
      },
    })
    const sent = this.#requests.map(({ request }) => request)
    this.#pool = openConnections(
      {
        origin: order.origin,
        connections: kind.connections(share),
        requestTimeoutMs: order.requestTimeoutMs,
        answerCapBytes,
        trust,
        speller: own !== null || respell === null ? null : new Speller(sent, respell, seed, order.spelling),
        state: this.#values,
      },
      sent,
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
    this.#state = 'settling'
    this.#begin(Number.POSITIVE_INFINITY)
    this.#begunMs = this.#tally.fromMs
    this.#driver.start(this.#begunMs)
  }

  goAt(atMonotonicMs: number): void {
    this.#after(atMonotonicMs - monotonicMs(), () => this.go())
  }

  /** Opens the window at this time. */
  cut(atMonotonicMs: number, durationMs: number): void {
    if (this.#state !== 'settling') return
    this.#after(atMonotonicMs - monotonicMs(), () => {
      if (this.#state !== 'settling') return
      this.#state = 'window'
      this.#begin(durationMs)
      this.#after(this.#tally.toMs - performance.now(), () => this.#close())
    })
  }

  /** Ends the load now; the measurement covers the time until then. Does nothing once the load is over. */
  stop(): void {
    if (this.#state === 'over') return
    if (this.#state === 'opening') this.go()
    const now = performance.now()
    // Just after anything that was sent by now.
    if (this.#state === 'settling' || this.#state === 'window') this.#endWindow(now + 0.001)
    this.#end(now)
  }

  /** The first cut: from here on everything is counted anew. */
  #begin(durationMs: number): void {
    clearTimeout(this.#sliceTimer)
    const now = performance.now()
    this.#tally = this.#newTally(now, now + durationMs)
    this.#startedAtMs = monotonicMs()
    this.#startCpu = process.cpuUsage()
    this.#startLoop = this.#sliceLoop = performance.eventLoopUtilization()
    this.#slice.begin()
    this.#hasSlices = false
    this.#sliceStartMs = now
    this.#scheduleSlice()
  }

  /** The second cut: the load goes on. */
  #close(): void {
    if (this.#state !== 'window') return
    this.#endWindow(this.#tally.toMs)
    this.#state = 'run-out'
    const untilMs = this.#tally.toMs + this.#order.requestTimeoutMs
    const look = () => {
      if (this.#state !== 'run-out') return
      const tally = this.#tally
      const done = tally.outstanding === 0 && !this.#driver.owes(tally.toMs)
      const now = performance.now()
      if (done || now >= untilMs) this.#end(now)
      else this.#after(LOOK_MS, look)
    }
    look()
  }

  #endWindow(atMs: number): void {
    this.#tally.toMs = Math.min(this.#tally.toMs, atMs)
    const cpu = process.cpuUsage(this.#startCpu)
    this.#used = {
      loop: performance.eventLoopUtilization(this.#startLoop).utilization,
      cpuSeconds: (cpu.user + cpu.system) / 1e6,
    }
    this.#closeSlice(Math.max(atMs, performance.now()))
    this.#slicesOver = true
  }

  #end(now: number): void {
    const tally = this.#tally
    const unsent = this.#driver.finish(now).filter((dueMs) => tally.isOurs(dueMs))
    this.#state = 'over'
    clearTimeout(this.#sliceTimer)
    for (const timer of this.#timers) clearTimeout(timer)
    for (const dueMs of unsent) tally.unsent(dueMs, now)
    const inFlight = tally.outstanding
    let silent = 0
    for (const connection of this.#pool.connections) {
      if (connection.pending) tally.unended(connection.sentAtMs, this.#dueOf(connection), now)
      else tally.between(connection.endedAtMs, tally.toMs)
      if (connection.answeredAtMs < tally.fromMs) silent++
    }
    const part = this.#part(tally.close(inFlight, unsent.length), silent, now)
    this.#drain(() => this.#say({ kind: 'done', part }))
  }

  #part(counts: Part['counts'], silent: number, nowMs: number): Part {
    const tally = this.#tally
    const times = tally.responseTime ?? tally.serviceTime
    return {
      startedAtMs: this.#startedAtMs,
      // Whole ns: the difference of two large numbers is not quite the length that was asked for.
      durationMs: Math.round((tally.toMs - tally.fromMs) * 1e6) / 1e6,
      weighted: tally.weighted,
      account: tally.account(this.#pool.connections.length),
      silentConnections: driverOf(this.#order.share).keepsAllBusy ? silent : 0,
      censored: tally.censored,
      peaks: tally.peaksAbove(times.percentileUs(PEAK_PERCENTILE) ?? 0),
      settledMs: tally.fromMs - this.#begunMs,
      runOutMs: Math.max(0, nowMs - tally.toMs),
      answered: this.#answered,
      firstMs: this.#firstMs,
      counts,
      errorsByKind: tally.errorsByKind,
      serviceTime: tally.serviceTime.distribution,
      responseTime: tally.responseTime?.distribution ?? null,
      lateness: tally.lateness?.distribution ?? null,
      lateSends: tally.lateSends,
      eventLoopUtilisation: this.#used?.loop ?? 0,
      cpuSeconds: this.#used?.cpuSeconds ?? 0,
      picked: this.#picker.seen,
      stream:
        tally.firstByte && tally.interChunk
          ? {
              firstByte: tally.firstByte.distribution,
              interChunk: tally.interChunk.distribution,
              chunks: tally.chunks,
            }
          : null,
      batch: this.#batch,
    }
  }

  #newTally(fromMs: number, toMs: number): Tally {
    return new Tally(fromMs, toMs, this.#isTimed, this.#order.stream)
  }

  /** The time that decides whether a request belongs to the cohort. */
  #dueOf(connection: Connection): number {
    return this.#isTimed ? connection.intendedAtMs : connection.sentAtMs
  }

  #send(connection: Connection, nowMs: number): void {
    const tally = this.#tally
    if (connection.endedAtMs !== nowMs) tally.between(connection.endedAtMs, nowMs)
    const isOurs = tally.isOurs(this.#isTimed ? connection.intendedAtMs : nowMs)
    if (isOurs) tally.sent++
    if (this.#walk === null) {
      connection.isPicked = true
      connection.send(0, nowMs, true)
      return
    }
    // Answers before and after the window are not compared, since they are not counted.
    connection.isPicked = isOurs && this.#state !== 'settling' && this.#picker.next(nowMs) && this.#mayPick()
    const next = this.#walk.next(connection.number)
    if (this.#values === null) connection.send(next, nowMs, connection.isPicked)
    else this.#sendFilled(connection, this.#values, this.#values.ready(next, connection.number), nowMs)
  }

  #sendFilled(connection: Connection, values: LoadState, index: number, nowMs: number): void {
    connection.values = connection.isPicked ? values.valuesInGolden(index) : null
    connection.send(index, nowMs, connection.isPicked || values.captures(index), values.text(index))
  }

  #ended(connection: Connection, how: Ending, nowMs: number, kind: string | null): void {
    const tally = this.#tally
    const { sentAtMs } = connection
    const dueMs = this.#dueOf(connection)
    tally.end(how, sentAtMs, dueMs, nowMs)
    if (how === 'ok') {
      this.#answered++
      if (this.#firstMs.length < FIRST_ANSWERS) this.#firstMs.push(nowMs - this.#begunMs)
      this.#slice.ok(nowMs - dueMs)
    } else this.#slice.failed()
    if (kind !== null && (tally.isOurs(dueMs) || tally.isOurs(nowMs))) tally.note(kind)
    // Not at once, since other events of this answer are still to come.
    if (this.#walk === null) setImmediate(() => this.stop())
  }

  #events(): ConnectionEvents {
    return {
      free: (connection, nowMs) => {
        if (this.#state === 'opening') this.#countTried(connection)
        if (this.#state !== 'over') this.#driver.free(connection, nowMs)
      },
      answered: (connection, nowMs) => {
        if (this.#state === 'over') return
        if (connection.status !== (this.#requests[connection.requestIndex] as CheckedRequest).expectedStatus) {
          this.#ended(connection, 'errorStatus', nowMs, `HTTP ${connection.status}`)
          return
        }
        if (this.#values?.captures(connection.requestIndex)) this.#values.capture(connection)
        if (connection.isPicked) this.#keep(connection, nowMs)
        this.#ended(connection, 'ok', nowMs, null)
      },
      lost: (connection, kind, nowMs) => {
        if (this.#state !== 'over') this.#ended(connection, 'lost', nowMs, kind)
      },
      timedOut: (connection, nowMs) => {
        if (this.#state !== 'over') this.#ended(connection, 'timeouts', nowMs, 'timeout')
      },
      connectFailed: (connection, kind) => {
        if (this.#state === 'opening') this.#countTried(connection)
        if (this.#state === 'over' || !this.#tally.isOurs(performance.now())) return
        this.#tally.connectErrors++
        this.#tally.note(kind)
      },
      surplus: () => {
        if (this.#state !== 'over') this.#tally.note('bytes that answer nothing')
      },
      piece: this.#order.stream ? (connection, nowMs) => this.#piece(connection, nowMs) : null,
    }
  }

  #keep(connection: Connection, nowMs: number): void {
    if (this.#walk === null)
      this.#batch = {
        wallMs: nowMs - connection.sentAtMs,
        body: Buffer.concat(connection.captured?.body ?? []).toString('utf8'),
      }
    else this.#picker.take(connection)
  }

  #piece(connection: Connection, nowMs: number): void {
    const { pieces, lastPieceAtMs } = connection
    connection.pieces++
    connection.lastPieceAtMs = nowMs
    if (this.#state === 'over' || !this.#tally.isOurs(this.#dueOf(connection))) return
    if (pieces === 0) this.#tally.firstByte?.record(nowMs - connection.sentAtMs)
    else this.#tally.interChunk?.record(nowMs - lastPieceAtMs)
    this.#tally.chunks++
  }

  #countTried(connection?: Connection): void {
    if (connection) this.#tried.add(connection)
    if (this.#opened && this.#tried.size >= this.#pool.connections.length) this.#opened()
  }

  /** The end of the next slice; the last one of a window takes the rest, so that none is too short to mean much. */
  #scheduleSlice(): void {
    const { sliceMs } = this.#order
    const { fromMs, toMs } = this.#tally
    this.#sliceNumber = sliceNumber(this.#sliceStartMs - fromMs, sliceMs)
    const endMs = fromMs + this.#sliceNumber * sliceMs
    if (toMs - endMs < sliceMs / 2) return
    this.#sliceTimer = setTimeout(() => {
      this.#closeSlice(performance.now())
      this.#scheduleSlice()
    }, endMs - performance.now())
  }

  #closeSlice(nowMs: number): void {
    if (this.#slicesOver) return
    const { times, ...figures } = this.#slice.figures
    const durationMs = nowMs - this.#sliceStartMs
    // When a load is stopped just after the end of a slice, the rest is too short to be a slice.
    if (!this.#hasSlices || durationMs >= this.#order.sliceMs / 2) {
      this.#hasSlices = true
      const phase: Phase = this.#state === 'window' ? 'window' : 'settling'
      this.#say({
        kind: 'slice',
        part: {
          phase,
          ramping: !this.#driver.hasBegun,
          index: this.#sliceNumber,
          atMs: nowMs - this.#tally.fromMs,
          durationMs,
          ...figures,
          busy: performance.eventLoopUtilization(this.#sliceLoop).utilization,
          times: this.#order.part.of > 1 ? times.distribution : null,
        },
      })
    }
    this.#sliceLoop = performance.eventLoopUtilization()
    this.#slice.begin()
    this.#sliceStartMs = nowMs
  }

  #drain(then: () => void): void {
    const until = performance.now() + DRAIN_MS
    const look = () => {
      if (this.#pool.inFlight > 0 && performance.now() < until) {
        setTimeout(look, LOOK_MS)
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
