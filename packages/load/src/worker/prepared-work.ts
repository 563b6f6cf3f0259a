/** What a load process knows before any load: the work, and its own place among the processes. */
import type { RequestLine, Respell, TrafficPart, ValueSpec } from '@bakeoff/model'
import type { Trust } from '@bakeoff/runner/ports'

/** One request of the work, with what its answer is checked for at once. */
export interface CheckedRequest {
  readonly request: RequestLine
  readonly expectedStatus: number
}

/** The work of a process, the same for all its loads. */
export interface Prepared {
  readonly requests: readonly CheckedRequest[]
  readonly seed: number
  readonly respell: Respell | null
  /** null: requests are sent as they stand, and none depends on another */
  readonly state: PreparedState | null
  /** the most bytes that are kept of a body */
  readonly answerCapBytes: number
  /** whom to trust where an origin is https; absent: nobody */
  readonly trust?: Trust | undefined
}

/** What is filled into the requests of a process, and which go together. */
export interface PreparedState {
  readonly values: Readonly<Record<string, ValueSpec>>
  readonly traffic: readonly TrafficPart[] | null
  readonly secrets: Readonly<Record<string, string>>
  readonly countFrom: number
  /** by request: the keys that its golden answer has */
  readonly goldenKeys: readonly (readonly string[])[]
  /** by captured key: requests that give it and can be sent before anything was captured */
  readonly providers: Readonly<Record<string, readonly number[]>>
}

/** The place of a process among all of the agent, whether a load needs them or not. */
export interface Seat {
  readonly index: number
  readonly of: number
}

/** Captured values, a record for each answer that gave them. */
export type GivenValues = readonly Readonly<Record<string, string>>[]
