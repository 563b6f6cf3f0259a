import { z } from 'zod'
import { formatNumber } from '../units.js'
import type { LoadKind } from './kind.js'
import { arrivals, type Offered } from './offered.js'
import type { OpenOrder } from './open.js'

const schema = z.object({
  kind: z.literal('rate'),
  perSecond: z.number().positive(),
  connections: z.int().positive(),
  arrivals,
})
type Rate = z.infer<typeof schema>

const written = z.array(z.number().positive()).optional().describe('Absolute rates, requests a second')

/** A rate, with the connections and arrivals that every load of its scenario is offered with. */
export function rateLoad(
  perSecond: number,
  { connections, arrivals }: Pick<Offered, 'connections' | 'arrivals'>,
): Rate {
  return { kind: 'rate', perSecond, connections, arrivals }
}

/** Arrivals at an absolute rate, the same for all targets. */
export const rate = {
  kind: 'rate',
  schema,
  written,
  words: {
    group: 'rate',
    short: ({ perSecond }) => `${formatNumber(perSecond)}/s`,
    label: ({ perSecond }) => `${formatNumber(perSecond)} requests/s offered`,
    sentence: ({ perSecond }) => `${formatNumber(perSecond)} requests/s`,
  },
  unit: 'request',
  pace: 'offered',
  sameRate: true,
  windows: 'one',
  best: null,
  inCurves: true,
  times: ['service', 'response'],
  shown: 'response',
  headline: 'throughput',
  id: ({ perSecond }) => `rate-${perSecond}`,
  atOnce: ({ connections }) => connections,
  connections: ({ connections }) => connections,
  limits: () => null,
  warmUp: () => null,
  atMost: (load) => load,
  durationMs: (_, windowMs) => windowMs,
  toOrder: ({ perSecond, connections, arrivals }, { seed }): OpenOrder => ({
    kind: 'open',
    perSecond,
    connections,
    arrivals,
    seed,
  }),
  read: (rates, offered) => rates.map((perSecond) => rateLoad(perSecond, offered)),
  refusal: () => null,
  published: (said, offered): Rate | string | null => {
    const { tasks, perSecond } = said
    if (tasks !== undefined || perSecond === undefined) return null
    return perSecond > 0 ? rateLoad(perSecond, offered) : 'it is no rate'
  },
} satisfies LoadKind<Rate, z.infer<typeof written>, OpenOrder>
