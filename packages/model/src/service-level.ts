/** A service level at a rate: what is asked for, and the answer of a target. */
import { z } from 'zod'

/** The percentiles that a service level can limit, by the name of the limit, as fractions. */
export const levelPercentiles = { p95Ms: 0.95, p99Ms: 0.99 } as const
export type LevelPercentile = keyof typeof levelPercentiles

/** A service level that every target is asked to keep at a rate. */
export const askedLevel = z.object({
  /** requests a second */
  perSecond: z.number().positive(),
  /** limits of the response time; null: none */
  p95Ms: z.number().positive().nullable(),
  p99Ms: z.number().positive().nullable(),
  /** highest share of requests without a right answer, 0 to 1 */
  errors: z.number().min(0).max(1),
})
export type AskedLevel = z.infer<typeof askedLevel>

/** A level as a user asks for it; `errors` null: as the scenario allows. */
export type WantedLevel = Omit<AskedLevel, 'errors'> & { readonly errors: number | null }

/** Money for a target at the rate, and the prices that it was computed with. */
export const levelCost = z.object({
  /** cores for the rate, with room for the utilisation */
  cores: z.number(),
  /** whole instances of the measured size */
  instances: z.number(),
  /** money for a million requests, with the interval of its CPU time; null: that has none */
  perMillion: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  prices: z.object({ perCoreHour: z.number(), perGibHour: z.number(), utilisation: z.number() }),
})

/** A limited percentile over the windows in which it is known, or known to be beyond its limit (then as long as it is at least). */
export const levelTime = z.object({
  limit: z.enum(['p95Ms', 'p99Ms']),
  /** the median of the windows, their least and their most, ms; null without one */
  ms: z.number().nullable(),
  least: z.number().nullable(),
  most: z.number().nullable(),
  /** what nine of ten windows stay below, with 95 % confidence, ms; null below two */
  nineOfTenMs: z.number().nullable(),
  /** the number of these windows */
  n: z.int(),
})
export type LevelTime = z.infer<typeof levelTime>

/** Whether a cell keeps the service level that is asked for at its rate. */
export const levelAnswer = z.object({
  level: askedLevel,
  answer: z.enum(['yes', 'no', 'undecided']),
  /**
   * The reason. yes: `kept`. no: `late` (too many windows missed a limit) or `errors`. undecided: nothing was
   * measured, its figures do not count (`invalid`), it would be late but something else may have made it so (`disturbed`), the
   * windows have too few answers for a percentile, there are too few windows, or they are too close to the limit (`open`).
   */
  reason: z.enum([
    'kept',
    'late',
    'errors',
    'not-measured',
    'invalid',
    'disturbed',
    'few-answers',
    'few-windows',
    'open',
  ]),
  /** windows, one of each repetition, in which every limit was kept, some was missed, and of which it is not known */
  windows: z.object({ kept: z.int(), missed: z.int(), unknown: z.int() }),
  times: z.array(levelTime),
  /** requests without a right answer, or never sent, of those that were due in all windows */
  failed: z.object({ count: z.int(), of: z.int() }),
  /** what casts doubt on it, where the reason is `invalid` or `disturbed`: evidence of the causes */
  because: z.array(z.string()),
  /** repetitions with which it would be decided if the windows stay as they are; null: decided, or more would not decide it */
  repetitions: z.int().nullable(),
  /** null: CPU time is not known, or does not count */
  cost: levelCost.nullable(),
  /** the answer as a sentence */
  says: z.string(),
})
export type LevelAnswer = z.infer<typeof levelAnswer>
