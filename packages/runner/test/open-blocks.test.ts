import type { IsOpen } from '@bakeoff/core'
import type { Plan } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { type Before, runPlan } from '../src/index.js'
import { anEntry, aPlan, aRun, aScenario, fakePorts, materials } from './builders.js'

const none: Before = { records: [], calibrations: [] }
const SCENARIOS = ['predict', 'chat']

/** Two scenarios of two targets, with two repetitions promised and six at most. */
function plan(): Plan {
  const entries = SCENARIOS.flatMap((scenario) =>
    ['a', 'b'].map((target) => anEntry(target, { id: `${scenario}/${target}/default`, scenario })),
  )
  const made = aPlan(entries, { repetitions: 6 })
  return {
    ...made,
    scenarios: SCENARIOS.map((id) => aScenario({ id })),
    blocks: [1, 2, 3, 4, 5, 6].flatMap((repetition) =>
      SCENARIOS.map((scenario) => ({
        id: `${scenario}#${repetition}`,
        scenario,
        repetition,
        order: entries.filter((entry) => entry.scenario === scenario).map(({ id }) => id),
      })),
    ),
    rules: { ...made.rules, minRepetitions: 2 },
  }
}

/** Runs the plan; the blocks that were measured, in their order, each with how many of its entries. */
async function blocksOf(isOpen: IsOpen, { before = none, changes = {} }: { before?: Before; changes?: object } = {}) {
  const made = plan()
  const ports = fakePorts()
  const corpora = new Map(SCENARIOS.map((id) => [id, materials.corpora.get('predict')!]))
  const run = aRun({ ...made, rules: { ...made.rules, ...changes } }, ports, {
    isOpen,
    materials: { ...materials, corpora },
  })
  const ended = await runPlan(run, before)
  const blocks = ended.records.map(({ block }) => block)
  return {
    ...ended,
    blocks: [...new Set(blocks)].map((id) => `${id} ${blocks.filter((each) => each === id).length}`),
  }
}

const promised = ['predict#1 2', 'chat#1 2', 'predict#2 2', 'chat#2 2']

describe('blocks above the fewest repetitions', () => {
  it('go to the scenario that is open, whole, and not to the one that is settled', async () => {
    const { blocks, status } = await blocksOf((scenario) => scenario === 'chat')
    expect(blocks).toEqual([...promised, 'chat#3 2', 'chat#4 2', 'chat#5 2', 'chat#6 2'])
    expect(status).toBe('complete')
  })

  it('end when what was open is decided, by all that is measured until then', async () => {
    const { blocks, status } = await blocksOf(
      (scenario, { records, calibrations }) =>
        scenario === 'chat' &&
        calibrations.length > 0 &&
        records.filter(({ entry }) => entry.startsWith('chat/')).length < 8,
    )
    expect(blocks).toEqual([...promised, 'chat#3 2', 'chat#4 2'])
    expect(status).toBe('complete')
  })

  it('are none where nothing is open, and nobody is asked before', async () => {
    const asked: number[] = []
    const { blocks } = await blocksOf((_, { records }) => {
      asked.push(records.length)
      return false
    })
    expect(blocks).toEqual(promised)
    expect(new Set(asked)).toEqual(new Set([8]))
  })

  it('are none when the budget is spent, though all is open', async () => {
    const { blocks, status } = await blocksOf(() => true, { changes: { budgetMs: 1 } })
    expect(blocks).toEqual(promised.slice(0, 2))
    expect(status).toBe('partial')
  })

  it('are finished when a run goes on, though nothing is open any more', async () => {
    const first = await blocksOf((scenario) => scenario === 'chat')
    const [cut] = first.records.filter(({ block }) => block === 'chat#3')
    const records = first.records.filter(({ block }) => Number(block.split('#')[1]) < 3)
    const { blocks } = await blocksOf(() => false, { before: { ...none, records: [...records, cut!] } })
    expect(blocks).toEqual([...promised, 'chat#3 2'])
  })
})
