import type { z } from 'zod'
import type { Offered, SloSpec } from './offered.js'
import type { PublishedLoad } from './published.js'

/** The kinds of times of a request: from its sending, or from the moment at which it was due. */
export type TimeName = 'service' | 'response'

/** The id of the figure that a load is read by first. */
export type Headline = 'throughput' | 'capacityPerSecond' | 'cpuMsPerRequest'

/** A load by its names: on a switch, over a table, in a sentence. */
export interface LoadWords<Load> {
  /** before the switches of all loads of the kind: `connections` */
  readonly group: string
  /** as short as possible: `64` */
  short(load: Load): string
  /** as a reader says it: `64 connections` */
  label(load: Load): string
  /** after "under": `64 connections` */
  sentence(load: Load): string
}

/**
 * A kind of load, and everything that is said about it. The stages (parse, plan, run, analyse, report) ask this value, and never test
 * which kind it is. So a new kind is a file here, a line in index.ts and, where no driver sends as it does, a driver
 * in packages/load: docs/adding-a-load.md. TypeScript requires every kind to have all members.
 *
 * @typeParam Load    as it stands in plans, records and results
 * @typeParam Written the member of `load` in a scenario's file that asks for loads of this kind
 * @typeParam Order   what the load agent is told
 */
export interface LoadKind<Load extends { readonly kind: string }, Written, Order extends { readonly kind: string }> {
  /** its name in plans and results, and the name of the member in a scenario's file */
  readonly kind: Load['kind']
  readonly schema: z.ZodType
  readonly written: z.ZodType
  readonly words: LoadWords<Load>

  /** The unit that is asked for and counted. */
  readonly unit: 'request' | 'task'
  /** What sets the pace: the target itself, which is then measured by its throughput; or an offered rate, for which throughput is not compared. */
  readonly pace: 'own' | 'offered'
  /** Whether all targets are offered the same requests a second. Then their latencies and their memory are compared. */
  readonly sameRate: boolean
  /** How many windows are cut out of it: one; several, in a search; or none, since it ends by itself. */
  readonly windows: 'one' | 'several' | 'none'
  /** `gives`: fractions and searches refer to the best throughput of such loads, so they run first. `needs`: it refers to that. */
  readonly best: 'gives' | 'needs' | null
  /** Whether it is a point of a latency–throughput curve. */
  readonly inCurves: boolean
  /** The times that the agent sees, and the one that is shown as the latency; null when none can be seen from outside. */
  readonly times: readonly TimeName[]
  readonly shown: TimeName | null
  readonly headline: Headline

  /** The last part of a cell's id: `closed-64`. Two loads of a scenario with one id are the same load. */
  id(load: Load): string
  /** Requests or tasks that can be under way at once. */
  atOnce(load: Load): number
  /** Connections that it keeps open; null where it is a single request. */
  connections(load: Load): number | null
  /** The limits that a search stays within; null where nothing is searched. */
  limits(load: Load): SloSpec | null
  /** A load that warms the target where every load of a scenario ends by itself; null: its own beginning does. */
  warmUp(load: Load): Load | null
  /** The same load with at most so many tasks, for a smoke run; loads that last for a window stay as they are. */
  atMost(load: Load, tasks: number): Load
  /** Its approximate duration. `windowMs`: a window, and the time around it. */
  durationMs(load: Load, windowMs: number): number
  /** The order for the agent. `best`: requests a second that fractions refer to, or the rate that a search tries now. */
  toOrder(load: Load, given: { readonly best: number; readonly seed: number }): Order

  /** The loads that a scenario's file asks for. */
  read(written: NonNullable<Written>, offered: Offered): Load[]
  /** The reason why a scenario cannot have loads of this kind; null when it can. */
  refusal(scenario: { readonly givesBest: boolean; readonly hasSlo: boolean }): Refusal | null
  /** The load of a source; null when it is of another kind, a sentence when it cannot be one. */
  published(said: PublishedLoad, offered: Offered): Load | string | null
}

export interface Refusal {
  readonly why: string
  readonly hint: string | null
}
