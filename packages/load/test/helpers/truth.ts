import type { ChildProcess } from 'node:child_process'
import * as server from '../truth/server.mjs'

/** How the server answers. Each is explained in truth/main.c; what is left out has its default there. */
export type Behaviour =
  | { readonly behaviour: 'constant'; readonly delayUs: number }
  | {
      readonly behaviour: 'sometimes'
      readonly delayUs: number
      readonly slowEvery: number
      readonly slowUs: number
    }
  | { readonly behaviour: 'wave'; readonly periodUs: number }
  | { readonly behaviour: 'starve'; readonly delayUs: number; readonly starved: number }
  | { readonly behaviour: 'ramp'; readonly delayUs: number; readonly gain: number; readonly tauMs: number }
  | { readonly behaviour: 'step'; readonly delayUs: number; readonly factor: number; readonly atMs: number }
  | {
      readonly behaviour: 'queue'
      readonly serviceUs: number
      readonly distribution: 'constant' | 'exponential'
      readonly seed?: number
    }
  | {
      readonly behaviour: 'bimodal'
      readonly delayUs: number
      readonly longFromBytes: number
      readonly longUs: number
    }
  | { readonly behaviour: 'cached'; readonly costUs: number }
  | { readonly behaviour: 'busy'; readonly busyUs: number }

/** What the server saw. Times are of its own clock; truth/record.h says how each member is counted. */
export interface Truth {
  /** since the start or since all was forgotten */
  readonly requests: number
  readonly answered: number
  readonly gone: number
  readonly inFlight: number
  readonly backendCalls: number
  /** the interval that the rest is about, ms of CLOCK_MONOTONIC */
  readonly fromMs: number
  readonly toMs: number
  readonly arrived: number
  readonly completed: number
  /** requests that ended, each with the share of its life inside the interval */
  readonly weighted: number
  readonly livedMs: number
  readonly unended: number
  readonly abandoned: number
  /** lives of those that arrived in the interval; null: among those without an answer */
  readonly meanMs: number | null
  readonly p50Ms: number | null
  readonly p90Ms: number | null
  readonly p99Ms: number | null
  readonly p999Ms: number | null
  readonly maxMs: number | null
  /** how late its answers were: much only on a machine with other work */
  readonly meanLateMs: number | null
  readonly lateP50Ms: number | null
  readonly lateP90Ms: number | null
  readonly lateP99Ms: number | null
  readonly readP90Ms: number | null
}

export interface TruthServer extends AsyncDisposable {
  readonly origin: string
  readonly process: ChildProcess
  /** about an interval in ms of CLOCK_MONOTONIC; without one about all since `forget` */
  truth(fromMs?: number, toMs?: number): Promise<Truth>
  forget(): Promise<void>
  /** nobody is answered for so long; resolves to the interval, in ms of CLOCK_MONOTONIC */
  stall(afterMs: number, forMs: number): Promise<{ readonly fromMs: number; readonly toMs: number }>
}

/** Starts the truth server (compiled first where it must be) on a free port. The caller holds it with `await using`. */
export const startTruthServer = (settings: Behaviour & { readonly answerBytes?: number }): Promise<TruthServer> =>
  server.startTruthServer(settings)

/** The server's clock, CLOCK_MONOTONIC in ms. */
export const monotonicMs: () => number = server.monotonicMs

/** An instant of Date.now(), or `startedAtMs` of a measurement, on the server's clock. */
export const toMonotonicMs: (epochMs: number) => number = server.toMonotonicMs
