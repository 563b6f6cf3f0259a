import { z } from 'zod'
import { formatShare } from '../units.js'
import type { LoadKind } from './kind.js'
import { type Arrivals, arrivals } from './offered.js'

const schema = z.object({
  kind: z.literal('open'),
  fraction: z.number().positive(),
  connections: z.int().positive(),
  arrivals,
})
type Open = z.infer<typeof schema>

const written = z
  .array(z.number().positive().max(2))
  .optional()
  .describe('Fractions of the best closed throughput of the same repetition')

/** The order for a rate that does not depend on answers, used by every load that offers one. */
export interface OpenOrder {
  readonly kind: 'open'
  readonly perSecond: number
  readonly connections: number
  readonly arrivals: Arrivals
  readonly seed: number
}

/** Arrivals at a fraction of the best closed throughput of the same repetition: every target is asked for the same share of what it can do. */
export const open = {
  kind: 'open',
  schema,
  written,
  words: {
    group: 'open load',
    short: ({ fraction }) => formatShare(fraction),
    label: ({ fraction }) => `open, ${formatShare(fraction)} of best`,
    sentence: ({ fraction }) => `${formatShare(fraction)} of its own best throughput`,
  },
  unit: 'request',
  pace: 'offered',
  sameRate: false,
  windows: 'one',
  best: 'needs',
  inCurves: true,
  times: ['service', 'response'],
  shown: 'response',
  headline: 'throughput',
  id: ({ fraction }) => `open-${fraction}`,
  atOnce: ({ connections }) => connections,
  connections: ({ connections }) => connections,
  limits: () => null,
  warmUp: () => null,
  atMost: (load) => load,
  durationMs: (_, windowMs) => windowMs,
  toOrder: ({ fraction, connections, arrivals }, { best, seed }): OpenOrder => ({
    kind: 'open',
    perSecond: Math.max(1, fraction * best),
    connections,
    arrivals,
    seed,
  }),
  read: (fractions, { connections, arrivals }) =>
    fractions.map((fraction): Open => ({ kind: 'open', fraction, connections, arrivals })),
  refusal: ({ givesBest }) =>
    givesBest
      ? null
      : {
          why: 'open loads are fractions of the best closed throughput, and there is no closed load',
          hint: null,
        },
  published: () => null,
} satisfies LoadKind<Open, z.infer<typeof written>, OpenOrder>
