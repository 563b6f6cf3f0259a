import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assignBlocks, leftMs, makespanMs, repetitionsMs, type TimedBlock } from '../../src/plan/index.js'
import { anEntry, aPlan, aRepetitionRecord, aScenario, aSite } from '../builders.js'

const block = (scenario: string, repetition: number, ms: number): TimedBlock => ({
  id: `${scenario}#${repetition}`,
  scenario,
  ms,
})
const NODES = ['n1', 'n2', 'n3']

const someBlocks = fc
  .array(fc.record({ scenario: fc.constantFrom('a', 'b', 'c'), ms: fc.integer({ min: 1, max: 1000 }) }), {
    maxLength: 30,
  })
  .map((all) => all.map(({ scenario, ms }, index) => block(scenario, index, ms)))
const someBenches = fc.integer({ min: 1, max: 9 }).map((count) => Array.from({ length: count }, (_, n) => `n${n}`))

describe('which bench runs which blocks', () => {
  it('hands out the longest first, to the bench that is done first', () => {
    const blocks = [block('a', 1, 10), block('b', 1, 40), block('c', 1, 30), block('d', 1, 25)]
    expect(
      assignBlocks(blocks, ['n1', 'n2']).map(({ bench, blocks: own, ms }) => [bench, own.map(({ id }) => id), ms]),
    ).toEqual([
      ['n1', ['b#1', 'a#1'], 50],
      ['n2', ['c#1', 'd#1'], 55],
    ])
  })

  it('keeps the repetitions of a scenario on different benches, as long as there are enough', () => {
    const blocks = [1, 2, 3].flatMap((repetition) => [block('long', repetition, 100), block('short', repetition, 1)])
    for (const { blocks: own } of assignBlocks(blocks, NODES))
      expect(own.map(({ scenario }) => scenario)).toEqual(['long', 'short'])
  })

  it('runs each block once, and repetitions spread as evenly as they can', () => {
    fc.assert(
      fc.property(someBlocks, someBenches, (blocks, benches) => {
        const handed = assignBlocks(blocks, benches)
        expect(handed.map(({ bench }) => bench)).toEqual(benches)
        expect(handed.flatMap(({ blocks: own }) => own.map(({ id }) => id)).sort()).toEqual(
          blocks.map(({ id }) => id).sort(),
        )
        for (const scenario of ['a', 'b', 'c']) {
          const counts = handed.map(({ blocks: own }) => own.filter((each) => each.scenario === scenario).length)
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
        }
      }),
    )
  })

  it('is done no earlier than the longest block or the share of each bench, and no later than one bench alone', () => {
    fc.assert(
      fc.property(someBlocks, someBenches, (blocks, benches) => {
        const all = blocks.reduce((sum, { ms }) => sum + ms, 0)
        const span = makespanMs(blocks, benches)
        expect(span).toBeGreaterThanOrEqual(Math.max(all / benches.length, ...blocks.map(({ ms }) => ms)) - 1e-6)
        expect(span).toBeLessThanOrEqual(all)
      }),
    )
  })

  it('has nothing to say without a bench', () => expect(() => assignBlocks([block('a', 1, 1)], [])).toThrow(RangeError))
})

describe('the time that a fleet takes', () => {
  const scenarios = ['predict', 'chat', 'embed'].map((id) => aScenario({ id }))
  const entries = scenarios.flatMap(({ id }) => ['go', 'rust'].map((name) => anEntry(id, name)))
  const alone = aPlan(scenarios, entries)
  const benches = NODES.map((id) => ({ id, target: id, services: id, agents: [id] }))
  const fleet = { ...alone, site: aSite({ network: 'bridge', benches }) }
  /** Every entry of the first round, of which those of chat took five times as long. */
  const round = entries.map((entry) => {
    const seconds = entry.scenario === 'chat' ? 50 : 10
    return aRepetitionRecord(entry, 1, [], {
      startedAt: '2026-01-01T00:00:00.000Z',
      endedAt: `2026-01-01T00:00:${seconds}.000Z`,
    })
  })

  it('is foreseen as that of the bench that is done last, by what blocks took', () => {
    const { minRepetitions } = alone.rules
    const left = (plan: typeof alone) => leftMs(plan, round, 0)
    expect(left(alone)).toBe((minRepetitions - 1) * (2 * 50_000 + 4 * 10_000))
    const blocks = alone.blocks
      .filter(({ repetition }) => repetition > 1 && repetition <= minRepetitions)
      .map(({ id, scenario }) => ({ id, scenario, ms: scenario === 'chat' ? 100_000 : 20_000 }))
    expect(left(fleet)).toBe(Math.max(...assignBlocks(blocks, NODES).map(({ ms }) => ms)))
    expect(left(fleet)).toBeLessThan((left(alone) as number) / 2)
  })

  it('is planned as about a share of that of one, where the blocks can be shared', () => {
    const warmUpMs = 2000
    const of = (ids: readonly string[], repetitions: number) =>
      repetitionsMs({ scenarios, entries, rules: alone.rules, benches: ids }, repetitions, warmUpMs)
    const one = of(['n1'], 6)
    expect(of([], 6)).toBe(one)
    expect(of(NODES, 6)).toBeGreaterThanOrEqual(one / 3)
    expect(of(NODES, 6)).toBeLessThan((one / 3) * 1.2)
    expect(of(NODES, 1)).toBeGreaterThan(of(NODES, 6) / 6 - 1)
  })
})
