import { calibrationKey, type LoadSpec } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { valueIn } from '../../src/figures/define.js'
import { figureRules } from '../../src/figures/index.js'
import { aView, MIB, type Observed, type ViewOf } from '../builders.js'

const batch = { kind: 'batch', tasks: 1800, concurrency: 200 } as const
const rate = { kind: 'rate', perSecond: 1000, connections: 128, arrivals: 'constant' } as const
const capacity = { kind: 'capacity', connections: 128, p99Ms: 50, errors: 0.001, arrivals: 'exponential' } as const
const plain: Observed = { perSecond: 2000, cpuMs: 0.4, agentCores: 0.3, eventLoop: 0.35 }
const offered: Observed = { ...plain, load: rate, meanMs: 5 }
/** 20 ms a stream, and more than the 31.2 ms that half of the answers take */
const script = { firstByteMs: 5, gapMs: 3, chunks: 6 }
const slow = { ...script, firstByteMs: 20 }
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

/** What one of several load agents did. */
const anAgent = (connections: number, ok: number, lateMs = 0) => ({
  connections,
  ok,
  eventLoopUtilisation: 0.5,
  clockErrorMs: 0.1,
  lateMs,
})
/** A calibration with the way from the agents to the target. */
const aLink = (bytesPerSecond: number) => ({
  ...calibrations[0]!,
  scenario: 'predict',
  link: { roundTripUs: 100, bytesPerSecond, mtu: 1450 },
})

type Case = { readonly because: string; readonly is: number | null } & Partial<ViewOf>

const table: Readonly<Record<string, readonly Case[]>> = {
  throughput: [
    { because: 'right answers ÷ window', is: 2000, observed: [plain] },
    { because: 'errors do not count', is: 1500, observed: [{ ...plain, counts: { ok: 12_000, errorStatus: 4000 } }] },
    { because: 'of a batch, tasks ÷ wall time', is: 180, observed: [{ load: batch, perSecond: 180, seconds: 10 }] },
  ],
  offeredPerSecond: [
    { because: 'what was due', is: 2000, observed: [{ ...plain, load: rate }] },
    { because: 'nothing is due under a closed load', is: null, observed: [plain] },
  ],
  windowSeconds: [
    { because: 'what was measured', is: 8, observed: [plain] },
    { because: 'of a batch, until its answer', is: 10, observed: [{ load: batch, perSecond: 180 }] },
  ],
  firstThousandPerSecond: [
    { because: '1,000 answers ÷ the time that they took', is: 25_000, observed: [{ ...plain, firstThousandMs: 40 }] },
    { because: 'there were fewer', is: null, observed: [{ ...plain, firstThousandMs: null }] },
    { because: 'a file of before', is: null, observed: [plain] },
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
  'serviceMs.p50': [{ because: 'half of the answers, whose mean is 32 ms', is: 31.2, observed: [plain] }],
  'serviceMs.p90': [
    { because: 'ten answers beyond it', is: 40.6, observed: [plain] },
    { because: 'eight answers beyond it', is: null, observed: [{ ...plain, perSecond: 10, meanMs: 32 }] },
  ],
  'serviceMs.p95': [
    { because: '160 answers cannot carry it', is: null, observed: [{ ...plain, perSecond: 20, meanMs: 32 }] },
  ],
  'serviceMs.p99': [
    { because: '16,000 answers', is: 54.4, observed: [plain] },
    { because: '960 answers cannot carry it', is: null, observed: [{ ...plain, perSecond: 120, meanMs: 32 }] },
  ],
  'serviceMs.p99_9': [
    { because: 'fewer than 10,000 answers cannot carry it', is: null, observed: [{ ...plain, perSecond: 1200 }] },
    { because: '16,000 can', is: 71.9, observed: [plain] },
  ],
  'serviceMs.mean': [
    { because: 'what connections ÷ throughput gives', is: 32, observed: [plain] },
    { because: 'nothing was answered', is: null, observed: [{ ...plain, perSecond: 0, meanMs: 1 }] },
  ],
  'serviceMs.max': [{ because: 'nothing was answered', is: null, observed: [{ ...plain, perSecond: 0, meanMs: 1 }] }],
  'responseMs.p50': [
    { because: 'from when it was due, a fifth more than from sending', is: 5.85, observed: [offered] },
    { because: 'nothing is due under a closed load', is: null, observed: [plain] },
  ],
  'responseMs.p90': [{ because: 'a fifth more than from sending', is: 7.61, observed: [offered] }],
  'responseMs.p95': [{ because: 'nothing is due under a closed load', is: null, observed: [plain] }],
  'responseMs.p99': [{ because: 'a fifth more than from sending', is: 10.2, observed: [offered] }],
  'responseMs.p99_9': [
    { because: '8,000 answers cannot carry it', is: null, observed: [{ ...offered, perSecond: 1000 }] },
  ],
  'responseMs.max': [{ because: 'nothing is due under a closed load', is: null, observed: [plain] }],
  'responseMs.mean': [{ because: 'a fifth more than from sending', is: 6, observed: [offered] }],
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
  estimatedCapacity: [{ because: '1 core ÷ 0.4 ms', is: 2500, observed: [plain] }],
  cpuSeconds: [{ because: '2,000 × 0.4 ms for 8 s', is: 6.4, observed: [plain] }],
  cpuShare: [{ because: '0.8 of 1 core', is: 0.8, observed: [plain] }],
  overheadPerStreamMs: [
    { because: 'p50 of 31.2 ms, less 20 ms by the script', is: 11.2, observed: [plain], scenario: { script } },
    {
      because: 'less than by its script: a difference has a sign',
      is: -3.753,
      observed: [plain],
      scenario: { script: slow },
    },
    { because: 'no script', is: null, observed: [plain] },
    { because: 'tasks of a batch are not seen', is: null, observed: [{ load: batch }], scenario: { script } },
  ],
  overheadPerChunkMs: [{ because: '11.2 ms for 6 tokens', is: 11.2 / 6, observed: [plain], scenario: { script } }],
  overheadFirstByteMs: [
    { because: 'not streamed', is: null, observed: [plain], scenario: { script } },
    { because: 'a quarter of 31.2 ms, less 5', is: 2.8, observed: [{ ...plain, stream: true }], scenario: { script } },
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
  startCallMs: [
    {
      because: "the engine's part",
      is: 200,
      observed: [plain],
      run: { coldStart: { startCallMs: 200, readyMs: 400 } },
    },
    { because: 'not known', is: null, observed: [plain], run: { coldStart: null } },
  ],
  imageBytes: [{ because: 'no image was recorded', is: null, observed: [plain], run: { image: null } }],
  buildSeconds: [{ because: 'no image was recorded', is: null, observed: [plain], run: { image: null } }],
  idleMemoryBytes: [
    { because: 'before any load', is: 40 * MIB, observed: [plain] },
    { because: 'not read', is: null, observed: [plain], run: { idleMemoryBytes: null } },
  ],
  coldStartMs: [
    { because: 'until the first 200', is: 400, observed: [plain] },
    { because: 'not known', is: null, observed: [plain], run: { coldStart: null } },
    { because: 'the clocks of two machines are as far apart', is: null, observed: [{ ...plain, clockErrorMs: 51 }] },
  ],
  agentEventLoop: [{ because: 'as the agent said', is: 0.35, observed: [plain] }],
  agentCpuSeconds: [{ because: '0.3 cores for 8 s', is: 2.4, observed: [plain] }],
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
  agentEvenness: [
    { because: 'by connection', is: 0.5, observed: [{ ...plain, agents: [anAgent(10, 5000), anAgent(30, 7500)] }] },
    { because: 'one agent is even', is: null, observed: [plain] },
    { because: 'no agent had an answer', is: null, observed: [{ ...plain, agents: [anAgent(10, 0), anAgent(30, 0)] }] },
  ],
  agentSkewMs: [
    {
      because: 'the last against the first',
      is: 7,
      observed: [{ ...plain, agents: [anAgent(1, 1, 7), anAgent(1, 1)] }],
    },
    { because: 'one agent has none', is: null, observed: [plain] },
  ],
  linkShare: [
    {
      because: 'of the busier direction',
      is: 0.5,
      observed: [{ ...plain, traffic: [1e6, 50e6] }],
      calibrations: [aLink(100e6)],
    },
    { because: 'no link was measured', is: null, observed: [{ ...plain, traffic: [1e6, 50e6] }] },
  ],
  retransmitShare: [
    { because: 'of all segments', is: 0.25, observed: [{ ...plain, retransmits: 0.25 }] },
    { because: 'not read on one machine', is: null, observed: [plain] },
  ],
  clockErrorMs: [
    { because: 'the largest of all clocks', is: 9, observed: [{ ...plain, clockErrorMs: 9, agents: [anAgent(1, 1)] }] },
    { because: 'one machine has one clock', is: null, observed: [plain] },
  ],
  hostSteal: [{ because: 'of all CPU time', is: 0.05, observed: [{ ...plain, steal: 0.05 }] }],
  hostPressure: [{ because: 'of the window', is: 0.3, observed: [{ ...plain, pressure: 0.3 }] }],
  hostOthers: [
    { because: 'busy − ours', is: 0.5, observed: [{ ...plain, others: 0.5 }] },
    { because: 'a service that was not read leaves it unknown', is: null, observed: [{ ...plain, containers: {} }] },
  ],
}

describe.each(figureRules.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  it.each(table[id] ?? [])('$is: $because', ({ is, observed = [], ...rest }) => {
    const view = aView({ observed, ...rest })
    const value = valueIn(rule, view.repetitions[0]!, view)
    if (is === null) expect(value).toBeNull()
    else expect(value! / (is || 1)).toBeCloseTo(is === 0 ? 0 : 1, 2)
  })

  it('has a unit, a sentence and a table', () => {
    expect(rule.unit).not.toBe('')
    expect(rule.about).toMatch(/\.$/)
    expect(table[id]).toBeDefined()
  })
})

it('compares under each load only what may be compared there', () => {
  const compared = (load: LoadSpec) => figureRules.filter(({ isCompared }) => isCompared(load)).map(({ id }) => id)
  expect(compared({ kind: 'closed', connections: 64 })).toEqual(['throughput', 'cpuMsPerRequest'])
  expect(compared({ kind: 'open', fraction: 0.8, connections: 128, arrivals: 'exponential' })).toEqual([
    'cpuMsPerRequest',
  ])
  expect(compared(rate)).toEqual(['responseMs.p99', 'cpuMsPerRequest', 'memoryPeakBytes'])
  expect(compared(capacity)).toEqual(['capacityPerSecond', 'cpuMsPerRequest'])
  expect(compared(batch)).toEqual(['throughput', 'cpuMsPerRequest'])
})

it('knows which figures depend on how much was put on the target at once', () => {
  const free = figureRules.filter(({ dependsOnLoad }) => !dependsOnLoad).map(({ id }) => id)
  expect(free).toEqual([
    'capacityPerSecond',
    'cpuMsPerRequest',
    'requestsPerCpuSecond',
    'estimatedCapacity',
    'coldStartMs',
    'startCallMs',
    'idleMemoryBytes',
    'imageBytes',
    'buildSeconds',
  ])
})

it('has one name and one column for each', () => {
  for (const names of [figureRules.map(({ id }) => id), figureRules.map(({ column }) => column)])
    expect(new Set(names).size).toBe(names.length)
})
