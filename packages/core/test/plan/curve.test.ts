import { loadIdOf, type RepetitionRecord } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { curveLoads, curveRatesOf } from '../../src/index.js'
import { aLoadRecord, anEntry, aPlan, aRepetitionRecord, aScenario } from '../builders.js'

describe('the curve of an entry', () => {
  const [slow, fast] = [anEntry('predict', 'python-slow'), anEntry('predict', 'go-fast')]
  const plan = (minRepetitions: number, curveRates: number) => {
    const made = aPlan([aScenario({ offered: { connections: 32, arrivals: 'constant' } })], [slow, fast])
    return { ...made, rules: { ...made.rules, minRepetitions, curveRates } }
  }
  const measured = (repetition: number): RepetitionRecord[] => [
    aRepetitionRecord(slow, repetition, [aLoadRecord({ perSecond: 100 })]),
    aRepetitionRecord(fast, repetition, [aLoadRecord({ perSecond: 10_000 })]),
  ]
  const idsOf = (made: ReturnType<typeof plan>, block: number, entry: string, records: RepetitionRecord[]) =>
    curveLoads(made, made.blocks[block - 1]!, entry, records).map(loadIdOf)

  it('has no rates before the first block, nor in a profile without curves', () => {
    expect(curveRatesOf(plan(3, 3), 'predict', [])).toEqual([])
    expect(idsOf(plan(3, 3), 1, fast.id, measured(1))).toEqual([])
    expect(idsOf(plan(3, 0), 2, fast.id, measured(1))).toEqual([])
  })

  it('goes through all rates in the repetitions that a profile makes at least', () => {
    const made = plan(4, 6)
    const ids = [2, 3, 4].flatMap((block) => idsOf(made, block, fast.id, measured(1)))
    expect(ids).toEqual(curveRatesOf(made, 'predict', measured(1)).map((rate) => `rate-${rate}`))
    expect(ids).toHaveLength(6)
  })

  it('begins again when it has been through them', () => {
    const made = plan(3, 4)
    expect(idsOf(made, 4, fast.id, measured(1))).toEqual(idsOf(made, 2, fast.id, measured(1)))
  })

  it('does not offer a target more than it can do', () => {
    const made = plan(2, 6)
    expect(idsOf(made, 2, slow.id, measured(1))).toEqual(['rate-20', 'rate-44', 'rate-95'])
    expect(idsOf(made, 2, fast.id, measured(1))).toHaveLength(6)
  })

  it('keeps the rates of the first block, whatever later ones measure', () => {
    const made = plan(3, 4)
    const later = [...measured(1), ...measured(2).map((run) => ({ ...run, loads: [aLoadRecord({ perSecond: 5 })] }))]
    expect(curveRatesOf(made, 'predict', later)).toEqual(curveRatesOf(made, 'predict', measured(1)))
  })

  it('is offered with the connections and arrivals of the scenario', () => {
    const made = plan(2, 2)
    expect(curveLoads(made, made.blocks[1]!, fast.id, measured(1))[0]).toMatchObject({
      kind: 'rate',
      connections: 32,
      arrivals: 'constant',
    })
  })
})
