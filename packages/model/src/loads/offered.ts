import { z } from 'zod'

/** When the requests of an offered rate are due: at random as from many independent users, or one every 1/rate. */
export const arrivals = z.enum(['exponential', 'constant'])
export type Arrivals = z.infer<typeof arrivals>

/** The service level: the limits of good service. */
export interface SloSpec {
  readonly p99Ms: number
  /** highest share of requests that may fail, 0 to 1 */
  readonly errors: number
}

/** The settings that all loads of a scenario share, whether its file asks for the load or a run adds it. */
export interface Offered {
  readonly connections: number
  readonly arrivals: Arrivals
  /** null: the scenario has no service level */
  readonly slo: SloSpec | null
}

/** The connections that offered loads have where the scenario's file gives none. */
export const DEFAULT_OFFERED: Offered = { connections: 256, arrivals: 'exponential', slo: null }
