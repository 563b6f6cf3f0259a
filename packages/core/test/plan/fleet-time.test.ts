import { describe, expect, it } from 'vitest'
import { assignBlocks, leftMs, repetitionsMs } from '../../src/plan/index.js'
import { anEntry, aPlan, aRepetitionRecord, aScenario, aSite } from '../builders.js'

const NODES = ['n1', 'n2', 'n3']

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
      .map((block) => ({ block, durationMs: block.scenario === 'chat' ? 100_000 : 20_000, afterFirst: true }))
    expect(left(fleet)).toBe(Math.max(...assignBlocks(blocks, NODES).map(({ toMs }) => toMs)))
    expect(left(fleet)).toBeLessThan((left(alone) as number) / 2)
  })

  it('is planned as about a share of that of one, where the blocks can be shared', () => {
    const warmUpMs = 2000
    const of = (benches: number, repetitions: number) =>
      repetitionsMs({ scenarios, entries, rules: alone.rules, benches }, repetitions, warmUpMs)
    expect(repetitionsMs({ scenarios, entries, rules: alone.rules }, 6, warmUpMs)).toBe(of(1, 6))
    expect(of(3, 6)).toBeGreaterThanOrEqual(of(1, 6) / 3)
    expect(of(3, 6)).toBeLessThan((of(1, 6) / 3) * 1.2)
  })
})
