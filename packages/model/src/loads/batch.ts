import { z } from 'zod'
import { formatNumber } from '../units.js'
import type { LoadKind } from './kind.js'
import { isCount } from './published.js'

/** The request timeout of a batch, which has no time limit of its own. */
const GUESS_MS = 15_000

const schema = z.object({ kind: z.literal('batch'), tasks: z.int().positive(), concurrency: z.int().positive() })
type Batch = z.infer<typeof schema>

const written = z
  .array(z.strictObject({ tasks: z.int().positive(), concurrency: z.int().positive() }))
  .optional()
  .describe('POST /batch: the target does the tasks itself')

export interface BatchOrder {
  readonly kind: 'batch'
  readonly tasks: number
  readonly concurrency: number
  readonly seed: number
}

/** One request that makes the target do `tasks` tasks at `concurrency` itself. */
export const batch = {
  kind: 'batch',
  schema,
  written,
  words: {
    group: 'batch',
    short: ({ tasks, concurrency }) => `${tasks} × ${concurrency}`,
    label: ({ tasks, concurrency }) => `${formatNumber(tasks)} tasks, ${formatNumber(concurrency)} at once`,
    sentence: ({ tasks, concurrency }) =>
      `${formatNumber(tasks)} ${tasks === 1 ? 'task' : 'tasks'} at ${formatNumber(concurrency)}`,
  },
  unit: 'task',
  pace: 'own',
  sameRate: false,
  windows: 'none',
  best: null,
  inCurves: false,
  times: [],
  shown: null,
  headline: 'cpuMsPerRequest',
  id: ({ tasks, concurrency }) => `batch-${tasks}x${concurrency}`,
  atOnce: ({ concurrency }) => concurrency,
  connections: () => null,
  limits: () => null,
  warmUp: ({ tasks, concurrency }): Batch => ({ kind: 'batch', tasks: Math.min(tasks, concurrency), concurrency }),
  atMost: ({ tasks, concurrency }, most): Batch => ({
    kind: 'batch',
    tasks: Math.min(tasks, Math.max(most, concurrency)),
    concurrency,
  }),
  durationMs: () => GUESS_MS,
  toOrder: ({ tasks, concurrency }, { seed }): BatchOrder => ({ kind: 'batch', tasks, concurrency, seed }),
  read: (batches) => batches.map(({ tasks, concurrency }): Batch => ({ kind: 'batch', tasks, concurrency })),
  refusal: () => null,
  published: (said): Batch | string | null => {
    const { tasks, concurrency } = said
    if (tasks === undefined) return null
    return isCount(tasks) && isCount(concurrency)
      ? { kind: 'batch', tasks, concurrency }
      : 'tasks without a concurrency are no load'
  },
} satisfies LoadKind<Batch, z.infer<typeof written>, BatchOrder>
