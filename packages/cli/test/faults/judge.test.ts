/** A judge that finds nothing is worth nothing: every kind of harm is found, and a run that is as it must be has none. */
import type { Plan, RepetitionRecord, Results } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { type Ending, type Folder, judgeEnd, judgeFigures, judgeFolder, judgeLoss, judgeWhole } from './judge.js'
import type { End } from './program.js'
import { faultDetails, faultSummary, faultTable, type Trial } from './table.js'

const ENTRY = 'plain/truth/single'
const COMPLETE: Ending = { exits: [0], statuses: ['complete'] }
const END: End = { how: 0, stdout: 'Report: file:///x', stderr: '', tookMs: 1 }

const PLAN = JSON.stringify({
  rules: { minRepetitions: 2 },
  scenarios: [{ id: 'plain' }],
  blocks: [1, 2].map((repetition) => ({ id: `plain#${repetition}`, order: [ENTRY] })),
} as unknown as Plan)

type Outcome = RepetitionRecord['outcome']
const MEASURED: Outcome = { kind: 'measured' }
const ABORTED: Outcome = { kind: 'aborted', reason: 'interrupted (SIGINT)' }
const failedWith = (code: 'TARGET_DIED' | 'AGENT_FAILED'): Outcome => ({
  kind: 'failed',
  stage: 'load',
  error: { code, message: 'it is gone', hint: null, logTail: [] } as Extract<Outcome, { kind: 'failed' }>['error'],
})

const record = (repetition: number, outcome: Outcome) =>
  JSON.stringify({ entry: ENTRY, block: `plain#${repetition}`, repetition, outcome })

function results({
  perSecond = 20,
  connections = 4,
  causes = [] as string[],
  repetitions = 2,
  cpu = 1 as number | null,
  status = 'complete',
}) {
  return {
    run: { status, statusReason: null },
    entries: [{ id: ENTRY, repetitions }],
    cells: [
      {
        id: `${ENTRY}/closed-${connections}`,
        outcome: 'measured',
        figures: { throughput: { median: perSecond }, cpuMsPerRequest: cpu === null ? null : { median: cpu } },
        verdict: { status: 'valid', causes: causes.map((cause) => ({ cause })) },
      },
    ],
  } as unknown as Results
}

function folder(
  outcomes: readonly Outcome[],
  report: Results | null = results({ repetitions: outcomes.filter(({ kind }) => kind === 'measured').length }),
): Folder {
  return {
    plan: PLAN,
    records: new Map(outcomes.map((outcome, index) => [`${index + 1}.json`, record(index + 1, outcome)])),
    results: report,
  }
}

const whole = folder([MEASURED, MEASURED])

describe('a run that is as it must be', () => {
  it('has no findings', () => {
    expect(judgeLoss({ plan: PLAN, measured: whole.records }, whole)).toEqual([])
    expect(judgeWhole(whole, END, COMPLETE)).toEqual([])
  })
})

describe('what is not as it must be is found', () => {
  const before = { plan: PLAN, measured: whole.records }
  const one = new Map([...whole.records].slice(0, 1))

  it.each([
    {
      because: 'a measured record is gone',
      found: judgeLoss(before, { ...whole, records: one }),
      kind: 'lost',
      says: 'runs/2.json is gone',
    },
    {
      because: 'a measured record is another one',
      found: judgeLoss(before, { ...whole, records: new Map([...whole.records, ['2.json', record(2, ABORTED)]]) }),
      kind: 'lost',
      says: 'runs/2.json was measured, and has changed',
    },
    {
      because: 'the plan is another one',
      found: judgeLoss(before, { ...whole, plan: `${PLAN} ` }),
      kind: 'wrong',
      says: 'plan.json is another one',
    },
    {
      because: 'the plan is gone',
      found: judgeLoss(before, { ...whole, plan: null }),
      kind: 'wrong',
      says: 'plan.json is gone',
    },
    {
      because: 'the exit code is another one',
      found: judgeEnd({ ...END, how: 1 }, COMPLETE),
      kind: 'wrong',
      says: 'it ended with 1, not 0',
    },
    {
      because: 'it was ended by a signal',
      found: judgeEnd({ ...END, how: 'SIGKILL' }, COMPLETE),
      kind: 'wrong',
      says: 'it ended with SIGKILL',
    },
    {
      because: 'it does not say what to do',
      found: judgeEnd(END, { ...COMPLETE, says: [/--resume/] }),
      kind: 'unsaid',
      says: '--resume',
    },
    {
      because: 'it blames itself',
      found: judgeEnd({ ...END, stderr: 'This is a bug in Bakeoff, not in what you did:' }, COMPLETE),
      kind: 'wrong',
      says: 'a bug of its own',
    },
    {
      because: 'it shows a stack',
      found: judgeEnd({ ...END, stderr: 'Error: write EPIPE\n    at afterWrite (node:net:1:2)' }, COMPLETE),
      kind: 'unsaid',
      says: 'a stack',
    },
    {
      because: 'the surroundings failed and the target is blamed',
      found: judgeFolder(folder([MEASURED, failedWith('AGENT_FAILED')]), { ...COMPLETE, fails: /TARGET_DIED/ }),
      kind: 'wrong',
      says: 'recorded as failed: AGENT_FAILED',
    },
    {
      because: 'a record is cut off',
      found: judgeFolder({ ...whole, records: new Map([...whole.records, ['3.json', '{"entry":']]) }, COMPLETE),
      kind: 'wrong',
      says: 'runs/3.json is not JSON',
    },
    {
      because: 'the report says that a run is complete which was ended',
      found: judgeFolder(whole, { exits: [130], statuses: ['aborted'] }),
      kind: 'wrong',
      says: 'the report says complete',
    },
    {
      because: 'the report has fewer repetitions than there are',
      found: judgeFolder(folder([MEASURED, MEASURED], results({ repetitions: 1 })), COMPLETE),
      kind: 'wrong',
      says: 'the report has 1 repetitions',
    },
    {
      because: 'a repetition was never run',
      found: judgeWhole(folder([MEASURED]), END, COMPLETE),
      kind: 'wrong',
      says: 'plain#2 is missing',
    },
    {
      because: 'a repetition stays aborted',
      found: judgeWhole(folder([MEASURED, ABORTED]), END, COMPLETE),
      kind: 'stuck',
      says: 'plain#2 is aborted',
    },
    {
      because: 'a rate is half of what it is, and nothing says why',
      found: judgeFigures(results({ perSecond: 10, causes: ['noisy-host'] })),
      kind: 'wrong',
      says: '50 % of the rate',
    },
    {
      because: 'a rate is more than it can be',
      found: judgeFigures(results({ perSecond: 22, causes: ['errors'] })),
      kind: 'wrong',
      says: '110 % of the rate',
    },
    {
      because: 'a CPU figure is missing',
      found: judgeFigures(results({ cpu: null })),
      kind: 'lost',
      says: 'no CPU figure',
    },
  ] as const)('$because', ({ found, kind, says }) => {
    expect(found).toContainEqual({ kind, text: expect.stringContaining(says) })
  })

  it.each([
    {
      because: "a failure is the target's own",
      found: judgeFolder(folder([MEASURED, failedWith('TARGET_DIED')]), { ...COMPLETE, fails: /TARGET_DIED/ }),
    },
    {
      because: 'a low rate has a reason beside it',
      found: judgeFigures(results({ perSecond: 10, causes: ['timeouts'] })),
    },
    {
      because: 'nobody knows the rate',
      found: judgeFigures({
        cells: results({ perSecond: 10 }).cells.map((cell) => ({ ...cell, id: 'ranknet/go-onnx/default/closed-4' })),
      }),
    },
  ])('and only that: $because', ({ found }) => expect(found).toEqual([]))
})

describe('the table', () => {
  const trial = (fault: string, moment: string, rest: Partial<Trial> = {}): Trial => ({
    fault,
    moment,
    untried: null,
    behind: [],
    findings: [],
    ...rest,
  })
  const trials = [
    trial('engine: gone', 'start'),
    trial('engine: gone', 'window', {
      findings: [
        { kind: 'left', text: 'container /x' },
        { kind: 'wrong', text: 'it ended with 0' },
      ],
    }),
    trial('watchdog: killed', 'window', { behind: ['container /y', 'network z'] }),
    trial('reports: disk full', '4 KiB free', { untried: 'mounting needs root' }),
  ]

  it('has a row for every fault, and counts what was not tried as not survived', () => {
    expect(faultTable(trials).split('\n').slice(2)).toEqual([
      '| engine: gone | start, window | 2 | 1 | 1 of 2 | nothing | 1 of 2 |',
      '| watchdog: killed | window | 1 | 1 | until the next start: container, network | nothing | nothing |',
      '| reports: disk full | 4 KiB free | 0 | 0 | nothing | nothing | nothing |',
    ])
    expect(faultSummary(trials)).toBe(
      '2 kinds of fault at 3 moments: 2 survived, 1 wrong, 0 lost, 1 left, 0 stuck, 0 unsaid; 1 not tried',
    )
  })

  it('says what did not hold, and why something was not tried', () => {
    expect(faultDetails(trials)).toEqual([
      'left: engine: gone, window: container /x',
      'wrong: engine: gone, window: it ended with 0',
      'not tried: reports: disk full, 4 KiB free: mounting needs root',
    ])
  })
})
