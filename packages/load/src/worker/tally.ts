import { Recorder } from '@bakeoff/core'
import type { Account, LoadCounts, Weighted } from '@bakeoff/model'

/** The delay above which a send counts as late although a connection was free. */
const LATE_MS = 5
/** The distance below which slow answers are one peak. */
const PEAK_MS = 10
/** The longest run-out for which peaks are kept; later ends fall into the last one. */
const LONGEST_RUN_OUT_MS = 60_000

/** The ways in which a request that was put on a connection ends. */
export type Ending = 'ok' | 'errorStatus' | 'timeouts' | 'lost'

/**
 * The tally of everything that is counted and timed between two cuts through a running load.
 *
 * Two kinds of figures come from the same requests. The *cohort* is every request that was sent (closed) or due (open)
 * between the cuts, each followed to its end: integers and latencies. *Weights* count every request that was under way
 * between the cuts, whenever it began or ended: it counts with the share of its life that lies between them. A request
 * that ends just after the second cut is thus neither lost nor counted whole, and the rate has no step of a wave of answers.
 */
export class Tally {
  readonly fromMs: number
  toMs: number
  sent = 0
  lateSends = 0
  chunks = 0
  connectErrors = 0
  readonly serviceTime = new Recorder()
  readonly responseTime: Recorder | null
  readonly lateness: Recorder | null
  readonly firstByte: Recorder | null
  readonly interChunk: Recorder | null

  readonly #ended: Record<Ending, number> = { ok: 0, errorStatus: 0, timeouts: 0, lost: 0 }
  readonly #weighted: Record<Ending, number> = { ok: 0, errorStatus: 0, timeouts: 0, lost: 0 }
  readonly #livesMs: Record<Ending, number> = { ok: 0, errorStatus: 0, timeouts: 0, lost: 0 }
  #unendedMs = 0
  #betweenMs = 0
  /** ages of requests that were in flight at the end or never sent: their time is not known */
  #unended = 0
  /** by bucket of PEAK_MS since the first cut: the slowest time that ended in it, in µs */
  #peaks: Float64Array | null = null
  readonly #kinds = new Map<string, number>()

  /**
   * @param fromMs the first cut
   * @param toMs   the second cut; infinite for a load that ends by itself, and moved forward when a load is stopped
   */
  constructor(fromMs: number, toMs: number, open: boolean, stream: boolean) {
    this.fromMs = fromMs
    this.toMs = toMs
    this.responseTime = open ? new Recorder() : null
    this.lateness = open ? new Recorder() : null
    this.firstByte = stream ? new Recorder() : null
    this.interChunk = stream ? new Recorder() : null
  }

  /** Whether a request of this time, sent (closed) or due (open), belongs to the cohort. */
  isOurs(atMs: number): boolean {
    return atMs >= this.fromMs && atMs < this.toMs
  }

  /** requests of the cohort that have not ended */
  get outstanding(): number {
    const { ok, errorStatus, timeouts, lost } = this.#ended
    return this.sent - ok - errorStatus - timeouts - lost
  }

  /**
   * Counts a request that ended. Times are kept of answers with the expected status, and of requests that timed out: without the latter, they
   * would make a target look fast by not answering. Other statuses are not timed: an early error is not a fast answer.
   *
   * @param dueMs when it was sent (closed) or due (open)
   */
  end(how: Ending, sentAtMs: number, dueMs: number, nowMs: number): void {
    const insideMs = Math.min(nowMs, this.toMs) - Math.max(sentAtMs, this.fromMs)
    if (insideMs > 0) {
      const lifeMs = nowMs - sentAtMs
      this.#weighted[how] += insideMs === lifeMs ? 1 : insideMs / lifeMs
      this.#livesMs[how] += insideMs
    }
    if (!this.isOurs(dueMs)) return
    this.#ended[how]++
    if (how === 'ok' || how === 'timeouts') this.#time(sentAtMs, dueMs, nowMs)
  }

  /** Counts a request that was still under way at the end: it takes at least as long as its age. */
  unended(sentAtMs: number, dueMs: number, nowMs: number): void {
    this.#unendedMs += Math.max(0, Math.min(nowMs, this.toMs) - Math.max(sentAtMs, this.fromMs))
    if (!this.isOurs(dueMs)) return
    this.#unended++
    this.#time(sentAtMs, dueMs, nowMs)
  }

  /** Counts an arrival of the cohort that was never sent. */
  unsent(dueMs: number, nowMs: number): void {
    this.#unended++
    this.responseTime?.record(nowMs - dueMs)
    this.#peak(nowMs, nowMs - dueMs)
  }

  /** Adds the time from the end of one request to the sending of the next, in which a connection reconnects or waits. */
  between(fromMs: number, toMs: number): void {
    const insideMs = Math.min(toMs, this.toMs) - Math.max(fromMs, this.fromMs)
    if (insideMs > 0) this.#betweenMs += insideMs
  }

  /** Counts a send for which a connection was free when it was due. */
  late(byMs: number): void {
    this.lateness?.record(byMs)
    if (byMs > LATE_MS) this.lateSends++
  }

  note(kind: string): void {
    this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1)
  }

  get errorsByKind(): Record<string, number> {
    return Object.fromEntries(this.#kinds)
  }

  get weighted(): Omit<Weighted, 'wrong'> {
    return { ...this.#weighted }
  }

  /** requests whose time is only known to be at least what was recorded */
  get censored(): number {
    return this.#ended.timeouts + this.#unended
  }

  /** @param connections the number of connections of this process */
  account(connections: number): Account {
    const { ok, errorStatus, timeouts, lost } = this.#livesMs
    return {
      connectionMs: connections * (this.toMs - this.fromMs),
      answeredMs: ok + errorStatus,
      failedMs: timeouts + lost,
      unendedMs: this.#unendedMs,
      betweenMs: this.#betweenMs,
    }
  }

  /** The slowest time that ended in each 10 ms, for those above a time: [ms since the first cut, µs]. */
  peaksAbove(us: number): [number, number][] {
    const found: [number, number][] = []
    for (const [bucket, slowest] of (this.#peaks ?? []).entries())
      if (slowest > us) found.push([(bucket + 1) * PEAK_MS, Math.round(slowest)])
    return found
  }

  /**
   * Returns the counts of the cohort at the end.
   *
   * @throws Error when a request ended in none of the possible ways or in two of them, which is a bug in Bakeoff
   */
  close(inFlight: number, unsent: number): Omit<LoadCounts, 'wrong' | 'checked'> {
    const { sent, connectErrors } = this
    const { ok, errorStatus, timeouts, lost } = this.#ended
    const accounted = ok + errorStatus + timeouts + lost + inFlight
    if (sent !== accounted)
      throw new Error(
        `accounting: sent ${sent}, but ok ${ok} + errorStatus ${errorStatus} + timeouts ${timeouts} + lost ${lost} + inFlight ${inFlight} = ${accounted}`,
      )
    return { sent, ok, errorStatus, timeouts, lost, connectErrors, inFlight, unsent }
  }

  #time(sentAtMs: number, dueMs: number, nowMs: number): void {
    this.serviceTime.record(nowMs - sentAtMs)
    this.responseTime?.record(nowMs - dueMs)
    this.#peak(nowMs, nowMs - dueMs)
  }

  #peak(nowMs: number, ms: number): void {
    this.#peaks ??= new Float64Array(this.#buckets())
    const bucket = Math.min(this.#peaks.length - 1, ((nowMs - this.fromMs) / PEAK_MS) | 0)
    const us = ms * 1000
    if (us > (this.#peaks[bucket] as number)) this.#peaks[bucket] = us
  }

  #buckets(): number {
    const length = Number.isFinite(this.toMs) ? this.toMs - this.fromMs : 0
    return Math.ceil((length + LONGEST_RUN_OUT_MS) / PEAK_MS)
  }
}
