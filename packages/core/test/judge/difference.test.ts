import type { Side } from '@bakeoff/model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Bounds,
  difference,
  differences,
  differencesAmong,
  type Observed,
  type Pair,
} from '../../src/judge/difference.js'
import { sample } from '../stats/arbitraries.js'

const usual: Bounds = { relevant: 0.03, significance: 0.05, noiseFloor: null }

/** Values by their logarithms, in blocks that are called 1, 2, … */
const inBlocks = (...logs: number[]): Observed[] =>
  logs.map((log, index) => ({ value: 100 * Math.exp(log), block: String(index + 1) }))
const inNoBlock = (...logs: number[]): Observed[] => inBlocks(...logs).map(({ value }) => ({ value, block: null }))
const zeros = (count: number) => Array.from({ length: count }, () => 0)

/** Logs whose ratio to 1 has a p of 0.033 by itself. */
const scattered = [0.16, -0.16, 0.08, -0.08, 0].map((log) => log + Math.log(1.2))

describe('two samples', () => {
  it.each<{
    because: string
    of: Observed[]
    to: Observed[]
    better?: 'higher' | 'lower'
    heldBack?: Side[]
    noiseFloor?: number
    expected: {
      conclusion: string
      reason: object
      ratio?: number
      low?: number | null
      high?: number | null
      p?: number | null
    }
  }>([
    {
      because: 'twice as much in every block',
      of: inBlocks(0.69, 0.7, 0.71),
      to: inBlocks(0, 0, 0),
      // t = 0.7 ÷ (0.01 ÷ √3) = 121.2 with 2 degrees of freedom, of which t(0.975) = 4.3027
      expected: {
        conclusion: 'higher',
        reason: { kind: 'apart' },
        ratio: 2.01375,
        low: 1.96435,
        high: 2.0644,
        p: 6.802e-5,
      },
    },
    {
      because: 'the same, the other way round',
      of: inBlocks(0, 0, 0),
      to: inBlocks(0.69, 0.7, 0.71),
      expected: {
        conclusion: 'lower',
        reason: { kind: 'apart' },
        ratio: 1 / 2.01375,
        low: 1 / 2.0644,
        high: 1 / 1.96435,
      },
    },
    {
      because: 'drift that both share is no scatter',
      of: inBlocks(0.69, 3.7, -2.29),
      to: inBlocks(0, 3, -3),
      expected: { conclusion: 'higher', reason: { kind: 'apart' }, ratio: 2.01375, low: 1.96435, high: 2.0644 },
    },
    {
      because: 'without blocks the same drift hides it',
      of: inNoBlock(0.69, 3.7, -2.29),
      to: inNoBlock(0, 3, -3),
      expected: { conclusion: 'undecided', reason: { kind: 'includes-one' }, ratio: 2.01375 },
    },
    {
      because: 'without blocks, twice as much',
      of: inNoBlock(0.68, 0.7, 0.72),
      to: inNoBlock(-0.02, 0, 0.02),
      // standard error √(0.0008 ÷ 3) with 4 degrees of freedom, of which t(0.975) = 2.7764
      expected: { conclusion: 'higher', reason: { kind: 'apart' }, ratio: 2.01375, low: 1.92449, high: 2.10716 },
    },
    {
      because: 'three blocks of which the differences scatter',
      of: inBlocks(0.1, 0.2, 0.3),
      to: inBlocks(0, 0, 0),
      expected: { conclusion: 'undecided', reason: { kind: 'includes-one' }, low: 0.95274, high: 1.56583, p: 0.0742 },
    },
    {
      because: 'one repetition of both',
      of: inBlocks(2),
      to: inBlocks(0),
      expected: {
        conclusion: 'undecided',
        reason: { kind: 'too-few', repetitions: { of: 1, to: 1 } },
        ratio: Math.exp(2),
        low: null,
        high: null,
        p: null,
      },
    },
    {
      because: 'one repetition of one of them, in a block of the other or in none',
      of: inNoBlock(2, 2, 2),
      to: inBlocks(0),
      expected: {
        conclusion: 'undecided',
        reason: { kind: 'too-few', repetitions: { of: 3, to: 1 } },
        low: null,
        p: null,
      },
    },
    {
      because: 'no scatter at all: whatever differs is certain',
      of: inNoBlock(0.7, 0.7),
      to: inNoBlock(0, 0),
      expected: { conclusion: 'higher', reason: { kind: 'apart' }, ratio: 2.01375, low: 2.01375, high: 2.01375, p: 0 },
    },
    {
      because: 'no scatter and no difference',
      of: inBlocks(0, 0),
      to: inBlocks(0, 0),
      expected: { conclusion: 'no-difference', reason: { kind: 'within' }, ratio: 1, low: 1, high: 1, p: 1 },
    },
    {
      because: '1 % is certain, and within 3 %',
      of: inBlocks(0.009, 0.01, 0.011),
      to: inBlocks(0, 0, 0),
      expected: { conclusion: 'no-difference', reason: { kind: 'within' }, low: 1.00755, high: 1.01257 },
    },
    {
      because: '2.8 % is certain, and may be more than 3 % or less',
      of: inBlocks(0.02, 0.028, 0.036),
      to: inBlocks(0, 0, 0),
      expected: { conclusion: 'undecided', reason: { kind: 'may-be-less' }, low: 1.00817, high: 1.04901, p: 0.02615 },
    },
    {
      because: '4 % on a machine of which nothing is known',
      of: inBlocks(0.039, 0.04, 0.041),
      to: inBlocks(0, 0, 0),
      expected: { conclusion: 'higher', reason: { kind: 'apart' } },
    },
    {
      because: '4 % on a machine that differs by 2 % from block to block',
      of: inBlocks(0.039, 0.04, 0.041),
      to: inBlocks(0, 0, 0),
      noiseFloor: 0.02,
      expected: { conclusion: 'higher', reason: { kind: 'apart' } },
    },
    {
      because: '4 % on average, and no more than 1.5 % for certain',
      of: inBlocks(0.03, 0.04, 0.05),
      to: inBlocks(0, 0, 0),
      expected: { conclusion: 'undecided', reason: { kind: 'may-be-less' }, low: 1.01528, high: 1.06699 },
    },
    {
      because: '4 % (1.5 to 6.7) on a machine that differs by 5 %',
      of: inBlocks(0.03, 0.04, 0.05),
      to: inBlocks(0, 0, 0),
      noiseFloor: 0.05,
      expected: { conclusion: 'undecided', reason: { kind: 'may-be-less' }, low: 1.01528, high: 1.06699 },
    },
    {
      because: '4 % (1.5 to 6.7) on a machine that differs by 10 %: more than is relevant is not equal',
      of: inBlocks(0.03, 0.04, 0.05),
      to: inBlocks(0, 0, 0),
      noiseFloor: 0.1,
      expected: { conclusion: 'undecided', reason: { kind: 'hidden' } },
    },
    {
      because: '0.66 of the other on a machine that differs by 130 %',
      of: inBlocks(-0.5, -0.42, -0.33),
      to: inBlocks(0, 0, 0),
      noiseFloor: 1.3,
      expected: { conclusion: 'undecided', reason: { kind: 'hidden' } },
    },
    {
      because: '1 % is certain, on a machine that differs by 10 %',
      of: inBlocks(0.009, 0.01, 0.011),
      to: inBlocks(0, 0, 0),
      noiseFloor: 0.1,
      expected: { conclusion: 'no-difference', reason: { kind: 'within' } },
    },
    {
      because: 'the better one was held back: it may win',
      of: inBlocks(0.69, 0.7, 0.71),
      to: inBlocks(0, 0, 0),
      heldBack: ['of'],
      expected: { conclusion: 'higher', reason: { kind: 'apart' } },
    },
    {
      because: 'the worse one was held back: it may not lose',
      of: inBlocks(0.69, 0.7, 0.71),
      to: inBlocks(0, 0, 0),
      heldBack: ['to'],
      expected: { conclusion: 'undecided', reason: { kind: 'held-back', sides: ['to'], looks: 'apart' } },
    },
    {
      because: 'of a latency the higher one is the worse one',
      of: inBlocks(0.69, 0.7, 0.71),
      to: inBlocks(0, 0, 0),
      better: 'lower',
      heldBack: ['of'],
      expected: { conclusion: 'undecided', reason: { kind: 'held-back', sides: ['of'], looks: 'apart' } },
    },
    {
      because: 'one that was held back equals nobody',
      of: inBlocks(0.009, 0.01, 0.011),
      to: inBlocks(0, 0, 0),
      heldBack: ['of'],
      expected: { conclusion: 'undecided', reason: { kind: 'held-back', sides: ['of'], looks: 'within' } },
    },
  ])('$expected.conclusion: $because', ({ of, to, better = 'higher', heldBack = [], noiseFloor = null, expected }) => {
    const { conclusion, reason, ratio, pAdjusted } = difference({ of, to, better, heldBack }, { ...usual, noiseFloor })
    expect({ conclusion, reason }).toEqual({ conclusion: expected.conclusion, reason: expected.reason })
    const found = { ratio: ratio.median, low: ratio.low, high: ratio.high, p: pAdjusted }
    for (const name of ['ratio', 'low', 'high', 'p'] as const) {
      const wanted = expected[name]
      if (typeof wanted === 'number') expect(found[name]! / (wanted || 1), name).toBeCloseTo(wanted === 0 ? 0 : 1, 3)
      else if (wanted === null) expect(found[name], name).toBeNull()
    }
  })

  it.each([
    { because: 'they share two blocks', of: inBlocks(1, 2, 3), to: inBlocks(0, 1), method: /^paired within 2 blocks/ },
    {
      because: 'they share one of several',
      of: inBlocks(1, 2, 3),
      to: [...inBlocks(0), ...inNoBlock(1, 2)],
      method: /^Welch/,
    },
    { because: 'they share none', of: inNoBlock(1, 2, 3), to: inNoBlock(1, 2, 3), method: /^Welch/ },
  ])('are compared $method where $because', ({ of, to, method }) =>
    expect(difference({ of, to, better: 'higher' }, usual).ratio.method).toMatch(method),
  )

  it('say by what they were judged', () => {
    const pair: Pair = { of: inBlocks(1, 1), to: inBlocks(0, 0), better: 'higher' }
    expect(difference(pair, usual)).toMatchObject({ least: 0.03, leastIs: 'relevant', family: 1, heldBack: [] })
    expect(difference(pair, { ...usual, noiseFloor: 0.01 })).toMatchObject({ least: 0.03, leastIs: 'relevant' })
    expect(difference(pair, { ...usual, noiseFloor: 0.2 })).toMatchObject({ least: 0.2, leastIs: 'noise-floor' })
    const equal: Pair = { of: inBlocks(0, 0), to: inBlocks(0, 0), better: 'higher' }
    expect(difference(equal, { ...usual, noiseFloor: 0.2 })).toMatchObject({ least: 0.03, leastIs: 'relevant' })
  })

  it.each([
    { because: 'an empty sample', of: [], to: inBlocks(1, 2) },
    {
      because: 'a value of 0',
      of: [
        { value: 0, block: null },
        { value: 1, block: null },
      ],
      to: inNoBlock(1, 2),
    },
  ])('must be positive values: $because', ({ of, to }) =>
    expect(() => difference({ of, to, better: 'higher' }, usual)).toThrow(RangeError),
  )

  it('give the opposite when they change places', () =>
    fc.assert(
      fc.property(sample(1, 6), sample(1, 6), fc.constantFrom(null, 0.1), (a, b, noiseFloor) => {
        const [of, to] = [a, b].map((values) => values.map((value) => ({ value, block: null })))
        const there = difference({ of: of!, to: to!, better: 'higher' }, { ...usual, noiseFloor })
        const back = difference({ of: to!, to: of!, better: 'higher' }, { ...usual, noiseFloor })
        const opposite: Record<string, string> = {
          higher: 'lower',
          lower: 'higher',
          'no-difference': 'no-difference',
          undecided: 'undecided',
        }
        expect(back.conclusion).toBe(opposite[there.conclusion])
      }),
    ))
})

describe('pairs that are each judged by themselves', () => {
  const pair: Pair = { of: inBlocks(...scattered), to: inBlocks(...zeros(5)), better: 'higher' }
  const single: Pair = { of: inBlocks(1), to: inBlocks(0), better: 'higher' }

  it('have intervals that hold at once, and the p of theirs', () => {
    const [alone] = differences([pair], usual)
    expect(alone).toMatchObject({ family: 1, reason: { kind: 'may-be-less' } })
    const three = differences([pair, pair, pair], usual)
    expect(three[0]).toMatchObject({ family: 3, reason: { kind: 'includes-one' } })
    expect(three[0]!.pAdjusted).toBeCloseTo(3 * alone!.pAdjusted!)
    // Bonferroni: t(1 − 0.05 ÷ 6) with 4 degrees of freedom is 3.961, t(0.975) is 2.776.
    const width = ({ ratio }: (typeof three)[number]) => Math.log(ratio.high! / ratio.low!)
    expect(width(three[0]!) / width(alone!)).toBeCloseTo(3.9608 / 2.7764, 3)
  })

  it('cost nothing where they could not be tested', () => {
    const found = differences([single, pair, single], usual)
    expect(found.map(({ pAdjusted }) => pAdjusted === null)).toEqual([true, false, true])
    expect(found[1]!.family).toBe(1)
  })

  it('may be none', () => expect(differences([], usual)).toEqual([]))
})

describe('a field, all pairs of it', () => {
  const logs = [
    [0.4, 0.52, 0.31],
    [0.25, 0.3, 0.17],
    [0.02, 0.11, -0.03],
    [0, 0.35, -0.3],
  ]
  const samples = logs.map((each) => ({ values: inBlocks(...each) }))
  const among = differencesAmong({ samples, better: 'higher' }, usual)

  // Made with numpy and scipy.stats.studentized_range: variances by hand, of 4 entries in 3 blocks.
  it.each([
    { of: 0, to: 1, ratio: 1.185305, low: 0.863486, high: 1.627065, p: 0.3353527 },
    { of: 0, to: 2, ratio: 1.457418, low: 1.064021, high: 1.996266, p: 0.0233511 },
    { of: 0, to: 3, ratio: 1.481912, low: 0.92034, high: 2.386144, p: 0.1019451 },
    { of: 2, to: 3, ratio: 1.016806, low: 0.627876, high: 1.646655, p: 0.9993164 },
  ])('$of ÷ $to is $ratio ($low to $high), p $p', ({ of, to, ratio, low, high, p }) => {
    const found = among(of, to)
    expect(found.ratio.median).toBeCloseTo(ratio, 5)
    expect(found.ratio.low).toBeCloseTo(low, 4)
    expect(found.ratio.high).toBeCloseTo(high, 4)
    expect(found.pAdjusted).toBeCloseTo(p, 5)
    expect(found.family).toBe(6)
    expect(found.ratio.method).toBe('4 targets in 3 blocks on logs, moderated variances, Tukey–Kramer')
  })

  it('of two alone are the pair', () => {
    const [a, b] = [samples[0]!, samples[1]!]
    expect(differencesAmong({ samples: [a, b], better: 'higher' }, usual)(0, 1)).toEqual(
      difference({ of: a.values, to: b.values, better: 'higher' }, usual),
    )
  })

  it('costs nothing for an entry with one repetition, which is told apart from nobody', () => {
    const more = differencesAmong({ samples: [...samples, { values: inBlocks(9) }], better: 'higher' }, usual)
    expect(more(0, 2)).toMatchObject({ family: 6, conclusion: among(0, 2).conclusion })
    expect(more(4, 0)).toMatchObject({ reason: { kind: 'too-few' } })
  })

  it('knows nothing better than in the step in which a figure counts', () => {
    const alike = (value: number, quantum: number) => ({
      values: ['1', '2', '3'].map((block) => ({ value, block, quantum })),
    })
    const judged = (quantum: number) =>
      differencesAmong({ samples: [alike(200, quantum), alike(190, quantum)], better: 'higher' }, usual)(0, 1)
    expect(judged(0)).toMatchObject({ conclusion: 'higher', pAdjusted: 0 })
    expect(judged(1 / 200)).toMatchObject({ conclusion: 'higher', ratio: { low: expect.closeTo(1.0343, 4) } })
    expect(judged(1 / 20)).toMatchObject({ conclusion: 'undecided' })
  })

  it('says what would decide it', () => {
    const { outlook, ratio } = among(0, 1)
    expect(outlook!.detectable).toBeCloseTo(1.03 * (ratio.high! / ratio.median), 9)
    expect(outlook!.repetitions).toBeGreaterThan(3)
  })

  it('needs no more repetitions than its outlook says', () => {
    const noisy = (count: number, shift: number, sign: number) =>
      inBlocks(...Array.from({ length: count }, (_, index) => shift + sign * (index % 2 ? 0.1 : -0.1)))
    const judged = (count: number) =>
      difference({ of: noisy(count, 0.3, 1), to: noisy(count, 0, -1), better: 'higher' }, usual)
    const { outlook, conclusion } = judged(4)
    expect(conclusion).toBe('undecided')
    const even = 2 * Math.ceil(outlook!.repetitions! / 2)
    expect(judged(even).conclusion).toBe('higher')
    expect(judged(even - 4).conclusion).toBe('undecided')
  })
})
