/** What the controller and a load process say to each other over Node's IPC channel. Times travel as they can be merged: unencoded. */
import type { Distribution } from '@bakeoff/core'
import type { Account, LoadCounts, RequestLine, Respell, Weighted } from '@bakeoff/model'
import type { Share } from './drivers.js'

/** One request of the work, with what is needed to judge its answer at once. */
export interface Job {
  readonly request: RequestLine
  readonly expectedStatus: number
}

/** What a process asks for, load after load. */
export interface Prepared {
  readonly jobs: readonly Job[]
  readonly seed: number
  readonly respell: Respell | null
  /** of a longer body no more is kept */
  readonly answerCapBytes: number
}

export interface Order {
  readonly origin: string
  readonly share: Share
  readonly requestTimeoutMs: number
  readonly sampleEvery: number
  readonly stream: boolean
  readonly sliceMs: number
  /** which share of the corpus this process asks for: its number, of how many */
  readonly part: { readonly index: number; readonly of: number }
  readonly seed: number
  /** another one for every load and process: where the spelling of bodies begins */
  readonly spelling: number
}

export type ToWorker =
  | { readonly kind: 'prepare'; readonly work: Prepared }
  | { readonly kind: 'open'; readonly order: Order }
  | { readonly kind: 'go' }
  /** opens the window at a time on the monotonic clock of the machine, which all processes share */
  | { readonly kind: 'cut'; readonly atMonotonicMs: number; readonly durationMs: number }
  | { readonly kind: 'stop' }

/** `settling` before the window, `window` within it. */
export type Phase = 'settling' | 'window'

export interface SlicePart {
  readonly phase: Phase
  /** first sends are still being staggered */
  readonly ramping: boolean
  /** within its phase */
  readonly index: number
  /** since its phase's start, slice end */
  readonly atMs: number
  readonly durationMs: number
  readonly ok: number
  readonly failed: number
  readonly p50Us: number | null
  readonly p99Us: number | null
  readonly meanUs: number | null
  readonly busy: number
  /** null: this process is alone, and nothing has to be merged */
  readonly times: Distribution | null
}

/** A sampled answer that differs from the ones sampled before for the same request. */
export interface Sample {
  readonly id: number
  readonly jobIndex: number
  readonly status: number
  readonly contentType: string | null
  /** null: longer than the cap */
  readonly body: Uint8Array | null
}

/** What one process measured. `wrong` and `checked` are the controller's to fill. */
export interface Part {
  /** epoch ms of the first cut */
  readonly startedAtMs: number
  /** from cut to cut */
  readonly durationMs: number
  readonly weighted: Omit<Weighted, 'wrong'>
  readonly account: Account
  readonly silentConnections: number
  readonly censored: number
  readonly peaks: readonly (readonly [number, number])[]
  readonly settledMs: number
  readonly runOutMs: number
  /** answers with the expected status since the load's first request */
  readonly answered: number
  readonly counts: Omit<LoadCounts, 'wrong' | 'checked'>
  readonly errorsByKind: Readonly<Record<string, number>>
  readonly serviceTime: Distribution
  readonly responseTime: Distribution | null
  readonly lateness: Distribution | null
  /** sends more than 5 ms late though a connection was free */
  readonly lateSends: number
  readonly eventLoopUtilisation: number
  readonly cpuSeconds: number
  /** how often the answer of each sample was seen, by sample id */
  readonly sampled: readonly number[]
  readonly stream: {
    readonly firstByte: Distribution
    readonly interChunk: Distribution
    readonly chunks: number
  } | null
  readonly batch: { readonly wallMs: number; readonly body: string } | null
}

export type FromWorker =
  | { readonly kind: 'started' }
  | { readonly kind: 'opened' }
  | { readonly kind: 'slice'; readonly part: SlicePart }
  | { readonly kind: 'sample'; readonly sample: Sample }
  | { readonly kind: 'done'; readonly part: Part }
  | { readonly kind: 'failed'; readonly message: string; readonly stack: string[] }
