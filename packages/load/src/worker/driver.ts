import type { Connection } from './autocannon.js'

/** Decides when a free connection sends. */
export interface Driver {
  /** a connection may send */
  free(connection: Connection, nowMs: number): void
  /** the load begins; connections may have become free before */
  start(nowMs: number): void
  /** every connection has sent at least once, as far as it could */
  readonly hasBegun: boolean
  /** whether an arrival that was due before this time is still to be sent */
  owes(beforeMs: number): boolean
  /** the load is over: sends nothing more. When the arrivals were due that were not sent */
  finish(nowMs: number): readonly number[]
}

/** Sends the next request of the work on a connection. */
export type Send = (connection: Connection, nowMs: number) => void
