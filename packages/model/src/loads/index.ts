import { z } from 'zod'
import { batch } from './batch.js'
import { capacity } from './capacity.js'
import { closed } from './closed.js'
import type { LoadKind } from './kind.js'
import type { Offered } from './offered.js'
import { open } from './open.js'
import type { PublishedLoad } from './published.js'
import { rate } from './rate.js'

export type { BatchOrder } from './batch.js'
export { CAPACITY_PROBES, capacityLoad } from './capacity.js'
export type { ClosedOrder } from './closed.js'
export type { Headline, LoadKind, LoadWords, TimeName } from './kind.js'
export { type Arrivals, arrivals, DEFAULT_OFFERED, type Offered, type SloSpec } from './offered.js'
export type { OpenOrder } from './open.js'
export { atOnceOf, type PublishedLoad, publishedNumbers } from './published.js'
export { rateLoad } from './rate.js'

/** All kinds of loads, in the order in which a scenario's file has them. A new one is a file and a line here. */
const KINDS = [closed, open, rate, capacity, batch] as const
type Kind = (typeof KINDS)[number]

/** A load: what is put on a target in one measured window, as plans, records and results store it. */
export type LoadSpec = z.infer<Kind['schema']>

/** An order: what the load agent has to do in one window. Rates are absolute here: fractions are resolved. */
export type LoadOrder = ReturnType<Kind['toOrder']>

export type AnyLoadKind = LoadKind<LoadSpec, unknown, LoadOrder>
export const loadKinds: readonly AnyLoadKind[] = KINDS

type SchemasOf<List extends readonly unknown[]> = {
  [Index in keyof List]: List[Index] extends { readonly schema: infer Schema } ? Schema : never
}
export const loadSpec = z.discriminatedUnion(
  'kind',
  KINDS.map(({ schema }) => schema) as unknown as SchemasOf<typeof KINDS>,
)

/** The members of `load` in a scenario's file that ask for loads. */
export const writtenLoads = Object.fromEntries(KINDS.map(({ kind, written }) => [kind, written])) as {
  [Each in Kind as Each['kind']]: Each['written']
}

const byName = new Map<string, AnyLoadKind>(loadKinds.map((kind) => [kind.kind, kind]))

/** The kind of a load, with everything that is said about it. */
export function kindOf({ kind }: Pick<LoadSpec, 'kind'>): AnyLoadKind {
  const found = byName.get(kind)
  if (!found) throw new Error(`there is no kind of load called ${kind}`)
  return found
}

/** `closed-64`, `open-0.8`, `rate-1000`, `capacity`, `batch-1800x200`: the last part of a cell's id. */
export function loadIdOf(load: LoadSpec): string {
  return kindOf(load).id(load)
}

/** A load for sentences: `64 connections`, `1,800 tasks at 200`. */
export function loadWords(load: LoadSpec): string {
  return kindOf(load).words.sentence(load)
}

/** A load as a reader says it, over a table or a chart. */
export function loadLabel(load: LoadSpec): string {
  return kindOf(load).words.label(load)
}

/** A load's shortest name, for a switch. */
export function loadShort(load: LoadSpec): string {
  return kindOf(load).words.short(load)
}

/** Connections that a load keeps open; null for a batch, which is one request. */
export function connectionsOf(load: LoadSpec): number | null {
  return kindOf(load).connections(load)
}

/**
 * The load of a source, in the kind whose numbers it gives.
 *
 * @returns a sentence when it says too little to be measured
 */
export function publishedLoad(said: PublishedLoad, offered: Offered): LoadSpec | string {
  for (const kind of loadKinds) {
    const load = kind.published(said, offered)
    if (load !== null) return load
  }
  return 'it is no load'
}
