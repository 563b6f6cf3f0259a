import type { ClaimSpec, PlannedEntry, RepetitionRecord, TargetInfo } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { analyse, openDecisions } from '../src/index.js'
import { isWithinReach } from '../src/judge/within-reach.js'
import { aLoadRecord, anEntry, aPlan, aRepetitionRecord, aScenario, type Observed } from './builders.js'

const [go, chi, rust, ruby] = ['go', 'go-chi', 'rust', 'ruby'].map((target) => anEntry('predict', target)) as [
  PlannedEntry,
  PlannedEntry,
  PlannedEntry,
  PlannedEntry,
]

/** A plan of one scenario and three to fifteen repetitions. */
const planOf = (entries: readonly PlannedEntry[]) =>
  aPlan([aScenario(), aScenario({ id: 'embed' })], entries, {
    rules: { ...aPlan([], []).rules, minRepetitions: 3, maxRepetitions: 15 },
  })

/** The noise of repetitions in turn, relative: without a trend, and another for each entry. */
const NOISE = [0.9, -1.1, 0.4, -0.7, 0.5, 1.2, -0.6, -0.6, 0.8, -0.8]
const noisy = (perSecond: number, spread: number, from: number) => (repetition: number) =>
  perSecond * (1 + spread * NOISE[(repetition * 3 + from) % NOISE.length]!)

interface Measured {
  readonly entry: PlannedEntry
  readonly perSecond: number
  readonly more?: Observed
  readonly info?: Partial<TargetInfo>
}

function recordsOf(measured: readonly Measured[], spread: number, repetitions = 5): RepetitionRecord[] {
  return measured.flatMap(({ entry, perSecond, more, info }, index) =>
    Array.from({ length: repetitions }, (_, at) =>
      aRepetitionRecord(
        entry,
        at + 1,
        [aLoadRecord({ perSecond: noisy(perSecond, spread, index * 7)(at + 1), ...more })],
        info ? { info: info as TargetInfo } : {},
      ),
    ),
  )
}

const isOpen = (measured: readonly Measured[], spread: number, repetitions = 5, claims: readonly ClaimSpec[] = []) =>
  openDecisions(planOf(measured.map(({ entry }) => entry)), claims)('predict', {
    records: recordsOf(measured, spread, repetitions),
    calibrations: [],
  })

describe('a decision', () => {
  it.each([
    {
      because: 'is open while the best of two languages are close',
      measured: [
        { entry: go, perSecond: 1000 },
        { entry: rust, perSecond: 930 },
      ],
      spread: 0.04,
      open: true,
    },
    {
      because: 'is made when they are told apart',
      measured: [
        { entry: go, perSecond: 1000 },
        { entry: rust, perSecond: 500 },
      ],
      spread: 0.04,
      open: false,
    },
    {
      because: 'is made when they are equal',
      measured: [
        { entry: go, perSecond: 1000 },
        { entry: rust, perSecond: 1001 },
      ],
      spread: 0.002,
      open: false,
    },
    {
      because: 'is given up when it would take more repetitions than there are',
      measured: [
        { entry: go, perSecond: 1000 },
        { entry: rust, perSecond: 985 },
      ],
      spread: 0.04,
      open: false,
    },
    {
      because: 'is open for the second language though the third is far behind',
      measured: [
        { entry: go, perSecond: 1000 },
        { entry: rust, perSecond: 930 },
        { entry: ruby, perSecond: 100 },
      ],
      spread: 0.04,
      open: true,
    },
    {
      because: 'does not wait for a second target of the language that leads',
      measured: [
        { entry: go, perSecond: 1000 },
        { entry: chi, perSecond: 930 },
        { entry: rust, perSecond: 300 },
      ],
      spread: 0.04,
      open: false,
    },
    {
      because: 'is between targets where there is one language',
      measured: [
        { entry: go, perSecond: 1000 },
        { entry: chi, perSecond: 930 },
      ],
      spread: 0.04,
      open: true,
    },
    {
      because: 'needs two: one target alone has none',
      measured: [{ entry: go, perSecond: 1000 }],
      spread: 0.2,
      open: false,
    },
    {
      because: 'does not wait for an experiment',
      measured: [
        { entry: go, perSecond: 1000 },
        { entry: anEntry('predict', 'rust', { role: 'experiment' }), perSecond: 930 },
      ],
      spread: 0.04,
      open: false,
    },
    {
      because: 'does not wait for a development server',
      measured: [
        { entry: go, perSecond: 1000 },
        { entry: rust, perSecond: 930, info: { developmentServer: true } },
      ],
      spread: 0.04,
      open: false,
    },
    {
      because: 'is not made by more of what the load agent holds back',
      measured: [
        { entry: go, perSecond: 1000, more: { eventLoop: 0.99 } },
        { entry: rust, perSecond: 930, more: { eventLoop: 0.99 } },
      ],
      spread: 0.04,
      open: false,
    },
    {
      because: 'is open after one repetition, which has no interval',
      measured: [
        { entry: go, perSecond: 1000 },
        { entry: rust, perSecond: 500 },
      ],
      spread: 0.04,
      repetitions: 1,
      open: true,
    },
    {
      because: 'is not open when no repetition is left',
      measured: [
        { entry: go, perSecond: 1000 },
        { entry: rust, perSecond: 950 },
      ],
      spread: 0.04,
      repetitions: 15,
      open: false,
    },
  ])('$because', ({ measured, spread, repetitions, open }) =>
    expect(isOpen(measured as readonly Measured[], spread, repetitions)).toBe(open),
  )

  it('is of its own scenario', () => {
    const measured = [
      { entry: go, perSecond: 1000 },
      { entry: rust, perSecond: 930 },
    ]
    const ask = openDecisions(planOf([go, rust]), [])
    const known = { records: recordsOf(measured, 0.04), calibrations: [] }
    expect(ask('predict', known)).toBe(true)
    expect(ask('embed', known)).toBe(false)
  })

  it('is asked anew when more is known', () => {
    const ask = openDecisions(planOf([go, rust]), [])
    const close = [
      { entry: go, perSecond: 1000 },
      { entry: rust, perSecond: 930 },
    ]
    const [few, all] = [recordsOf(close, 0.04, 5), recordsOf(close, 0.04, 15)]
    expect(ask('predict', { records: few, calibrations: [] })).toBe(true)
    expect(ask('predict', { records: all, calibrations: [] })).toBe(false)
    expect(ask('predict', { records: few, calibrations: [] })).toBe(true)
  })

  it('is by the comparisons that the run ends with', () => {
    const measured = [
      { entry: go, perSecond: 1000 },
      { entry: rust, perSecond: 930 },
    ]
    const { decision, comparisons } = analyse({
      plan: planOf([go, rust]),
      records: recordsOf(measured, 0.04),
      calibrations: [],
      claims: [],
      targets: {},
      base: { id: null, origin: null },
      endedAt: null,
      status: 'running',
      statusReason: null,
    })
    expect(decision?.columns.find(({ scenario }) => scenario === 'predict')?.standing).toBe('level')
    const { conclusion, outlook } = comparisons.find(({ metric }) => metric === 'throughput')!
    expect(conclusion).toBe('undecided')
    expect(outlook?.repetitions).toBeLessThan(25)
  })
})

describe('a claim', () => {
  const subject = (target: string) => ({ target, variant: 'default', says: target, load: {}, figures: {} })
  const claim = {
    id: 'c',
    title: 't',
    source: { title: 's' },
    setting: 'x',
    scenario: 'predict',
    subjects: [
      { id: 'go', ...subject('go') },
      { id: 'chi', ...subject('go-chi') },
    ],
    comparisons: [{ metric: 'throughput', of: 'go', to: 'chi', published: 1.1, statement: 's' }],
    statements: [],
    notes: [],
  } as unknown as ClaimSpec
  const measured = (perSecond: number) => [
    { entry: go, perSecond: 1000 },
    { entry: chi, perSecond },
    { entry: rust, perSecond: 300 },
  ]

  it.each([
    { because: 'is open where what it compares is', perSecond: 930, claims: [claim], open: true },
    { because: 'is not open where that is told apart', perSecond: 500, claims: [claim], open: false },
    {
      because: 'of another scenario counts there',
      perSecond: 930,
      claims: [{ ...claim, scenario: 'embed' }],
      open: false,
    },
  ])('$because', ({ perSecond, claims, open }) =>
    expect(isOpen(measured(perSecond), 0.04, 5, claims as readonly ClaimSpec[])).toBe(open),
  )
})

describe('a pair that is within reach', () => {
  const pair = (repetitions: number | null, n = 5) =>
    ({
      conclusion: 'undecided',
      reason: { kind: 'includes-one' },
      ratio: { n },
      heldBack: [],
      outlook: { detectable: 1.1, repetitions },
    }) as unknown as Parameters<typeof isWithinReach>[0]

  it.each([
    { needs: 12, done: 5, left: 10, within: true, because: 'fewer than are left' },
    { needs: 25, done: 5, left: 10, within: true, because: 'twice what is left, by a ratio that may change' },
    { needs: 26, done: 5, left: 10, within: false, because: 'more than that' },
    { needs: 46, done: 5, left: 10, within: false, because: 'far more' },
    { needs: 17, done: 14, left: 1, within: false, because: 'more than the last ones give' },
    { needs: null, done: 5, left: 10, within: false, because: 'any number would not do' },
    { needs: 16, done: 15, left: 0, within: false, because: 'none is left' },
  ])('needs $needs of $done and $left: $within, $because', ({ needs, done, left, within }) =>
    expect(isWithinReach(pair(needs, done), { done, left })).toBe(within),
  )
})

describe('a service level that was asked for at a rate', () => {
  const rate = { kind: 'rate', perSecond: 200, connections: 256, arrivals: 'exponential' } as const
  const level = { perSecond: 200, p95Ms: null, p99Ms: 30, errors: 0.001 }

  /** A run of one target, whose p99 is about twice these mean times. */
  const isLevelOpenAfter = (meansMs: readonly number[]) => {
    const plan = { ...planOf([go]), scenarios: [aScenario({ loads: [rate], levels: [level] })] }
    const records = meansMs.map((meanMs, at) =>
      aRepetitionRecord(go, at + 1, [aLoadRecord({ load: rate, perSecond: 200, meanMs })]),
    )
    return openDecisions(plan, [])('predict', { records, calibrations: [] })
  }

  it.each([
    { because: 'is open while the limit lies between the bounds', meansMs: [5, 8, 4, 11, 6], open: true },
    { because: 'is over when it is kept', meansMs: [5, 5.2, 4.9, 5.1, 5], open: false },
    { because: 'is over when it is missed', meansMs: [50, 52, 49], open: false },
    { because: 'is open after one repetition', meansMs: [5], open: true },
  ])('$because', ({ meansMs, open }) => expect(isLevelOpenAfter(meansMs)).toBe(open))
})
