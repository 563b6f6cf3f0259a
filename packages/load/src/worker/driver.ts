import type { Connection } from './autocannon.js'

/** A driver: decides when a free connection sends. */
export interface Driver {
  /** called when a connection may send */
  free(connection: Connection, nowMs: number): void
  /** begins the load; connections may have become free before */
  start(nowMs: number): void
  /** whether every connection has sent at least once, as far as it could */
  readonly hasBegun: boolean
  /** whether an arrival that was due before this time is still to be sent */
  owes(beforeMs: number): boolean
  /** ends the load and sends nothing more. Returns when the unsent arrivals were due */
  finish(nowMs: number): readonly number[]
}

/** Sends the next request of the work on a connection. */
export type Send = (connection: Connection, nowMs: number) => void
