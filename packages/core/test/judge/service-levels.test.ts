/** Whether a target keeps a service level at a rate: by its windows, and of runs that never were. */
import type { AskedLevel } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { judgeLevel } from '../../src/judge/service-levels/index.js'
import { judgeTimes } from '../../src/judge/service-levels/times.js'
import { createRandom, type Random } from '../../src/stats/index.js'
import { judgedCells, type Observed } from '../builders.js'
import { shareText, tableOf } from '../method-tables.js'

const rate = { kind: 'rate', perSecond: 200, connections: 256, arrivals: 'exponential' } as const
const level: AskedLevel = { perSecond: 200, p95Ms: null, p99Ms: 30, errors: 0.001 }

/** The answer for windows with these mean times; p99 is about 2.04 times as long. */
function answerOf(
  meansMs: readonly number[],
  { more = {}, asked = level }: { readonly more?: Observed; readonly asked?: AskedLevel } = {},
) {
  const observed = meansMs.map((meanMs): Observed => ({ load: rate, perSecond: 200, cpuMs: 0.5, meanMs, ...more }))
  const [cell] = judgedCells({ 'node-fastify': observed }, { scenario: { levels: [asked] } })
  return judgeLevel(cell!)!
}

const steady = [5, 5.2, 4.9, 5.1, 5]

describe('a target keeps a service level', () => {
  it('when p99 is far enough within it for nine of ten windows', () =>
    expect(answerOf(steady)).toMatchObject({
      answer: 'yes',
      reason: 'kept',
      windows: { kept: 5, missed: 0, unknown: 0 },
      failed: { count: 0, of: 8000 },
      repetitions: null,
    }))

  it('also where others used the machine: they make answers late, and not soon', () =>
    expect(answerOf(steady, { more: { others: 1 } })).toMatchObject({ answer: 'yes', because: [] }))

  it('of errors alone', () => {
    const asked = { ...level, p99Ms: null }
    expect(answerOf([90, 95, 99, 91, 94], { asked })).toMatchObject({ answer: 'yes', times: [] })
    expect(answerOf([90, 95], { asked })).toMatchObject({ answer: 'undecided', reason: 'few-windows', repetitions: 5 })
  })
})

describe('a target does not keep it', () => {
  it('when so many windows missed it as nine of ten that keep it would not', () => {
    expect(answerOf([50, 52])).toMatchObject({ answer: 'no', reason: 'late' })
    expect(answerOf([5, 50, 52, 5, 49])).toMatchObject({ answer: 'no', windows: { kept: 2, missed: 3, unknown: 0 } })
  })

  it('when all windows did', () =>
    expect(answerOf([50, 52, 49, 51, 50])).toMatchObject({
      answer: 'no',
      reason: 'late',
      windows: { kept: 0, missed: 5, unknown: 0 },
    }))

  it('when more requests failed in all windows than it allows', () => {
    const counts = { sent: 1600, ok: 1595, errorStatus: 5 }
    expect(answerOf(steady, { more: { counts } })).toMatchObject({
      answer: 'no',
      reason: 'errors',
      failed: { count: 25, of: 8000 },
    })
  })

  it('when requests that were due were never sent', () =>
    expect(answerOf(steady, { more: { counts: { unsent: 400 } } })).toMatchObject({ answer: 'no', reason: 'errors' }))

  it('when so many never ended that p99 is beyond it, whatever it is', () =>
    expect(answerOf([50, 52, 49, 51, 50], { more: { censored: 100 } })).toMatchObject({ answer: 'no' }))
})

describe('it is not decided', () => {
  it('by one repetition, nor by three', () => {
    expect(answerOf([5])).toMatchObject({ answer: 'undecided', reason: 'few-windows', repetitions: null })
    expect(answerOf([5, 5.1, 4.9])).toMatchObject({ answer: 'undecided', reason: 'few-windows', repetitions: 5 })
    expect(answerOf([50])).toMatchObject({ answer: 'undecided', reason: 'few-windows', repetitions: 2 })
  })

  it('where windows differ so much that one in ten may miss it, and says how many would decide', () => {
    const open = answerOf([5, 8, 4, 11, 6])
    expect(open).toMatchObject({ answer: 'undecided', reason: 'open' })
    expect(open.repetitions).toBeGreaterThan(5)
    expect(open.repetitions).toBeLessThan(30)
    const [time] = open.times
    expect(time!.most).toBeLessThan(30)
    expect(time!.nineOfTenMs).toBeGreaterThan(30)
  })

  it('where a window missed it, and others did not', () =>
    expect(answerOf([5, 5, 5, 5, 50])).toMatchObject({
      answer: 'undecided',
      reason: 'open',
      windows: { kept: 4, missed: 1, unknown: 0 },
    }))

  it('where others used the machine while it missed: that may be their doing', () => {
    const found = answerOf([50, 52, 49, 51, 50], { more: { others: 1 } })
    expect(found).toMatchObject({ answer: 'undecided', reason: 'disturbed' })
    expect(found.because).toEqual([expect.stringMatching(/^others used/)])
  })

  it('where windows have too few answers for p99, and none of what is known is beyond it', () =>
    expect(answerOf(steady, { more: { seconds: 2 } })).toMatchObject({
      answer: 'undecided',
      reason: 'few-answers',
      windows: { kept: 0, missed: 0, unknown: 5 },
    }))

  it('where its figures do not count', () =>
    expect(answerOf(steady, { more: { oomKills: 1 } })).toMatchObject({ answer: 'undecided', reason: 'invalid' }))
})

it('windows with too few answers are missed where a lower percentile is beyond the limit', () =>
  expect(answerOf([50, 52, 49, 51, 50], { more: { seconds: 2 } })).toMatchObject({ answer: 'no', reason: 'late' }))

it('a load without a level has no answer', () => {
  const [cell] = judgedCells(
    { go: [{ load: rate, perSecond: 200 }] },
    { scenario: { levels: [{ ...level, perSecond: 300 }] } },
  )
  expect(judgeLevel(cell!)).toBeNull()
})

/** A p99, relative to one that nobody knows, in one window. */
type Window = (random: Random) => number

/** Student's t with three degrees of freedom, of variance 1. */
const heavy = (random: Random) => {
  const chi = Array.from({ length: 3 }, () => random.normal() ** 2).reduce((a, b) => a + b)
  return random.normal() / Math.sqrt(chi / 3) / Math.sqrt(3)
}

/**
 * p99 of answers with exponential times, of which windows hold 1,100, in windows that differ. It is the eleventh slowest: each next
 * largest of n uniform values is the one before × the n-th root of another, and so on with one less.
 */
const sampled =
  (spread: number): Window =>
  (random) => {
    let rank = 1
    for (let left = 1100; left > 1089; left--) rank *= (1 - random.next()) ** (1 / left)
    return Math.exp(spread * random.normal()) * -Math.log(1 - rank)
  }

const WINDOWS: Readonly<Record<string, Window>> = {
  'normal on logs, 10 %': (random) => Math.exp(0.1 * random.normal()),
  'normal on logs, a factor of 2.7': (random) => Math.exp(random.normal()),
  'p99 of 1,100 answers, in starts that differ by 10 %': sampled(0.1),
  'heavy tails (t with 3 degrees of freedom), 20 %': (random) => Math.exp(0.2 * heavy(random)),
  'exponential tails: long on one side': (random) => Math.exp(0.3 * random.exponential()),
}

/** The time that a share of all windows stay within. */
function timeOf(window: Window, share: number): number {
  const random = createRandom(20_261_129)
  const all = Array.from({ length: 20_000 }, () => window(random)).sort((a, b) => a - b)
  return all[Math.floor(share * all.length)]!
}

interface Setting {
  readonly limitMs: number
  /** of each run */
  readonly windows: number
  readonly runs: number
  readonly seed: number
}

/** How often each answer comes. */
function shares(window: Window, { limitMs, windows, runs, seed }: Setting): { yes: number; no: number } {
  const random = createRandom(seed)
  const found = Array.from({ length: runs }, () =>
    judgeTimes(
      Array.from({ length: windows }, () => ({ ms: window(random), isKnown: true })),
      limitMs,
    ),
  )
  const share = (wanted: string) => found.filter(({ conclusion }) => conclusion === wanted).length / runs
  return { yes: share('kept'), no: share('late') }
}

/** The same where a share of all windows keep the level. */
function answers(window: Window, { keeps, ...rest }: { keeps: number; windows: number; runs: number }) {
  return shares(window, { ...rest, limitMs: timeOf(window, keeps), seed: 7 })
}

const RUNS = 1000
const COUNTS = [3, 5, 10, 54]

/** A field of a table of docs/method.md: `4.3 %, 0.9 %`, which is yes and no. */
const inWords = ({ yes, no }: { yes: number; no: number }) => `${shareText(yes)}, ${shareText(no)}`
const fieldsOf = (rows: readonly string[][]) =>
  rows.flatMap(([of = '', ...fields]) => COUNTS.map((windows, at) => ({ of, windows, says: fields[at] ?? '' })))

describe.each([
  { head: 'Nine of ten windows keep it', keeps: 0.9, mostYes: 0.3, mostNo: 0.06 },
  { head: 'Three of four windows keep it', keeps: 0.75, mostYes: 0.08, mostNo: 1 },
])('$head: few runs are answered wrong, as many as docs/method.md says', ({ head, keeps, mostYes, mostNo }) => {
  const rows = tableOf(head)

  it('in each kind of noise', () => expect(rows.map(([kind]) => kind)).toEqual(Object.keys(WINDOWS)))

  it.each(fieldsOf(rows))('$of, $windows windows: $says', ({ of, windows, says }) => {
    const found = answers(WINDOWS[of]!, { keeps, windows, runs: RUNS })
    expect(inWords(found)).toBe(says)
    expect(found.yes).toBeLessThanOrEqual(mostYes)
    expect(found.no).toBeLessThanOrEqual(mostNo)
  })
})

describe('how often it is answered where the answer is plain', () => {
  it.each(fieldsOf(tableOf('Windows that keep it')))('$of of all, $windows seen: $says', ({ of, windows, says }) => {
    const keeps = Number(of.replace(' %', '')) / 100
    const found = answers(WINDOWS['normal on logs, 10 %']!, { keeps, windows, runs: RUNS })
    expect(inWords(found)).toBe(says)
    expect(keeps > 0.9 ? found.no : found.yes).toBeLessThanOrEqual(0.05)
  })
})

describe('a stall that one start in so many has', () => {
  it.each(fieldsOf(tableOf('One start in')))('one in $of, $windows windows: $says', ({ of, windows, says }) => {
    const stalls: Window = (random) => Math.exp(0.1 * random.normal()) * (random.next() < 1 / Number(of) ? 10 : 1)
    expect(inWords(shares(stalls, { limitMs: 3, windows, runs: RUNS, seed: 11 }))).toBe(says)
  })
})

describe('the windows that would decide', () => {
  it.each([
    { because: 'none missed it', ms: [12, 20, 9, 25, 14], conclusion: 'kept' },
    { because: 'most missed it', ms: [40, 20], conclusion: 'late' },
    { because: 'a few of many missed it', ms: [...Array.from({ length: 30 }, () => 10), 40, 50], conclusion: 'kept' },
  ])('decide where $because, if they stay as they are', ({ ms, conclusion }) => {
    const seen = ms.map((each) => ({ ms: each, isKnown: true }))
    const found = judgeTimes(seen, 30)
    expect(found.conclusion).toMatch(/open|few-windows/)
    const times = Math.ceil(found.windows! / seen.length) + 1
    const again = Array.from({ length: times }, () => seen).flat()
    expect(judgeTimes(again, 30).conclusion).toBe(conclusion)
  })

  it('are none where one window of ten misses it: that is the line itself', () => {
    const ms = [...Array.from({ length: 9 }, () => 10), 40]
    expect(
      judgeTimes(
        ms.map((each) => ({ ms: each, isKnown: true })),
        30,
      ),
    ).toMatchObject({ conclusion: 'open', windows: null })
  })
})
