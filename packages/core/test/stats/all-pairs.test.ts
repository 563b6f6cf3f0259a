/**
 * What the intervals of all pairs are worth, in runs that never were: seeded, so each test gives one number for ever. The cases and their numbers are
 * the tables of docs/method.md.
 */
import { describe, expect, it } from 'vitest'
import { allPairs, createRandom, halfWidth, type Observation, type Random } from '../../src/stats/index.js'
import { shareText, tableOf } from '../method-tables.js'

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
  'normal on logs': (random, entries, blocks) => each(entries, blocks, () => SD * random.normal()),
  'normal figures, 15 %': (random, entries, blocks) =>
    each(entries, blocks, () => Math.log(Math.max(0.2, 1 + 0.15 * random.normal()))),
  'heavy tails (t with 3 degrees of freedom)': (random, entries, blocks) =>
    each(entries, blocks, () => SD * heavy(random)),
  'one repetition in ten a quarter slower': (random, entries, blocks) =>
    each(entries, blocks, () => 0.02 * random.normal() + (random.next() < 0.1 ? Math.log(0.75) : 0)),
  'blocks that drift by 9 % and more': (random, entries, blocks) => {
    const drift = Array.from({ length: blocks }, (_, block) => 0.05 * block + 0.09 * random.normal())
    return each(entries, blocks, (_, block) => drift[block]! + SD * random.normal())
  },
  'noise that lasts: AR(1) of 0.95 from one repetition to the next': (random, entries, blocks) => {
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

/** `13 targets, 5 blocks, 1.2 × as slow` as options. */
function setting(text: string): { entries: number; blocks: number; gaps: number; lead: number } {
  const of = (pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? 0)
  return {
    entries: of(/(\d+) targets/),
    blocks: of(/(\d+) blocks/),
    gaps: of(/(\d+) % of the cells missing/) / 100,
    lead: Math.log(of(/([\d.]+) × as slow/) || 1),
  }
}
const normal = NOISE['normal on logs']!
const anyApart = (runs: readonly Found[][]) => share(runs, (pairs) => pairs.some(isApart))

describe('of targets that do not differ, few runs tell any two apart, as many as docs/method.md says', () => {
  const rows = tableOf('Targets that do not differ')

  it('in each kind of noise', () => expect(rows.map(([kind]) => kind)).toEqual(Object.keys(NOISE)))

  it.each(
    rows.flatMap(([kind = '', few, many]) => [
      { kind, entries: 5, blocks: 3, says: few },
      { kind, entries: 13, blocks: 5, says: many },
    ]),
  )('$says: $kind, $entries in $blocks blocks', ({ kind, entries, blocks, says }) => {
    const found = anyApart(simulated({ entries, blocks, runs: 400, noise: NOISE[kind]! }))
    expect(shareText(found)).toBe(says)
    expect(found).toBeLessThanOrEqual(0.05)
  })

  it.each(tableOf('The same, where one target').map(([where = '', says]) => ({ where, says })))(
    '$says where one scatters five times as much: $where',
    ({ where, says }) => {
      const { entries, blocks } = setting(where)
      const found = anyApart(simulated({ entries, blocks, runs: 600, noise: oneWild }))
      expect(shareText(found)).toBe(says)
      expect(found).toBeLessThanOrEqual(blocks < 5 ? 0.08 : 0.05)
    },
  )
})

describe('the intervals of all pairs hold the truth at once, in 93 to 97 % of runs', () => {
  it.each(tableOf('Coverage').map(([where = '', says]) => ({ where, says })))('$says: $where', ({ where, says }) => {
    const { entries, blocks, gaps } = setting(where)
    const runs = entries <= 3 ? 2000 : entries <= 5 ? 1000 : entries <= 8 ? 600 : 400
    const found = simulated({ entries, blocks, runs, gaps, noise: normal, lead: 0.4 })
    const covered = share(found, (pairs) => pairs.every(holdsTruth))
    expect(shareText(covered)).toBe(says)
    expect(covered).toBeGreaterThanOrEqual(0.93)
    expect(covered).toBeLessThanOrEqual(0.97)
  })
})

describe('with repetitions that scatter by 5.5 %, the best is told apart', () => {
  const LEAST: Readonly<Record<string, number>> = { '1.2': 0.5, '1.5': 0.99, '2': 0.99 }

  it.each(tableOf('Power').map(([where = '', says]) => ({ where, says })))(
    'in $says of cases: $where',
    ({ where, says }) => {
      const { entries, blocks, lead } = setting(where)
      const runs = simulated({ entries, blocks, runs: blocks < 5 ? 200 : 300, noise: normal, lead })
      const found = share(
        runs.flat().filter(({ pair: [a] }) => a === 0),
        isApart,
      )
      expect(shareText(found)).toBe(says)
      expect(found).toBeGreaterThanOrEqual(LEAST[/([\d.]+) ×/.exec(where)![1]!]!)
    },
  )
})
