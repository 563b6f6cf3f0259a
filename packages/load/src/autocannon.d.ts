/** Types for the part of autocannon 9 that is used. Its published types are two major versions behind. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events'

  interface Options {
    url: string
    connections: number
    /** seconds */
    duration: number
    /** seconds */
    timeout: number
    skipAggregateResult: boolean
    histograms: { latencies: unknown; requests: unknown; throughput: unknown }
    setupClient(client: unknown): void
  }

  /** A run under way. It is thenable: `await` waits for its end. */
  interface Instance extends EventEmitter, PromiseLike<unknown> {
    stop(): void
  }

  export default function autocannon(options: Options): Instance
}
