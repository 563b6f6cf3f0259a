/**
 * The protocol of orchestrator and probe: one JSON value per line, questions on the probe's stdin, answers on its stdout. Every question
 * has an id, and every answer names the question that it belongs to. Whatever the probe hears counts as a sign of life.
 */
import type { HostFacts, HostReading, Reading } from '@bakeoff/model'

/** Raised with every change that an older probe or client would misread. */
export const PROTOCOL = 2

/** After this long without a sign of life, the probe takes the orchestrator, or the way to it, for dead. */
export const SILENCE_MS = 30_000

/** What a probe is told before it starts, in the environment variable `ORDER`: it may have to act before it has heard a word. */
export interface ProbeOrder {
  /** id of the session whose containers, networks and volumes are removed when nothing is heard any more */
  readonly session: string
  /** path of the engine's socket, as the probe sees it */
  readonly socket: string
  /** name of the probe's own container, which goes last */
  readonly self: string
  readonly silenceMs: number
}

/** A container whose counters are read. */
export interface SampledContainer {
  readonly name: string
  /** the engine's id of it */
  readonly id: string
  /** its first process, as the host counts */
  readonly pid: number
}

export type Question = { readonly id: number } & (
  | { readonly ask: 'hello' }
  /** the probe's clocks; answered at once */
  | { readonly ask: 'clock' }
  | { readonly ask: 'facts'; readonly address: string | null }
  /** which of these addresses cannot be reached from the host's own network, after a few seconds */
  | { readonly ask: 'unreached'; readonly addresses: readonly string[]; readonly port: number }
  /** answered when the counters are open; from then on ticks come under the same id, until `stop` */
  | { readonly ask: 'sample'; readonly containers: readonly SampledContainer[]; readonly hz: number }
  | { readonly ask: 'stop'; readonly sampling: number }
  /** the probe ends, and removes nothing */
  | { readonly ask: 'quit' }
)

export type Answer = { readonly id: number } & (
  | { readonly result: unknown }
  | { readonly tick: Tick }
  /** a bug: nothing that is asked can fail */
  | { readonly error: string }
)

export interface Hello {
  readonly protocol: number
}

/** Both clocks of the probe, read one after the other. */
export interface ProbeClocks {
  /** its steady scale: see `steadyMs` */
  readonly steadyMs: number
  /** the host's time of day, by which its engine goes */
  readonly wallMs: number
}

/** What a probe says of its host. */
export interface ProbeFacts extends HostFacts {
  /** the network interface that has the host's address; null: none has it, or no address was asked for */
  readonly uplink: string | null
  readonly uplinkMtu: number | null
  /** processors that the probe may run on, unpinned: those of its engine */
  readonly allowedCpus: readonly number[]
}

export interface Sampled {
  /** names of the containers whose counters cannot be read */
  readonly unread: readonly string[]
}

/** Counters of one time, on the probe's steady scale. */
export interface Tick {
  readonly host: HostReading
  /** by the containers' names; one that has ended is not there */
  readonly containers: Readonly<Record<string, Reading>>
}
