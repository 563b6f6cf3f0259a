/** The messages between the controller and a load process over Node's IPC channel. Times are sent unencoded, so that they can be merged. */
import type { Distribution } from '@bakeoff/core'
import type { Account, LoadCounts, Weighted } from '@bakeoff/model'
import type { Share } from './drivers.js'
import type { GivenValues, Prepared, Seat } from './prepared-work.js'

/** What one process is told of the load that the agent is ordered. */
export interface ProcessOrder {
  readonly origin: string
  readonly share: Share
  readonly requestTimeoutMs: number
  readonly sampleEvery: number
  readonly stream: boolean
  readonly sliceMs: number
  /** which share of the corpus this process asks for: its number, of how many */
  readonly part: { readonly index: number; readonly of: number }
  readonly seed: number
  /** where the spelling of bodies begins; different for every load and process */
  readonly spelling: number
  /** captured values from before the load, a record for each answer */
  readonly given: GivenValues
}

export type ToWorker =
  | { readonly kind: 'prepare'; readonly work: Prepared; readonly seat: Seat }
  | { readonly kind: 'open'; readonly order: ProcessOrder }
  /** starts the load, at a time on the monotonic clock or now */
  | { readonly kind: 'go'; readonly atMonotonicMs?: number | undefined }
  /** opens the window at a time on the monotonic clock of the machine, which all processes share */
  | { readonly kind: 'cut'; readonly atMonotonicMs: number; readonly durationMs: number }
  | { readonly kind: 'stop' }

/** `settling` before the window, `window` within it. */
export type Phase = 'settling' | 'window'

export interface SlicePart {
  readonly phase: Phase
  /** whether first sends are still being staggered */
  readonly ramping: boolean
  /** the number of the slice within its phase */
  readonly index: number
  /** from the start of its phase to the end of the slice */
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

/** A picked answer that differs from the ones picked before for the same request. */
export interface PickedAnswer {
  readonly id: number
  readonly requestIndex: number
  readonly status: number
  readonly contentType: string | null
  /** null: longer than the cap */
  readonly body: Uint8Array | null
  /** what was filled into its request and is wanted in its golden answer; null: nothing */
  readonly values: Readonly<Record<string, string>> | null
}

/** The number of answers whose time is kept from a load's beginning on: what a source may have asked for in all. */
export const FIRST_ANSWERS = 1000

/** The measurement of one process. The controller fills in `wrong` and `checked`. */
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
  /** when the first of them came, in ms since then, a thousand at most */
  readonly firstMs: readonly number[]
  readonly counts: Omit<LoadCounts, 'wrong' | 'checked'>
  readonly errorsByKind: Readonly<Record<string, number>>
  readonly serviceTime: Distribution
  readonly responseTime: Distribution | null
  readonly lateness: Distribution | null
  /** sends more than 5 ms late though a connection was free */
  readonly lateSends: number
  readonly eventLoopUtilisation: number
  readonly cpuSeconds: number
  /** how often each picked answer was seen, by its id */
  readonly picked: readonly number[]
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
  | { readonly kind: 'picked'; readonly answer: PickedAnswer }
  | { readonly kind: 'done'; readonly part: Part }
  | { readonly kind: 'failed'; readonly message: string; readonly stack: string[] }
