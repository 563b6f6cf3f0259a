/** What the controller and a load process say to each other over Node's IPC channel. */
import type { EncodedHistogram, LoadCounts, RequestLine } from '@bakeoff/model'

/** One request of the work, with what is needed to judge its answer at once. */
export interface Job {
  readonly request: RequestLine
  readonly expectedStatus: number
}

/** A process's share of a load. */
export type Share =
  | { readonly kind: 'closed'; readonly connections: number }
  | {
      readonly kind: 'open'
      readonly connections: number
      readonly perSecond: number
      readonly arrivals: 'exponential' | 'constant'
      readonly seed: number
      /** constant arrivals: where in its gap this process begins, 0 to 1, so that processes take turns */
      readonly phase: number
    }
  | { readonly kind: 'batch'; readonly body: string }

export interface Order {
  readonly origin: string
  readonly share: Share
  /** null: until stopped; a batch ends with its answer */
  readonly durationMs: number | null
  readonly requestTimeoutMs: number
  readonly sampleEvery: number
  readonly stream: boolean
  readonly windowMs: number
  /** index of the job that this process begins with */
  readonly firstJob: number
  readonly seed: number
  /** several processes: windows are sent with their histogram, to be merged */
  readonly shareWindows: boolean
}

export type ToWorker =
  | { readonly kind: 'prepare'; readonly jobs: readonly Job[] }
  | { readonly kind: 'open'; readonly order: Order }
  | { readonly kind: 'go' }
  | { readonly kind: 'stop' }

export interface WindowPart {
  /** since the load's start, window end */
  readonly atMs: number
  readonly durationMs: number
  readonly ok: number
  readonly failed: number
  readonly p50Us: number | null
  readonly p99Us: number | null
  readonly busy: number
  readonly times: EncodedHistogram | null
}

/** A sampled answer that differs from the ones sampled before for the same request. */
export interface Sample {
  readonly id: number
  readonly jobIndex: number
  readonly status: number
  readonly contentType: string | null
  readonly body: Uint8Array
}

/** What one process measured. `wrong` and `checked` are the controller's to fill. */
export interface Part {
  readonly startedAtMs: number
  readonly durationMs: number
  readonly counts: Omit<LoadCounts, 'wrong' | 'checked'>
  readonly errorsByKind: Readonly<Record<string, number>>
  readonly serviceTime: EncodedHistogram
  readonly responseTime: EncodedHistogram | null
  readonly lateness: EncodedHistogram | null
  /** sends more than 5 ms late though a connection was free */
  readonly lateSends: number
  readonly eventLoopUtilisation: number
  readonly cpuSeconds: number
  /** how often the answer of each sample was seen, by sample id */
  readonly sampled: readonly number[]
  readonly stream: {
    readonly firstByte: EncodedHistogram
    readonly interChunk: EncodedHistogram
    readonly chunks: number
  } | null
  readonly batch: { readonly wallMs: number; readonly body: string } | null
}

export type FromWorker =
  | { readonly kind: 'started' }
  | { readonly kind: 'opened' }
  | { readonly kind: 'window'; readonly index: number; readonly part: WindowPart }
  | { readonly kind: 'sample'; readonly sample: Sample }
  | { readonly kind: 'done'; readonly part: Part }
  | { readonly kind: 'failed'; readonly message: string; readonly stack: string[] }
