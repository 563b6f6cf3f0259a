/**
 * What the intervals of all pairs are worth, in runs that never were: seeded, so each test gives one number for ever. docs/method.md and decision
 * 16 repeat the numbers.
 */
import { describe, expect, it } from 'vitest'
import { allPairs, createRandom, halfWidth, type Observation, type Random } from '../../src/stats/index.js'

/** Logs of `entries` × `blocks`: what repetitions scatter by. */
type Noise = (random: Random, entries: number, blocks: number) => number[][]

const SD = 0.055
const each = (entries: number, blocks: number, value: (entry: number, block: number) => number) =>
  Array.from({ length: entries }, (_, entry) => Array.from({ length: blocks }, (_, block) => value(entry, block)))

/** Student's t with three degrees of freedom, of variance 1. */
const heavy = (random: Random) => {
  const chi = Array.from({ length: 3 }, () => random.normal() ** 2).reduce((a, b) => a + b)
  return random.normal() / Math.sqrt(chi / 3) / Math.sqrt(3)
}

const NOISE: Readonly<Record<string, Noise>> = {
  'normal logs': (random, entries, blocks) => each(entries, blocks, () => SD * random.normal()),
  'normal figures, 15 %': (random, entries, blocks) =>
    each(entries, blocks, () => Math.log(Math.max(0.2, 1 + 0.15 * random.normal()))),
  'heavy tails': (random, entries, blocks) => each(entries, blocks, () => SD * heavy(random)),
  'one repetition in ten a quarter slower': (random, entries, blocks) =>
    each(entries, blocks, () => 0.02 * random.normal() + (random.next() < 0.1 ? Math.log(0.75) : 0)),
  'blocks that drift': (random, entries, blocks) => {
    const drift = Array.from({ length: blocks }, (_, block) => 0.05 * block + 0.09 * random.normal())
    return each(entries, blocks, (_, block) => drift[block]! + SD * random.normal())
  },
  'noise that lasts, AR(1) of 0.95 from one repetition to the next': (random, entries, blocks) => {
    let now = random.normal()
    const logs = each(entries, blocks, () => 0)
    for (let block = 0; block < blocks; block++) {
      for (const entry of random.shuffle(Array.from({ length: entries }, (_, index) => index))) {
        now = 0.95 * now + Math.sqrt(1 - 0.95 ** 2) * random.normal()
        logs[entry]![block] = SD * now + 0.3 * SD * random.normal()
      }
    }
    return logs
  },
  'unequal noise, 2 to 15 %': (random, entries, blocks) => {
    const own = Array.from({ length: entries }, () => SD * Math.exp(0.6 * random.normal()))
    return each(entries, blocks, (entry) => own[entry]! * random.normal())
  },
}
const oneWild: Noise = (random, entries, blocks) =>
  each(entries, blocks, (entry) => (entry === 0 ? 5 : 1) * SD * random.normal())

interface Options {
  readonly entries: number
  readonly blocks: number
  readonly runs: number
  readonly noise: Noise
  /** true log of the first over the others */
  readonly lead?: number
  /** share of cells that are missing */
  readonly gaps?: number
}

interface Found {
  readonly pair: readonly [number, number]
  readonly log: number
  readonly half: number
  readonly truth: number
}

/** The intervals of every run, all pairs of each. */
function simulated({ entries, blocks, runs, noise, lead = 0, gaps = 0 }: Options): Found[][] {
  const random = createRandom(20_261_129)
  return Array.from({ length: runs }, () => {
    const logs = noise(random, entries, blocks)
    const observed = logs.map((row, entry): Observation[] =>
      row.flatMap((log, block) =>
        random.next() < gaps ? [] : [{ value: Math.exp(log + (entry === 0 ? lead : 0)), block: `${block}` }],
      ),
    )
    const among = allPairs(observed)
    return observed.flatMap((_, a) =>
      observed.slice(a + 1).flatMap((_, index) => {
        const b = a + 1 + index
        const found = among(a, b)
        if (found === null) return []
        return [{ pair: [a, b] as const, log: found.log, half: halfWidth(found, 0.95), truth: a === 0 ? lead : 0 }]
      }),
    )
  })
}

const share = <T>(items: readonly T[], holds: (item: T) => boolean) => items.filter(holds).length / items.length
/** Told apart: the whole interval beyond 3 %. */
const isApart = ({ log, half }: Found) => Math.abs(log) - half > Math.log(1.03)
const holdsTruth = ({ log, half, truth }: Found) => Math.abs(log - truth) <= half

describe('of targets that do not differ', () => {
  it.each(
    Object.keys(NOISE).flatMap((kind) => [
      { kind, entries: 5, blocks: 3 },
      { kind, entries: 13, blocks: 5 },
    ]),
  )('at most one run in 20 tells any two apart: $kind, $entries in $blocks blocks', ({ kind, entries, blocks }) => {
    const runs = simulated({ entries, blocks, runs: 400, noise: NOISE[kind]! })
    expect(share(runs, (pairs) => pairs.some(isApart))).toBeLessThanOrEqual(0.05)
  })

  it('one that scatters five times as much as all others is too much for three blocks, and not for five', () => {
    const wrong = (blocks: number) =>
      share(simulated({ entries: 5, blocks, runs: 600, noise: oneWild }), (pairs) => pairs.some(isApart))
    expect(wrong(3)).toBeLessThanOrEqual(0.08)
    expect(wrong(5)).toBeLessThanOrEqual(0.05)
  })
})

describe('the intervals of all pairs hold the truth at once', () => {
  it.each([
    { entries: 2, blocks: 5, runs: 2000, gaps: 0 },
    { entries: 3, blocks: 5, runs: 2000, gaps: 0 },
    { entries: 5, blocks: 5, runs: 1000, gaps: 0 },
    { entries: 5, blocks: 6, runs: 1000, gaps: 0.15 },
    { entries: 8, blocks: 5, runs: 600, gaps: 0 },
    { entries: 13, blocks: 10, runs: 400, gaps: 0 },
  ])('in 93 to 97 % of runs: $entries in $blocks blocks, $gaps missing', ({ entries, blocks, runs, gaps }) => {
    const found = simulated({ entries, blocks, runs, gaps, noise: NOISE['normal logs']!, lead: 0.4 })
    const covered = share(found, (pairs) => pairs.every(holdsTruth))
    expect(covered).toBeGreaterThanOrEqual(0.93)
    expect(covered).toBeLessThanOrEqual(0.97)
  })
})

describe('with five repetitions that scatter by 5.5 %, the best of 13 is told apart', () => {
  it.each([
    { ratio: 1.5, least: 0.99 },
    { ratio: 1.2, least: 0.5 },
  ])('from one $ratio times as slow in $least of cases', ({ ratio, least }) => {
    const runs = simulated({ entries: 13, blocks: 5, runs: 300, noise: NOISE['normal logs']!, lead: Math.log(ratio) })
    const withBest = runs.flat().filter(({ pair: [a] }) => a === 0)
    expect(share(withBest, isApart)).toBeGreaterThanOrEqual(least)
  })

  it('and with three from one half as fast, always', () => {
    const runs = simulated({ entries: 13, blocks: 3, runs: 200, noise: NOISE['normal logs']!, lead: Math.log(2) })
    expect(
      share(
        runs.flat().filter(({ pair: [a] }) => a === 0),
        isApart,
      ),
    ).toBeGreaterThanOrEqual(0.99)
  })
})
