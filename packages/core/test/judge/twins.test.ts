import type { Plan, PlannedEntry } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { analyse } from '../../src/index.js'
import { twinsOf } from '../../src/plan/index.js'
import { aLoadRecord, anEntry, aPlan, aRepetitionRecord, aScenario, nothingElse, type Observed } from '../builders.js'

const scenario = aScenario()
const entries = [anEntry('predict', 'go'), anEntry('predict', 'rust')]
const [twin] = twinsOf(entries, { maxRepetitions: 3 }, 7) as [PlannedEntry]
const plan = aPlan([scenario], [...entries, twin])
const original = entries.find(({ id }) => id === twin.twinOf) as PlannedEntry

/** Three repetitions of all, of which the twin gave so many right answers a second as told. */
function results(perSecond: readonly number[], more: Observed = {}) {
  const of = (entry: PlannedEntry, ok: (repetition: number) => Observed) =>
    [1, 2, 3].map((repetition) => aRepetitionRecord(entry, repetition, [aLoadRecord(ok(repetition))]))
  return analyse({
    ...nothingElse,
    plan: plan as Plan,
    records: [
      ...entries.flatMap((entry) => of(entry, (repetition) => ({ perSecond: 1000 + repetition }))),
      ...of(twin, (repetition) => ({ perSecond: perSecond[repetition - 1] as number, ...more })),
    ],
  })
}

describe('an entry beside itself', () => {
  it('is judged by every compared figure, under every load', () => {
    const { twins } = results([1000, 1003, 1002])
    expect(twins?.map(({ metric }) => metric)).toEqual(expect.arrayContaining(['throughput', 'cpuMsPerRequest']))
    for (const each of twins ?? []) expect(each).toMatchObject({ scenario: 'predict', entry: original.id })
  })

  it.each([
    { because: 'equals look equal', perSecond: [1000, 1003, 1002], apart: 'no-difference', says: 'no figure differed' },
    {
      because: 'equals look different',
      perSecond: [801, 801.6, 802.4],
      apart: 'lower',
      says: 'differed all the same, by up to 25 %',
    },
  ])('says so in the decision when $because', ({ perSecond, apart, says }) => {
    const { twins, decision } = results(perSecond)
    expect(twins?.find(({ metric }) => metric === 'throughput')).toMatchObject({ conclusion: apart })
    expect(decision?.trust.join(' ')).toContain('ne entry was measured twice under two names')
    expect(decision?.trust.join(' ')).toContain(says)
  })

  it('is in no table, comparison, group or decision', () => {
    const { twins, legend, ...shown } = results([1000, 1003, 1002])
    expect(JSON.stringify(shown)).not.toContain('.again')
    expect(shown.cells.every(({ entry }) => entry !== twin.id)).toBe(true)
  })
})
