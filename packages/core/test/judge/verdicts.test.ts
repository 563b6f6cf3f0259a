import { type Calibration, calibrationKey } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { causeRules, judge } from '../../src/index.js'
import {
  anInfo,
  aRepetitionRecord,
  aSecondInstrument,
  aService,
  aSite,
  aView,
  caps,
  GIB,
  type Observed,
  repeat,
  type ViewOf,
} from '../builders.js'

const closed = (connections: number) => ({ kind: 'closed', connections }) as const
const rate = { kind: 'rate', perSecond: 1000, connections: 128, arrivals: 'constant' } as const
const batch = { kind: 'batch', tasks: 1800, concurrency: 200 } as const
const postgres = { services: [aService('postgres')] }
/** What the services counted beside 20,000 right answers. */
const database = {
  service: 'postgres',
  read: { by: 'command' as const, command: ['psql'] },
  work: 'transactions',
  late: null,
  lagMs: 0,
}
const upstream = {
  service: 'openai-upstream',
  read: { by: 'http' as const, path: '/stats' },
  work: 'hits',
  late: { late: 'lateTokens', of: 'tokens' },
  lagMs: 0,
}
const countedBy = (
  service: string,
  work: number,
  [late, of]: readonly [number | null, number | null] = [null, null],
) => ({
  counters: [{ service, work, late, of, answered: 20_000 }],
})
const ceiling = (throughput: number, connections = 64): Calibration[] => [
  {
    key: calibrationKey([3], [1]),
    connections,
    throughput,
    p50Us: 300,
    agentCores: 1,
    eventLoopUtilisation: 0.99,
    windows: [],
  },
]
/** One core, full: the dull case in which nothing else is the limit. */
const full: Observed = { perSecond: 2000, cpuMs: 0.495 }

/** 125 MB/s, a gigabit */
const onSite: Partial<ViewOf> = {
  plan: { site: aSite() },
  calibrations: ceiling(100_000).map((each) => ({
    ...each,
    scenario: 'predict',
    link: { roundTripUs: 120, bytesPerSecond: 125e6, mtu: 1450 },
  })),
}
/** Two agents with half of the connections each. */
const twoAgents = (ok: readonly [number, number], lateMs = 2) =>
  ok.map((each, index) => ({
    connections: 32,
    ok: each,
    eventLoopUtilisation: 0.5,
    clockErrorMs: 0.1,
    lateMs: index * lateMs,
  }))

const wrk = (perSecond: number, overrides: Parameters<typeof aSecondInstrument>[0] = {}) => ({
  secondInstrument: aSecondInstrument({ perSecond, ...overrides }),
})

type Case = Partial<ViewOf> & {
  readonly because: string
  /** null: the cause must not be found */
  readonly effect: 'invalidates' | 'doubts' | 'explains' | null
  readonly says?: RegExp
}

const ofPostgres = { service: 'postgres', exitCode: 137, oomKilled: false, paused: false }

const table: Readonly<Record<string, readonly Case[]>> = {
  'service-died': [
    { because: 'its services lived', effect: null, observed: repeat(full), scenario: postgres },
    {
      because: 'one ended under the load',
      effect: 'invalidates',
      scenario: postgres,
      observed: [full, { ...full, serviceDeaths: [ofPostgres] }],
      says: /^postgres ended with exit code 137 under this load in repetition 2: the target is not to blame$/,
    },
    {
      because: 'one was paused under the load',
      effect: 'invalidates',
      scenario: postgres,
      observed: [{ ...full, serviceDeaths: [{ ...ofPostgres, exitCode: null, paused: true }] }],
      says: /^postgres was paused/,
    },
  ],
  'no-answers': [
    { because: 'there were answers', effect: null, observed: repeat(full) },
    {
      because: 'there was none in one repetition',
      effect: 'invalidates',
      observed: [full, { ...full, perSecond: 0, meanMs: 1 }],
      says: /no right answer at all in repetition 2 of 2/,
    },
    {
      because: 'all that was asked was under way to the end',
      effect: 'invalidates',
      observed: [{ ...full, perSecond: 0, meanMs: 1, counts: { sent: 64, inFlight: 64 } }],
      says: /no right answer at all$/,
    },
  ],
  'wrong-answers': [
    { because: 'all that were compared were right', effect: null, observed: repeat(full) },
    {
      because: 'one in 500 differed',
      effect: 'invalidates',
      observed: repeat({
        ...full,
        counts: { wrong: 1, checked: 500 },
        wrongSamples: [
          { requestIndex: 3, expected: 'a', actual: 'b', difference: 'Iris-Virginica, expected Iris-Setosa' },
        ],
      }),
      says: /5 answers of 2,500 .* were wrong, e\.g\. Iris-Virginica/,
    },
    {
      because: 'a golden answer differed before the load',
      effect: 'invalidates',
      observed: [full],
      run: { verification: { golden: { total: 200, right: 197, differences: [] } } },
      says: /3 of 200 golden answers/,
    },
  ],
  errors: [
    { because: 'no request failed', effect: null, observed: repeat(full) },
    {
      because: 'fewer failed than are tolerated',
      effect: null,
      observed: repeat({ ...full, counts: { sent: 16_000, errorStatus: 15 } }),
    },
    {
      because: 'two in a thousand failed',
      effect: 'doubts',
      observed: repeat({ ...full, counts: { sent: 16_000, errorStatus: 32 }, errorsByKind: { 'HTTP 503': 32 } }),
      says: /0\.2 %, tolerated 0\.1 %\), most often HTTP 503/,
    },
    {
      because: 'one in a hundred failed',
      effect: 'invalidates',
      observed: repeat({ ...full, counts: { sent: 16_000, errorStatus: 160 } }),
      says: /1 %/,
    },
    {
      because: 'connections were lost',
      effect: 'invalidates',
      observed: repeat({ ...full, counts: { sent: 16_000, lost: 400 } }),
    },
    {
      because: 'connections could not be opened',
      effect: 'invalidates',
      observed: repeat({ ...full, counts: { sent: 16_000, connectErrors: 400 } }),
    },
    {
      because: 'the service level allows more',
      effect: null,
      scenario: { slo: { p99Ms: 50, errors: 0.02 } },
      observed: repeat({ ...full, counts: { sent: 16_000, errorStatus: 160 } }),
    },
  ],
  timeouts: [
    { because: 'all were answered in time', effect: null, observed: repeat(full) },
    {
      because: 'three were not',
      effect: 'doubts',
      observed: repeat({ ...full, counts: { sent: 16_000, timeouts: 3 } }),
      says: /15 of 80,000 requests had no answer within 10 s/,
    },
    {
      because: 'one in a hundred was not',
      effect: 'invalidates',
      observed: repeat({ ...full, counts: { sent: 16_000, timeouts: 160 } }),
    },
  ],
  restarted: [
    { because: 'it lived', effect: null, observed: repeat(full) },
    {
      because: 'it ended under the load',
      effect: 'invalidates',
      observed: [full, { ...full, deaths: 1 }],
      says: /ended once under this load in repetition 2/,
    },
  ],
  'target-memory': [
    { because: 'it has room', effect: null, observed: repeat(full) },
    {
      because: 'it nearly filled its cap',
      effect: 'doubts',
      observed: repeat({ ...full, memoryBytes: 1.96 * GIB }),
      says: /1\.96 GiB of its 2 GiB \(98 %\)/,
    },
    {
      because: 'the kernel killed it',
      effect: 'invalidates',
      observed: [full, { ...full, oomKills: 1 }],
      says: /killed 1 process .* in repetition 2 of 2/,
    },
  ],
  'instruments-disagree': [
    { because: 'there is one instrument', effect: null, observed: repeat(full) },
    { because: 'they agree within 10 %', effect: null, observed: repeat(full), run: wrk(2190) },
    {
      because: 'wrk measured more',
      effect: 'doubts',
      observed: repeat(full),
      run: wrk(2500),
      says: /^wrk measured 2,500 requests\/s after the load agent's 2,000: 25 % more \(limit 10 %\)$/,
    },
    {
      because: 'wrk measured less, and some of its requests failed',
      effect: 'doubts',
      observed: repeat(full),
      run: wrk(1500, { errors: { connect: 0, read: 7, write: 0, status: 5, timeout: 0 } }),
      says: /25 % less \(limit 10 %\), with 12 of wrk's requests failed/,
    },
    {
      because: 'the repetitions lie as far apart',
      effect: null,
      observed: [full, { ...full, perSecond: 1700 }, { ...full, perSecond: 2300 }],
      run: wrk(2500),
    },
    {
      because: 'it is compared with the repetition in which it measured',
      effect: 'doubts',
      observed: [full, { ...full, perSecond: 2200 }, { ...full, perSecond: 2200 }],
      run: wrk(2300),
      says: /after the load agent's 2,000: 15 % more/,
    },
    {
      because: 'wrk drops the answers under way at the end, and there are few',
      effect: null,
      observed: repeat({ ...full, perSecond: 71 }),
      run: wrk(61, { seconds: 2 }),
    },
    {
      because: 'the agent is the limit, and wrk is not',
      effect: null,
      observed: repeat({ ...full, eventLoop: 0.95 }),
      run: wrk(3000),
    },
    {
      because: 'the agent is the limit, and wrk measured less still',
      effect: 'doubts',
      observed: repeat({ ...full, eventLoop: 0.95 }),
      run: wrk(1500),
      says: /25 % less/,
    },
    {
      because: 'it measured another load',
      effect: null,
      observed: repeat(full),
      run: wrk(3000, { loadId: 'closed-1' }),
    },
    {
      because: 'wrk failed',
      effect: null,
      observed: repeat(full),
      run: { secondInstrument: { kind: 'failed', tool: 'wrk', loadId: 'closed-64', reason: 'it ended' } },
    },
    {
      because: 'a batch is out of its reach',
      effect: null,
      observed: repeat({ load: batch, perSecond: 170, seconds: 10.6 }),
      run: { secondInstrument: { kind: 'unsupported', tool: 'wrk', loadId: 'batch-1800x200', reason: 'a batch' } },
    },
  ],
  'agent-bound': [
    {
      because: 'it is nearly full, and wrk saw more',
      effect: 'doubts',
      observed: repeat({ ...full, eventLoop: 0.92 }),
      run: wrk(3456),
      says: /throughput is a lower bound, and wrk reached 3,456 requests\/s in the same place$/,
    },
    { because: 'it has room', effect: null, observed: repeat(full), calibrations: ceiling(40_000) },
    {
      because: 'its event loop is nearly full',
      effect: 'doubts',
      observed: repeat({ ...full, eventLoop: 0.92 }),
      says: /event loop was 92 % busy \(limit 80 %\)/,
    },
    {
      because: 'its core is nearly full',
      effect: 'doubts',
      observed: repeat({ ...full, agentCores: 0.95 }),
      says: /95 % of its 1 core/,
    },
    {
      because: 'one repetition of three filled it',
      effect: 'doubts',
      observed: [full, full, { ...full, eventLoop: 0.92 }],
      says: /92 % busy \(limit 80 %\) in repetition 3 of 3/,
    },
    {
      because: 'it is near its ceiling',
      effect: 'doubts',
      observed: repeat(full),
      calibrations: ceiling(2500),
      says: /80 % of its ceiling/,
    },
    {
      because: 'the ceiling is of other connections',
      effect: null,
      observed: repeat(full),
      calibrations: ceiling(2500, 1),
    },
    {
      because: 'a batch is one request',
      effect: null,
      observed: repeat({ load: batch, perSecond: 170, seconds: 10.6, eventLoop: 0.99 }),
    },
  ],
  'work-skipped': [
    {
      because: 'the scenario has no counters',
      effect: null,
      observed: repeat({ ...full, ...countedBy('postgres', 0) }),
    },
    {
      because: 'the database did as much as was answered, and health checks',
      effect: null,
      observed: repeat({ ...full, ...countedBy('postgres', 20_010) }),
      scenario: { counters: [database] },
    },
    {
      because: 'it did two pieces of work for each',
      effect: null,
      observed: repeat({ ...full, ...countedBy('postgres', 40_000) }),
      scenario: { counters: [database] },
    },
    {
      because: 'one answer in a hundred and one for each connection are within what counting explains',
      effect: null,
      observed: repeat({ ...full, ...countedBy('postgres', 20_000 * 0.99 - 64) }),
      scenario: { counters: [database] },
    },
    {
      because: 'more are missing',
      effect: 'invalidates',
      observed: repeat({ ...full, ...countedBy('postgres', 20_000 * 0.99 - 65) }),
      scenario: { counters: [database] },
      says: /20,000 right answers while postgres counted 19,735 transactions: at least 1\.3 % came without the work \(in all 5/,
    },
    {
      because: 'all came from a cache in one repetition of two',
      effect: 'invalidates',
      observed: [
        { ...full, ...countedBy('openai-upstream', 20_300, [0, 640_000]) },
        { ...full, ...countedBy('openai-upstream', 48, [0, 1536]) },
      ],
      scenario: { counters: [upstream] },
      says: /openai-upstream counted 48 hits: at least 100 % came without the work \(in repetition 2 of 2/,
    },
    {
      because: 'what is missing was done in the second that the figures may be old, at 2,000 a second',
      effect: null,
      observed: repeat({ ...full, ...countedBy('postgres', 18_000) }),
      scenario: { counters: [{ ...database, lagMs: 1000 }] },
    },
    {
      because: 'more is missing than that second explains',
      effect: 'invalidates',
      observed: repeat({ ...full, ...countedBy('postgres', 17_000) }),
      scenario: { counters: [{ ...database, lagMs: 1000 }] },
    },
    {
      because: 'nobody could read the counters',
      effect: null,
      observed: repeat({ ...full, counters: [] }),
      scenario: { counters: [database] },
    },
    {
      because: 'a batch did not do its tasks',
      effect: 'invalidates',
      observed: repeat({
        load: batch,
        perSecond: 170,
        seconds: 10.6,
        counters: [{ service: 'openai-upstream', work: 900, late: 0, of: 28_800, answered: 1800 }],
      }),
      scenario: { counters: [upstream] },
      says: /1,800 right answers while openai-upstream counted 900 hits: at least 50 %/,
    },
  ],
  'machine-slept': [
    { because: 'it was awake', effect: null, observed: repeat(full) },
    {
      because: 'only its clock was set',
      effect: null,
      observed: repeat(full),
      run: { clockGap: { sleptMs: 0, setMs: 7_200_000 } },
    },
    {
      because: 'it slept in each',
      effect: 'doubts',
      observed: repeat(full),
      run: { clockGap: { sleptMs: 7_200_000, setMs: 0 } },
      says: /the machine slept for 2 h in all 5 repetitions/,
    },
  ],
  'service-late': [
    {
      because: 'it was late with one token in a hundred',
      effect: null,
      observed: repeat({ ...full, ...countedBy('openai-upstream', 20_000, [6400, 640_000]) }),
      scenario: { counters: [upstream] },
    },
    {
      because: 'it was late with three in a hundred in one repetition',
      effect: 'doubts',
      observed: [
        { ...full, ...countedBy('openai-upstream', 20_000, [0, 640_000]) },
        { ...full, ...countedBy('openai-upstream', 20_000, [19_200, 640_000]) },
      ],
      scenario: { counters: [upstream] },
      says: /openai-upstream was late with 3 % of its tokens \(limit 1 %\) in repetition 2 of 2: part of the latency is its own/,
    },
    {
      because: 'it did nothing by a script',
      effect: null,
      observed: repeat({ ...full, ...countedBy('openai-upstream', 20_000, [0, 0]) }),
      scenario: { counters: [upstream] },
    },
    {
      because: 'the service has no script',
      effect: null,
      observed: repeat({ ...full, ...countedBy('postgres', 20_000) }),
      scenario: { counters: [database] },
    },
  ],
  'unaccounted-time': [
    { because: 'all connections were in answered requests', effect: null, observed: repeat(full) },
    { because: 'a little time was lost', effect: null, observed: repeat({ ...full, unanswered: 0.02, between: 0.02 }) },
    {
      because: '56 of 64 connections were never answered',
      effect: 'invalidates',
      observed: repeat({ ...full, unanswered: 0.875, silent: 56 }),
      says: /88 % of the connections' time .*: 56 of 64 connections never had an answer and 88 % went into requests without one \(in all 5/,
    },
    {
      because: 'a tenth of the time went into requests without an answer',
      effect: 'doubts',
      observed: repeat({ ...full, unanswered: 0.1 }),
      says: /10 % went into requests without one/,
    },
    {
      because: 'the server closes every connection: that time is known, and in no latency',
      effect: 'doubts',
      observed: repeat({ ...full, between: 0.36 }),
      says: /36 % into opening connections again, which the latency leaves out/,
    },
    {
      because: 'one repetition of three lost its time',
      effect: 'doubts',
      observed: [full, { ...full, unanswered: 0.1 }, full],
      says: /in repetition 2 of 3/,
    },
    {
      because: 'connections of an open load may be idle',
      effect: null,
      observed: repeat({ load: rate, between: 0.9 }),
    },
  ],
  'not-steady': [
    { because: 'it was steady', effect: null, observed: repeat(full) },
    {
      because: 'the warm-up ended at its limit',
      effect: 'doubts',
      observed: repeat(full),
      run: { warmUp: { durationMs: 15_000, steady: false, why: 'drifting', remaining: 0.08, windows: [] } },
      says: /still changing when the warm-up ended after 15 s \(a further 8 % to come\) in all 5/,
    },
    {
      because: 'a short warm-up could not tell',
      effect: 'explains',
      observed: repeat(full),
      run: { warmUp: { durationMs: 4000, steady: false, why: 'too-few', windows: [] } },
      says: /could have hidden in it when the warm-up ended after 4 s/,
    },
    {
      because: 'a long one saw too much noise',
      effect: 'doubts',
      observed: repeat(full),
      run: { warmUp: { durationMs: 60_000, steady: false, why: 'too-few', windows: [] } },
    },
    {
      because: 'a compiler had just finished',
      effect: 'doubts',
      observed: repeat(full),
      run: { warmUp: { durationMs: 15_000, steady: false, why: 'changed', windows: [] } },
      says: /just made a step/,
    },
    {
      because: 'a step came within the window',
      effect: 'doubts',
      observed: repeat({ ...full, shape: (at) => (at < 0.6 ? 0.84 : 1.24) }),
      says: /rose by \d\d % within the window in all 5/,
    },
    {
      because: 'throughput rose within the window',
      effect: 'doubts',
      observed: repeat({ ...full, shape: (at) => 0.8 + 0.4 * at }),
      says: /rose by 4\d % within the window in all 5/,
    },
    {
      because: 'throughput fell within the window',
      effect: 'doubts',
      observed: repeat({ ...full, shape: (at) => 1.2 - 0.4 * at }),
      says: /fell by 4\d %/,
    },
    {
      because: 'one repetition of five is in the figures as well',
      effect: 'doubts',
      observed: [...repeat(full, 4), { ...full, shape: (at) => 0.8 + 0.4 * at }],
      says: /in repetition 5 of 5/,
    },
    {
      because: 'a saw is no trend',
      effect: null,
      observed: repeat({ ...full, shape: (at) => 1 + 0.3 * Math.sin(at * 40) }),
    },
    {
      because: 'the queue grew',
      effect: 'doubts',
      observed: repeat({ load: rate, counts: { unsent: 400 } }),
      says: /not sent before the timeout/,
    },
  ],
  'too-short': [
    { because: 'eight seconds', effect: null, observed: repeat(full) },
    {
      because: 'answers take a second, and the window eight',
      effect: 'doubts',
      observed: repeat({ load: closed(64), perSecond: 64, cpuMs: 1 }),
      says: /the window of 8,000 ms covers 8 mean response times \(20 are needed\)/,
    },
    {
      because: 'answers take four seconds',
      effect: 'invalidates',
      observed: repeat({ load: closed(256), perSecond: 64, cpuMs: 1 }),
      says: /covers 2 mean/,
    },
    {
      because: 'requests differ in cost, and half of them were asked',
      effect: 'doubts',
      scenario: { wholePasses: true, requests: 1100 },
      observed: repeat({ load: closed(4), perSecond: 70, cpuMs: 1 }),
      says: /met 560 of the 1,100 requests of the corpus, which differ in cost: 15\.7 s would cover them all/,
    },
    {
      because: 'hey with 1,000 requests at 34,172/s',
      effect: 'invalidates',
      observed: [{ load: closed(10), perSecond: 34_172, seconds: 1000 / 34_172 }],
      says: /lasted 29\.3 ms with 1,000 answers/,
    },
    {
      because: 'few answers',
      effect: 'doubts',
      observed: repeat({ load: closed(1), perSecond: 5, cpuMs: 150 }),
      says: /40 right answers .* about 16 %/,
    },
    { because: 'no answers, which is worse', effect: null, observed: repeat({ ...full, perSecond: 0, meanMs: 1 }) },
  ],
  'noisy-host': [
    { because: 'nobody else', effect: null, observed: repeat(full) },
    {
      because: 'others used a fifth of the machine',
      effect: 'doubts',
      observed: repeat({ ...full, others: 0.8 }),
      says: /others used 0\.8 cores of the machine's 4 CPUs/,
    },
    {
      because: 'one repetition of three had a busy host',
      effect: 'doubts',
      observed: [full, { ...full, others: 0.8 }, full],
      says: /in repetition 2 of 3/,
    },
    {
      because: 'others used a little, while things waited',
      effect: 'doubts',
      observed: repeat({ ...full, others: 0.3, pressure: 0.5 }),
    },
    { because: 'others used a little, and nothing waited', effect: null, observed: repeat({ ...full, others: 0.3 }) },
    { because: 'pressure alone comes from the target', effect: null, observed: repeat({ ...full, pressure: 0.9 }) },
    {
      because: 'the hypervisor took time',
      effect: 'doubts',
      observed: repeat({ ...full, steal: 0.05 }),
      says: /hypervisor took 5 %/,
    },
    {
      because: 'somebody used the machine of the database',
      effect: 'doubts',
      plan: { site: aSite() },
      observed: repeat({ ...full, othersOn: { 'db-1': 0.9, 'load-1': 0.1 } }),
      says: /^others used 0\.9 cores of db-1's 4 CPUs, .* in all 5 repetitions$/,
    },
  ],
  'network-bound': [
    { because: 'there is one machine', effect: null, observed: repeat({ ...full, traffic: [1e6, 200e6] }) },
    { because: 'the network had room', effect: null, ...onSite, observed: repeat({ ...full, traffic: [1e6, 80e6] }) },
    {
      because: 'answers filled it',
      effect: 'doubts',
      ...onSite,
      observed: repeat({ ...full, traffic: [1e6, 100e6] }),
      says: /^the target's traffic was 80 % of what its network carries \(limit 70 %\) in all 5 repetitions; throughput is a lower bound$/,
    },
    {
      because: 'requests filled it in one repetition',
      effect: 'doubts',
      ...onSite,
      observed: [full, { ...full, traffic: [110e6, 1e6] }],
      says: /88 % of what its network carries .* in repetition 2 of 2/,
    },
    {
      because: 'it lost packets',
      effect: 'doubts',
      ...onSite,
      observed: repeat({ ...full, retransmits: 0.004 }),
      says: /^0\.4 % of the TCP segments were lost, and sent again \(limit 0\.1 %\)/,
    },
    { because: 'it lost next to none', effect: null, ...onSite, observed: repeat({ ...full, retransmits: 0.0005 }) },
  ],
  'uneven-agents': [
    { because: 'there is one agent', effect: null, observed: repeat(full) },
    { because: 'both got as much', effect: null, observed: repeat({ ...full, agents: twoAgents([8000, 7900]) }) },
    {
      because: 'one of them has half of the cores',
      effect: 'doubts',
      observed: [full, { ...full, agents: twoAgents([10_000, 6000]) }],
      says: /^one load agent got 60 % of what another got from each connection \(limit 80 %\) in repetition 2 of 2$/,
    },
    {
      because: 'one had no connection to open',
      effect: null,
      observed: repeat({
        ...full,
        agents: twoAgents([8000, 0]).map((each, i) => (i === 0 ? each : { ...each, connections: 0 })),
      }),
    },
    {
      because: 'a rate is offered evenly, whatever is answered',
      effect: null,
      observed: repeat({ load: rate, agents: twoAgents([8000, 4000]) }),
    },
    {
      because: 'they did not begin together',
      effect: 'doubts',
      observed: repeat({ ...full, agents: twoAgents([8000, 8000], 180) }),
      says: /^one began its window 180 ms after another \(limit 50 ms\)/,
    },
  ],
  'clock-unsure': [
    { because: 'there is one clock', effect: null, observed: repeat(full) },
    { because: 'it is aligned well', effect: null, observed: repeat({ ...full, clockErrorMs: 3 }) },
    {
      because: 'a cold start would drown in its error',
      effect: 'explains',
      observed: repeat({ ...full, clockErrorMs: 80 }),
      says: /aligned within 80 ms only \(limit 50 ms\) .*: cold starts are not told$/,
    },
    {
      because: 'readings may be those of another moment',
      effect: 'doubts',
      observed: [full, { ...full, clockErrorMs: 300 }],
      says: /within 300 ms only .* in repetition 2 of 2: CPU and memory may be those of another moment$/,
    },
  ],
  'shared-cores': [
    { because: 'each has its own', effect: null, observed: repeat(full) },
    {
      because: 'somebody is on the cores of the target',
      effect: 'doubts',
      scenario: {
        cores: { target: [0], services: {}, agent: [0], orchestrator: [0], shared: [['target', 'agent']], notes: [] },
      },
      observed: repeat(full),
      says: /target did not have its cores to itself/,
    },
    {
      because: 'target and service share cores that hold both of their quotas',
      effect: 'explains',
      scenario: {
        services: postgres.services.map((service) => ({ ...service, caps: caps({ quotaCpus: 3 }) })),
        cores: {
          target: [1, 2, 3, 4, 5],
          services: { postgres: [1, 2, 3, 4, 5] },
          agent: [6],
          orchestrator: [0],
          shared: [['target', 'postgres']],
          notes: [],
        },
      },
      entry: { caps: caps({ quotaCpus: 2 }) },
      observed: repeat({ ...full, services: { postgres: 0.6 } }),
      says: /which hold their quotas together/,
    },
    {
      because: 'services and agent share, and have room',
      effect: 'explains',
      scenario: {
        ...postgres,
        cores: {
          target: [1],
          services: { postgres: [0] },
          agent: [0],
          orchestrator: [0],
          shared: [['postgres', 'agent']],
          notes: [],
        },
      },
      observed: repeat({ ...full, services: { postgres: 0.2 }, agentCores: 0.3 }),
      says: /together they used 0\.5 cores \(50 %\)/,
    },
    {
      because: 'services and agent share, and filled the core',
      effect: 'doubts',
      scenario: {
        ...postgres,
        cores: {
          target: [1],
          services: { postgres: [0] },
          agent: [0],
          orchestrator: [0],
          shared: [['postgres', 'agent']],
          notes: [],
        },
      },
      observed: repeat({ ...full, services: { postgres: 0.6 }, agentCores: 0.35 }),
      says: /held one another back/,
    },
    {
      because: 'nobody knows how much they used',
      effect: 'doubts',
      scenario: {
        ...postgres,
        cores: {
          target: [1],
          services: { postgres: [0] },
          agent: [0],
          orchestrator: [0],
          shared: [['postgres', 'agent']],
          notes: [],
        },
      },
      observed: repeat(full),
      says: /is not known/,
    },
    {
      because: 'the orchestrator waits while a load runs',
      effect: 'explains',
      scenario: {
        cores: {
          target: [1],
          services: {},
          agent: [0],
          orchestrator: [0],
          shared: [['agent', 'orchestrator']],
          notes: [],
        },
      },
      observed: repeat(full),
    },
    {
      because: 'the probe of its machine takes next to nothing of a target',
      effect: 'explains',
      scenario: {
        cores: { target: [0], services: {}, agent: [0], orchestrator: [0], shared: [['target', 'probe']], notes: [] },
      },
      observed: repeat(full),
      says: /target and probe shared core 0; the probe takes about 1 % of a core/,
    },
    {
      because: 'services and one of several agents share, and have room',
      effect: 'explains',
      scenario: {
        ...postgres,
        agents: [[0], [0]],
        cores: {
          target: [1],
          services: { postgres: [0] },
          agent: [0],
          orchestrator: [0],
          shared: [['postgres', 'agent-1', 'probe']],
          notes: [],
        },
      },
      observed: repeat({ ...full, services: { postgres: 0.2 }, agentCores: 0.3 }),
      says: /postgres, agent-1 and probe shared core 0; together they used 0\.5 cores \(50 %\)/,
    },
  ],
  'late-sends': [
    { because: 'all were on time', effect: null, observed: repeat({ load: rate }) },
    {
      because: 'one in twenty was late',
      effect: 'doubts',
      observed: repeat({ load: rate, lateShare: 0.05 }),
      says: /5 % of the requests were sent more than 5 ms late/,
    },
    { because: 'closed loads have no times to keep', effect: null, observed: repeat({ ...full, lateShare: 0.5 }) },
  ],
  'target-throttled': [
    { because: 'a cpuset throttles nobody', effect: null, observed: repeat(full) },
    {
      because: 'a quota did',
      effect: 'explains',
      entry: { caps: caps({ quotaCpus: 0.5 }) },
      observed: repeat({ ...full, throttledShare: 0.4 }),
      says: /quota of 0\.5 CPUs held the target back .* \(40 %\)/,
    },
  ],
  'target-cpu': [
    { because: 'its core is full', effect: 'explains', observed: repeat(full), says: /0\.99 of its 1 core \(99 %\)/ },
    { because: 'half of it is idle', effect: null, observed: repeat({ ...full, cpuMs: 0.25 }) },
    {
      because: 'one thread of a target with two cores',
      effect: null,
      entry: { caps: caps({ cpus: 2, cpuset: [1, 2] }) },
      observed: repeat(full),
    },
  ],
  'service-cpu': [
    {
      because: 'the database has room',
      effect: null,
      scenario: postgres,
      observed: repeat({ ...full, services: { postgres: 0.5 } }),
    },
    {
      because: 'the database is full',
      effect: 'explains',
      scenario: postgres,
      observed: repeat({ ...full, services: { postgres: 0.97 } }),
      says: /postgres used 0\.97 of its 1 core \(97 %\)/,
    },
    { because: 'nothing was read of it', effect: null, scenario: postgres, observed: repeat(full) },
  ],
  'latency-bound': [
    {
      because: 'ten users of a service that answers in 10 ms',
      effect: 'explains',
      scenario: postgres,
      observed: repeat({ load: closed(10), perSecond: 1000, meanMs: 10, cpuMs: 0.3, services: { postgres: 0.4 } }),
      says: /10 of 10 connections were waiting.*1,000 requests\/s × 10 ms, Little's law/,
    },
    { because: 'the target is full', effect: null, observed: repeat(full) },
    {
      because: 'others had the cores that it waited for',
      effect: null,
      observed: repeat({ load: closed(10), perSecond: 1000, meanMs: 10, cpuMs: 0.3, others: 2.5 }),
    },
    {
      because: 'the database is busy',
      effect: null,
      scenario: postgres,
      observed: repeat({ load: closed(10), perSecond: 1000, meanMs: 10, cpuMs: 0.3, services: { postgres: 0.8 } }),
    },
    {
      because: 'the database could not be read',
      effect: null,
      scenario: postgres,
      observed: repeat({ load: closed(10), perSecond: 1000, meanMs: 10, cpuMs: 0.3 }),
    },
    {
      because: 'the connections were elsewhere half of the time',
      effect: null,
      observed: repeat({ load: closed(10), perSecond: 1000, meanMs: 5, cpuMs: 0.3 }),
    },
    {
      because: 'one of two cores is full and one thread serves',
      effect: null,
      entry: { caps: caps({ cpus: 2, cpuset: [1, 2] }) },
      observed: repeat({ load: closed(10), perSecond: 1000, meanMs: 10, cpuMs: 0.95 }),
    },
    { because: 'at a rate the rate is the limit', effect: null, observed: repeat({ load: rate, cpuMs: 0.3 }) },
    {
      because: 'a batch waits for its upstream',
      effect: 'explains',
      observed: repeat({ load: batch, perSecond: 1800 / 10.659, seconds: 10.659, cpuMs: 0.5 }),
      says: /with 200 tasks at once each took about 1,184 ms/,
    },
  ],
}

describe.each(causeRules.map(({ id }) => id))('%s', (cause) => {
  it.each(table[cause] ?? [])('$effect: $because', ({ because: _, effect, says, observed = [], ...view }) => {
    const verdict = judge(aView({ observed, ...view }))!
    const found = verdict.causes.filter((each) => each.cause === cause)
    expect(found.map((each) => each.effect)).toEqual(effect === null ? [] : [effect])
    if (says) expect(found[0]!.evidence).toMatch(says)
  })

  it('has a table, a sentence for the glossary, and a reason', () => {
    const rule = causeRules.find(({ id }) => id === cause)!
    expect(table[cause]).toBeDefined()
    expect(rule.about).toMatch(/\.$/)
    expect(rule.because).not.toBe('')
  })
})

describe('a verdict', () => {
  it('is none for a cell that was not measured', () => expect(judge(aView({ observed: [] }))).toBeNull())

  it.each([
    {
      status: 'valid',
      observed: repeat(full),
      limit: /^Limited by its own cores: the target used 0\.99 of its 1 core/,
    },
    { status: 'suspect', observed: repeat({ ...full, steal: 0.05 }), limit: /own cores/ },
    { status: 'invalid', observed: repeat({ ...full, counts: { wrong: 1 } }), limit: null },
    {
      status: 'valid',
      observed: repeat({ load: rate, cpuMs: 0.2 }),
      limit: /Limited by the offered rate: it served 1,000 of 1,000/,
    },
    { status: 'valid', observed: repeat({ perSecond: 1000, cpuMs: 0.8 }), limit: null },
  ])('is $status, and says what limited the cell: $limit', ({ status, observed, limit }) => {
    const verdict = judge(aView({ observed }))!
    expect(verdict.status).toBe(status)
    if (limit === null) expect(verdict.limitedBy).toBeNull()
    else expect(verdict.limitedBy).toMatch(limit)
  })

  it('names the service that filled up', () => {
    const verdict = judge(
      aView({ scenario: postgres, observed: repeat({ perSecond: 1000, cpuMs: 0.3, services: { postgres: 0.98 } }) }),
    )!
    expect(verdict.limitedBy).toMatch(/^Limited by postgres: postgres used 0\.98/)
    expect(verdict.causes).toEqual([
      expect.objectContaining({ cause: 'service-cpu', subject: 'postgres', effect: 'explains' }),
    ])
  })

  it('counts a death before the load against what the other repetitions measured', () => {
    const view = aView({ observed: repeat(full, 2) })
    const died = aRepetitionRecord(view.entry, 3, [], {
      outcome: {
        kind: 'failed',
        stage: 'load',
        error: { code: 'TARGET_DIED', message: 'it was killed', hint: null, logTail: [] },
      },
    })
    const verdict = judge({ ...view, records: [...view.records, died] })!
    expect(verdict).toMatchObject({
      status: 'invalid',
      causes: [{ cause: 'restarted', subject: 'repetition 3' }, { cause: 'target-cpu' }],
    })
  })

  it('doubts what other repetitions measured when a service went away before the load', () => {
    const view = aView({ observed: repeat(full, 2), scenario: postgres })
    const died = aRepetitionRecord(view.entry, 3, [], {
      outcome: {
        kind: 'failed',
        stage: 'load',
        error: { code: 'SERVICE_DIED', message: 'postgres was paused', hint: null, logTail: [] },
      },
    })
    expect(judge({ ...view, records: [...view.records, died] })).toMatchObject({
      status: 'suspect',
      causes: [
        { cause: 'service-died', evidence: 'repetition 3 is missing: postgres was paused', subject: 'repetition 3' },
        { cause: 'target-cpu' },
      ],
    })
  })

  it('holds nothing against a target that lost its service', () => {
    const without = { ...full, perSecond: 0, meanMs: 1, counts: { sent: 900, errorStatus: 900 }, deaths: 1 }
    const observed = [full, { ...without, serviceDeaths: [ofPostgres] }]
    const verdict = judge(aView({ scenario: postgres, observed }))!
    expect(verdict).toMatchObject({ status: 'invalid', causes: [{ cause: 'service-died' }, { cause: 'target-cpu' }] })
    expect(judge(aView({ scenario: postgres, observed: observed.slice(1) }))!.causes).toMatchObject([
      { cause: 'service-died' },
    ])
  })

  it('sees replicas and their proxy as one target', () => {
    const verdict = judge(
      aView({
        observed: repeat({ ...full, containers: { 'target-1': 0.5, 'target-2': 0.4, proxy: 0.1 } }),
        entry: { replicas: 2, proxy: 'caddy' },
        run: { info: anInfo() },
      }),
    )!
    expect(verdict.causes.map(({ cause }) => cause)).toEqual(['target-cpu'])
  })
})
