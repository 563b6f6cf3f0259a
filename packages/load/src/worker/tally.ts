import type { LoadCounts } from '@bakeoff/model'
import { Recorder } from '../recorder.js'

/** Sends later than this, though a connection was free, count as late. */
const LATE_MS = 5

/** Everything counted and timed in one process's part of a load. */
export class Tally {
  sent = 0
  ok = 0
  errorStatus = 0
  timeouts = 0
  lost = 0
  connectErrors = 0
  lateSends = 0
  chunks = 0

  readonly serviceTime = new Recorder()
  readonly responseTime: Recorder | null
  readonly lateness: Recorder | null
  readonly firstByte: Recorder | null
  readonly interChunk: Recorder | null
  /** of the window under way: service times of a closed load, response times of an open one */
  readonly window = new Recorder()

  readonly #kinds = new Map<string, number>()
  #okBefore = 0
  #failedBefore = 0

  constructor(open: boolean, stream: boolean) {
    this.responseTime = open ? new Recorder() : null
    this.lateness = open ? new Recorder() : null
    this.firstByte = stream ? new Recorder() : null
    this.interChunk = stream ? new Recorder() : null
  }

  /**
   * Times of answers with the expected status, and the age of requests that timed out: left out, those would make
   * a target look fast by not answering. Other statuses are not timed: an early error is no fast answer.
   */
  time(sentAtMs: number, intendedAtMs: number, nowMs: number): void {
    if (this.responseTime === null) {
      this.window.record(nowMs - sentAtMs)
    } else {
      this.serviceTime.record(nowMs - sentAtMs)
      this.window.record(nowMs - intendedAtMs)
    }
  }

  /** A send for which a connection was free when it was due. */
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

  /** What the window under way holds; the next one begins. */
  closeWindow(): { ok: number; failed: number; p50Us: number | null; p99Us: number | null; times: Recorder } {
    const failed = this.errorStatus + this.timeouts + this.lost
    const closed = {
      ok: this.ok - this.#okBefore,
      failed: failed - this.#failedBefore,
      p50Us: this.window.percentileUs(50),
      p99Us: this.window.percentileUs(99),
      times: this.window,
    }
    this.#okBefore = this.ok
    this.#failedBefore = failed
    return closed
  }

  /** After `closeWindow`: its times join the whole load's. */
  keepWindow(): void {
    ;(this.responseTime ?? this.serviceTime).add(this.window)
    this.window.reset()
  }

  /**
   * The counts at the end.
   *
   * @throws Error when a request ended in none or in two of the ways in which it can end: our bug
   */
  close(inFlight: number, unsent: number): Omit<LoadCounts, 'wrong' | 'checked'> {
    const { sent, ok, errorStatus, timeouts, lost, connectErrors } = this
    const accounted = ok + errorStatus + timeouts + lost + inFlight
    if (sent !== accounted)
      throw new Error(
        `accounting: sent ${sent}, but ok ${ok} + errorStatus ${errorStatus} + timeouts ${timeouts} + lost ${lost} + inFlight ${inFlight} = ${accounted}`,
      )
    return { sent, ok, errorStatus, timeouts, lost, connectErrors, inFlight, unsent }
  }
}
