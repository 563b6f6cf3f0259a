import { calibrationKey } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { metrics } from '../../src/analysis/index.js'
import { aView, MIB, type Observed, type ViewOf } from '../builders.js'

const batch = { kind: 'batch', tasks: 1800, concurrency: 200 } as const
const rate = { kind: 'rate', perSecond: 1000, connections: 128, arrivals: 'constant' } as const
const capacity = { kind: 'capacity', connections: 128, p99Ms: 50, errors: 0.001, arrivals: 'exponential' } as const
const plain: Observed = { perSecond: 2000, cpuMs: 0.4, agentCores: 0.3, eventLoop: 0.35 }
const calibrations = [
  {
    key: calibrationKey([3], [1]),
    connections: 64,
    throughput: 8000,
    p50Us: 300,
    agentCores: 1,
    eventLoopUtilisation: 0.99,
    windows: [],
  },
]

type Case = { readonly because: string; readonly is: number | null } & Partial<ViewOf>

const table: Readonly<Record<string, readonly Case[]>> = {
  throughput: [
    { because: 'right answers ÷ window', is: 2000, observed: [plain] },
    { because: 'errors do not count', is: 1500, observed: [{ ...plain, counts: { ok: 12_000, errorStatus: 4000 } }] },
    { because: 'of a batch, tasks ÷ wall time', is: 180, observed: [{ load: batch, perSecond: 180, seconds: 10 }] },
  ],
  capacityPerSecond: [
    {
      because: 'what the bisection found',
      is: 850,
      observed: [{ load: capacity, capacity: { perSecond: 850, probes: [] } }],
    },
    {
      because: 'no rate kept the level',
      is: null,
      observed: [{ load: capacity, capacity: { perSecond: null, probes: [] } }],
    },
    { because: 'another load', is: null, observed: [plain] },
  ],
  wallSeconds: [
    { because: "the target's own time", is: 10, observed: [{ load: batch, perSecond: 180, seconds: 10 }] },
    { because: 'not a batch', is: null, observed: [plain] },
  ],
  latencyP50Ms: [{ because: 'half of the answers, whose mean is 32 ms', is: 31.2, observed: [plain] }],
  latencyP90Ms: [
    { because: 'ten answers beyond it', is: 40.6, observed: [plain] },
    { because: 'eight answers beyond it', is: null, observed: [{ ...plain, perSecond: 10, meanMs: 32 }] },
  ],
  latencyP95Ms: [
    { because: '160 answers cannot carry it', is: null, observed: [{ ...plain, perSecond: 20, meanMs: 32 }] },
  ],
  latencyP99Ms: [
    { because: '16,000 answers', is: 54.4, observed: [plain] },
    { because: '960 answers cannot carry it', is: null, observed: [{ ...plain, perSecond: 120, meanMs: 32 }] },
    { because: 'from the intended start under a rate', is: 10.2, observed: [{ load: rate, meanMs: 5 }] },
  ],
  latencyP99_9Ms: [
    { because: 'fewer than 10,000 answers cannot carry it', is: null, observed: [{ ...plain, perSecond: 1200 }] },
    { because: '16,000 can', is: 71.9, observed: [plain] },
  ],
  latencyMeanMs: [
    { because: 'what connections ÷ throughput gives', is: 32, observed: [plain] },
    { because: 'nothing was answered', is: null, observed: [{ ...plain, perSecond: 0, meanMs: 1 }] },
  ],
  latencyMaxMs: [{ because: 'nothing was answered', is: null, observed: [{ ...plain, perSecond: 0, meanMs: 1 }] }],
  cpuMsPerRequest: [
    { because: 'CPU ÷ right answers', is: 0.4, observed: [plain] },
    {
      because: 'replicas and proxy together',
      is: 0.4,
      observed: [{ ...plain, containers: { 'target-1': 0.5, 'target-2': 0.4, proxy: 0.1 } }],
    },
    {
      because: 'of a batch, ÷ tasks',
      is: 4.9,
      observed: [{ load: batch, perSecond: 168.9, seconds: 1800 / 168.9, cpuMs: 4.9 }],
    },
    { because: 'nothing was right', is: null, observed: [{ ...plain, counts: { ok: 0 } }] },
    { because: 'no counter of the target was read', is: null, observed: [{ ...plain, containers: {} }] },
  ],
  requestsPerCpuSecond: [{ because: 'the same upside down', is: 2500, observed: [plain] }],
  coresUsed: [{ because: '2,000 × 0.4 ms', is: 0.8, observed: [plain] }],
  userSeconds: [{ because: 'four fifths of 6.4 s', is: 5.12, observed: [plain] }],
  systemSeconds: [{ because: 'the rest', is: 1.28, observed: [plain] }],
  throttledMs: [
    { because: 'no quota', is: 0, observed: [plain] },
    { because: 'a quarter of 8 s', is: 2000, observed: [{ ...plain, throttledShare: 0.25 }] },
  ],
  memoryPeakBytes: [
    { because: 'anonymous memory only', is: 100 * MIB, observed: [{ ...plain, memoryBytes: 100 * MIB }] },
    {
      because: 'of all containers',
      is: 100 * MIB,
      observed: [{ ...plain, memoryBytes: 100 * MIB, containers: { a: 0.75, b: 0.25 } }],
    },
  ],
  idleMemoryBytes: [
    { because: 'before any load', is: 40 * MIB, observed: [plain] },
    { because: 'not read', is: null, observed: [plain], run: { idleMemoryBytes: null } },
  ],
  coldStartMs: [
    { because: 'until the first 200', is: 400, observed: [plain] },
    { because: 'not known', is: null, observed: [plain], run: { coldStart: null } },
  ],
  agentEventLoop: [{ because: 'as the agent said', is: 0.35, observed: [plain] }],
  agentCpuShare: [{ because: '0.3 of one core', is: 0.3, observed: [plain] }],
  ceilingShare: [
    { because: '2,000 of 8,000', is: 0.25, observed: [plain], calibrations },
    {
      because: 'errors are answers too',
      is: 0.25,
      observed: [{ ...plain, counts: { ok: 12_000, errorStatus: 4000 } }],
      calibrations,
    },
    { because: 'not calibrated', is: null, observed: [plain] },
  ],
  lateShare: [
    { because: 'under a rate', is: 0.02, observed: [{ load: rate, lateShare: 0.02 }] },
    { because: 'closed loads have none', is: null, observed: [plain] },
  ],
  hostSteal: [{ because: 'of all CPU time', is: 0.05, observed: [{ ...plain, steal: 0.05 }] }],
  hostPressure: [{ because: 'of the window', is: 0.3, observed: [{ ...plain, pressure: 0.3 }] }],
  hostOthers: [
    { because: 'busy − ours', is: 0.5, observed: [{ ...plain, others: 0.5 }] },
    { because: 'a service that was not read leaves it unknown', is: null, observed: [{ ...plain, containers: {} }] },
  ],
}

describe.each(metrics.map((metric) => [metric.id, metric] as const))('%s', (id, metric) => {
  it.each(table[id] ?? [])('$is: $because', ({ is, observed = [], ...rest }) => {
    const view = aView({ observed, ...rest })
    const value = metric.from(view.repetitions[0]!, view)
    if (is === null) expect(value).toBeNull()
    else expect(value! / (is || 1)).toBeCloseTo(is === 0 ? 0 : 1, 2)
  })

  it('has a unit, a sentence and a table', () => {
    expect(metric.unit).not.toBe('')
    expect(metric.description).toMatch(/\.$/)
    expect(table[id]).toBeDefined()
  })
})

it('compares under each load only what may be compared there', () => {
  const compared = (load: Parameters<(typeof metrics)[number]['isCompared']>[0]) =>
    metrics.filter(({ isCompared }) => isCompared(load)).map(({ id }) => id)
  expect(compared({ kind: 'closed', connections: 64 })).toEqual(['throughput', 'cpuMsPerRequest'])
  expect(compared({ kind: 'open', fraction: 0.8, connections: 128, arrivals: 'exponential' })).toEqual([
    'cpuMsPerRequest',
  ])
  expect(compared(rate)).toEqual(['latencyP99Ms', 'cpuMsPerRequest', 'memoryPeakBytes'])
  expect(compared(capacity)).toEqual(['capacityPerSecond', 'cpuMsPerRequest'])
  expect(compared(batch)).toEqual(['throughput', 'cpuMsPerRequest'])
})

it('knows which figures depend on how much was put on the target at once', () => {
  const free = metrics.filter(({ dependsOnLoad }) => !dependsOnLoad).map(({ id }) => id)
  expect(free).toEqual([
    'capacityPerSecond',
    'cpuMsPerRequest',
    'requestsPerCpuSecond',
    'idleMemoryBytes',
    'coldStartMs',
  ])
})
