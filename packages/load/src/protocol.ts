/**
 * The protocol of client and agent: one JSON value per line, commands on the agent's stdin, replies on its
 * stdout. Every command has an id, and every reply names the command it belongs to.
 */
import type { ErrorRecord, LoadSlice, Reach } from '@bakeoff/model'
import type { FetchRequest, LoadRequest, Work } from '@bakeoff/runner/ports'
import type { Checked } from './shares/merge.js'
import type { Seats } from './shares/split.js'
import type { Part, SlicePart } from './worker/messages.js'
import type { GivenValues } from './worker/prepared-work.js'

/** Raised with every change that an older agent or client would misread. */
export const PROTOCOL = 7

/** The agent sends something at least this often, whatever it does. An agent that is silent for much longer hangs. */
export const HEARTBEAT_MS = 2000

export type Command = { readonly id: number } & (
  | { readonly command: 'hello' }
  /** answered at once with the agent's clock, in whose ms its times are: all processes of the agent share it */
  | { readonly command: 'clock' }
  /** seats: the places of its processes among those of several agents; absent: it is alone */
  | { readonly command: 'prepare'; readonly work: Work; readonly seats?: Seats }
  | {
      readonly command: 'await-ready'
      readonly origin: string
      readonly health: Reach['health']
      readonly timeoutMs: number
    }
  | { readonly command: 'fetch'; readonly request: FetchRequest }
  | { readonly command: 'verify'; readonly origin: string; readonly timeoutMs: number }
  /** sends the requests of `after` */
  | { readonly command: 'clean-up'; readonly origin: string; readonly timeoutMs: number }
  /** measures the way to a null server */
  | { readonly command: 'link'; readonly origin: string }
  /** answered with the values that the requests of `before` gave, which other agents may use */
  | { readonly command: 'given' }
  | { readonly command: 'load'; readonly request: LoadRequest }
  /**
   * its share of a load of several agents: opens its connections, says so, and waits for `go`. What its processes report is passed on as it is,
   * and merged where all of it comes together
   */
  | { readonly command: 'load-share'; readonly request: LoadRequest; readonly given: GivenValues }
  /** begins a share at a time of the agent's clock */
  | { readonly command: 'go'; readonly target: number; readonly atMs: number }
  /** opens the window of the running load: two cuts, this far apart; at a time of the agent's clock, or now */
  | { readonly command: 'cut'; readonly target: number; readonly durationMs: number; readonly atMs?: number }
  /** ends another command early: a load then answers with what it has measured, anything else with ABORTED */
  | { readonly command: 'stop'; readonly target: number }
  | { readonly command: 'quit' }
)

/** No command has this id. */
export const NO_COMMAND = 0

export type Reply = { readonly id: number } /** of no command: it lives */ & (
  | { readonly alive: true }
  | { readonly slice: LoadSlice }
  /** of a share: all connections are open; and the slice of one process */
  | { readonly opened: true }
  | { readonly part: SlicePart }
  | { readonly result: unknown }
  | { readonly error: ErrorRecord }
)

/** The result of a share of a load. */
export interface LoadShare {
  /** of each process; times on the agent's clock */
  readonly parts: readonly Part[]
  readonly checked: Checked
}

export interface Hello {
  readonly protocol: number
  /** Node's version and autocannon's, for the record */
  readonly node: string
  readonly processes: number
}
