/**
 * The protocol of client and agent: one JSON value per line, commands on the agent's stdin, replies on its
 * stdout. Every command has an id, and every reply names the command it belongs to.
 */
import type { ErrorRecord, LoadSlice, Reach } from '@bakeoff/model'
import type { FetchRequest, LoadRequest, Work } from '@bakeoff/runner/ports'

/** Raised with every change that an older agent or client would misread. */
export const PROTOCOL = 6

/** The agent sends something at least this often, whatever it does. An agent that is silent for much longer hangs. */
export const HEARTBEAT_MS = 2000

export type Command = { readonly id: number } & (
  | { readonly command: 'hello' }
  /** answered at once with the agent's clock, in whose ms its times are: all processes of the agent share it */
  | { readonly command: 'clock' }
  | { readonly command: 'prepare'; readonly work: Work }
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
  | { readonly command: 'load'; readonly request: LoadRequest }
  /** opens the window of the running load: two cuts, this far apart */
  | { readonly command: 'cut'; readonly target: number; readonly durationMs: number }
  /** ends another command early: a load then answers with what it has measured, anything else with ABORTED */
  | { readonly command: 'stop'; readonly target: number }
  | { readonly command: 'quit' }
)

/** No command has this id. */
export const NO_COMMAND = 0

export type Reply = { readonly id: number } /** of no command: it lives */ & (
  | { readonly alive: true }
  | { readonly slice: LoadSlice }
  | { readonly result: unknown }
  | { readonly error: ErrorRecord }
)

export interface Hello {
  readonly protocol: number
  /** Node's version and autocannon's, for the record */
  readonly node: string
  readonly processes: number
}
