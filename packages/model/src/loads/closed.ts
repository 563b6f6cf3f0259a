import { z } from 'zod'
import { formatNumber } from '../units.js'
import type { LoadKind } from './kind.js'
import { atOnceOf, isCount } from './published.js'

/** Connections of one load at most. */
export const MOST_CONNECTIONS = 10_000

const schema = z.object({ kind: z.literal('closed'), connections: z.int().positive() })
type Closed = z.infer<typeof schema>

const written = z
  .array(z.int().positive().max(MOST_CONNECTIONS))
  .optional()
  .describe('Connections; each waits for its answer')

export interface ClosedOrder {
  readonly kind: 'closed'
  readonly connections: number
}

const connectionsText = ({ connections }: Closed) =>
  `${formatNumber(connections)} ${connections === 1 ? 'connection' : 'connections'}`

/** n connections, each waits for its answer: it finds the most that a target can do. */
export const closed = {
  kind: 'closed',
  schema,
  written,
  words: {
    group: 'connections',
    short: ({ connections }) => String(connections),
    label: connectionsText,
    sentence: connectionsText,
  },
  unit: 'request',
  pace: 'own',
  sameRate: false,
  windows: 'one',
  best: 'gives',
  inCurves: false,
  times: ['service'],
  shown: 'service',
  headline: 'throughput',
  id: ({ connections }) => `closed-${connections}`,
  atOnce: ({ connections }) => connections,
  connections: ({ connections }) => connections,
  limits: () => null,
  warmUp: () => null,
  atMost: (load) => load,
  durationMs: (_, windowMs) => windowMs,
  toOrder: ({ connections }): ClosedOrder => ({ kind: 'closed', connections }),
  read: (counts) => counts.map((connections): Closed => ({ kind: 'closed', connections })),
  refusal: () => null,
  published: (said): Closed | string | null => {
    if (said['tasks'] !== undefined || said['perSecond'] !== undefined) return null
    const connections = atOnceOf(said)
    return isCount(connections) && connections <= MOST_CONNECTIONS
      ? { kind: 'closed', connections }
      : 'it does not say how many asked at once'
  },
} satisfies LoadKind<Closed, z.infer<typeof written>, ClosedOrder>
