import { z } from 'zod'

/** A figure over repetitions. `low` and `high` are null with a single repetition: no interval can be given. */
export const estimate = z.object({
  median: z.number(),
  mean: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  n: z.int().positive(),
  /** one per repetition, in order */
  values: z.array(z.number()),
  /** e.g. `Student t, 95 %`, `range` */
  method: z.string(),
  /** indices into values that lie far out; they are flagged and stay in */
  outliers: z.array(z.int()),
})
export type Estimate = z.infer<typeof estimate>

/** What a figure is: everything that a table, a chart, the CSV or a reader of the file needs to know of it. */
export const figure = z.object({
  /** the key of `figures`, and what comparisons, groups and claims call it */
  id: z.string(),
  title: z.string(),
  unit: z.string(),
  /** bytes, and durations in `unit`, are shown with a unit that fits; cores and shares have digits of their own */
  format: z.enum(['number', 'bytes', 'duration', 'share', 'cores']),
  better: z.enum(['higher', 'lower']),
  /** what it is, in a sentence or two */
  about: z.string(),
  /** load: of the cells, one under each load. start: of the entries, one at each start of their containers */
  of: z.enum(['load', 'start']),
  /** what stands for all repetitions */
  shows: z.enum(['median', 'highest']),
  /** it depends on how much was put on the target at once, and is compared between equal loads only */
  dependsOnLoad: z.boolean(),
  /** seen from the load agent: where the agent was the limit, the target may be better than this */
  seenByAgent: z.boolean(),
  /** targets are compared by it, under one kind of load at least */
  compared: z.boolean(),
  /** its name in cells.csv, with the unit in it */
  column: z.string(),
  /** what it is called under a batch, where that is something else */
  ofBatch: z.object({ title: z.string(), unit: z.string() }).nullable(),
})
export type Figure = z.infer<typeof figure>

/** Figures by id; null: not measured, or not by so few answers. */
export const figures = z.record(z.string(), estimate.nullable())
export type Figures = z.infer<typeof figures>
