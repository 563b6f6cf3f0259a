import { z } from 'zod'
import { formatNumber } from '../units.js'
import type { LoadKind } from './kind.js'
import { arrivals, type Offered, type SloSpec } from './offered.js'
import type { OpenOrder } from './open.js'

/** Probes of a search for capacity at most, and as a rule. */
export const CAPACITY_PROBES = 10
const USUAL_PROBES = 8

const schema = z.object({
  kind: z.literal('capacity'),
  connections: z.int().positive(),
  p99Ms: z.number().positive(),
  errors: z.number().min(0).max(1),
  arrivals: arrivals.default('exponential'), // older plans have none
})
type Capacity = z.infer<typeof schema>

const written = z.boolean().optional().describe('Search the highest rate within the slo')

/** The search for the highest rate within the limits of a scenario. */
export function capacityLoad(
  { connections, arrivals }: Pick<Offered, 'connections' | 'arrivals'>,
  { p99Ms, errors }: SloSpec,
): Capacity {
  return { kind: 'capacity', connections, p99Ms, errors, arrivals }
}

/** A search for the highest offered rate within the slo: a window for each rate that it tries. */
export const capacity = {
  kind: 'capacity',
  schema,
  written,
  words: {
    group: 'capacity',
    short: () => 'capacity',
    label: ({ p99Ms }) => `capacity within p99 ${formatNumber(p99Ms)} ms`,
    sentence: () => 'the highest rate within the service level',
  },
  unit: 'request',
  pace: 'offered',
  sameRate: false,
  windows: 'several',
  best: 'needs',
  inCurves: false,
  times: ['service', 'response'],
  shown: 'response',
  headline: 'capacityPerSecond',
  id: () => 'capacity',
  atOnce: ({ connections }) => connections,
  connections: ({ connections }) => connections,
  limits: ({ p99Ms, errors }) => ({ p99Ms, errors }),
  warmUp: () => null,
  atMost: (load) => load,
  durationMs: (_, windowMs) => windowMs * USUAL_PROBES,
  toOrder: ({ connections, arrivals }, { best, seed }): OpenOrder => ({
    kind: 'open',
    perSecond: best,
    connections,
    arrivals,
    seed,
  }),
  read: (isAsked, offered) => (isAsked && offered.slo ? [capacityLoad(offered, offered.slo)] : []),
  refusal: ({ hasSlo }) =>
    hasSlo
      ? null
      : {
          why: 'capacity is searched within the slo, and there is none',
          hint: 'Add `slo: { p99: 50ms, errors: 0.1% }`.',
        },
  published: () => null,
} satisfies LoadKind<Capacity, z.infer<typeof written>, OpenOrder>
