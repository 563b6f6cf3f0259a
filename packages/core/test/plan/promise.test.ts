import { describe, expect, it } from 'vitest'
import { brokenPromise, repetitionsMs, tooShortBudget } from '../../src/plan/index.js'
import { anEntry, aPlan, aRepetitionRecord, aScenario } from '../builders.js'

const [go, rust] = [anEntry('predict', 'go'), anEntry('embed', 'rust')]
const scenarios = [aScenario(), aScenario({ id: 'embed' })]
const { rules } = aPlan(scenarios, [go, rust])
const drafted = (changes: Partial<typeof rules>) => ({
  scenarios,
  entries: [go, rust],
  rules: { ...rules, ...changes },
})
const takesMs = (repetitions: number) => repetitionsMs(drafted({}), repetitions, rules.warmUp.minMs)

describe('a budget that is too short for the fewest repetitions', () => {
  const told = (changes: Partial<typeof rules>, others: Parameters<typeof tooShortBudget>[1]['others'] = () => []) =>
    tooShortBudget(drafted(changes), { profile: 'default', others })

  it.each([
    { because: 'it is long enough', changes: { minRepetitions: 5, budgetMs: takesMs(5) } },
    { because: 'one repetition is always run', changes: { minRepetitions: 1, budgetMs: 1 } },
  ])('is not told when $because', ({ changes }) => expect(told(changes)).toEqual([]))

  it('is told before anything is measured, with what it buys', () => {
    expect(told({ minRepetitions: 5, budgetMs: takesMs(3) + 1 })).toEqual([
      {
        what: 'The budget is too short for 5 repetitions',
        where: 'profile default',
        why: expect.stringMatching(/^5 repetitions of 2 entries take .* it ends after about 3, .*partial/),
        todo: expect.stringContaining(`--budget ${Math.ceil(takesMs(5) / 60_000)}m`),
      },
    ])
    expect(told({ minRepetitions: 5, budgetMs: 1 })[0]?.why).toContain('it ends after the first')
  })

  it('is told with the scenarios that fit into it, and not with all of them', () => {
    const half = repetitionsMs({ rules, scenarios: scenarios.slice(0, 1), entries: [go] }, 5, rules.warmUp.minMs)
    expect(told({ minRepetitions: 5, budgetMs: half })[0]?.todo).toContain('--scenario predict takes')
    expect(told({ minRepetitions: 5, budgetMs: half - 1 })[0]?.todo).not.toContain('--scenario')
  })

  it('is told with the profiles that keep what they promise, and with no others', () => {
    const others = () => [
      { profile: 'brief', drafted: drafted({ minRepetitions: 3, budgetMs: takesMs(3) }) },
      { profile: 'longer', drafted: drafted({ minRepetitions: 9, budgetMs: takesMs(3) }) },
    ]
    const todo = told({ minRepetitions: 5, budgetMs: takesMs(3) }, others)[0]?.todo
    expect(todo).toContain('or take --profile brief (3 repetitions in')
    expect(todo).not.toContain('longer')
  })

  it('is long enough when it is as long as the warning says', () => {
    const budget = /--budget (\d+)m/.exec(told({ minRepetitions: 5, budgetMs: 1 })[0]?.todo ?? '')
    expect(told({ minRepetitions: 5, budgetMs: Number(budget?.[1]) * 60_000 })).toEqual([])
  })
})

describe('a run that came to its end', () => {
  const plan = aPlan([aScenario()], [anEntry('predict', 'go'), anEntry('predict', 'c')], {
    rules: { ...rules, minRepetitions: 3, budgetMs: 60_000 },
  })
  const [first, second] = plan.entries as [typeof go, typeof go]
  const all = (repetitions: number) =>
    Array.from({ length: repetitions }, (_, index) =>
      [first, second].map((entry) => aRepetitionRecord(entry, index + 1, [])),
    ).flat()

  it.each([
    { because: 'as many repetitions as promised', records: all(3), says: null },
    { because: 'more', records: all(5), says: null },
    {
      because: 'too few',
      records: all(2),
      says: 'the budget of 1 min ended it after 2 of at least 3 repetitions',
    },
    {
      because: 'too few of one that failed under load, which is tried in each block',
      records: [
        ...all(2),
        aRepetitionRecord(first, 3, []),
        aRepetitionRecord(second, 3, [], { outcome: { kind: 'aborted', reason: 'r' } }),
      ],
      says: 'the budget of 1 min ended it after 2 of at least 3 repetitions',
    },
    {
      because: 'none of one that does not build',
      records: [
        ...[1, 2, 3].map((repetition) => aRepetitionRecord(first, repetition, [])),
        aRepetitionRecord(second, 1, [], {
          outcome: {
            kind: 'failed',
            stage: 'build',
            error: { code: 'BUILD_FAILED', message: 'm', hint: null, logTail: [] },
          },
        }),
      ],
      says: null,
    },
  ])('has $because: $says', ({ records, says }) => expect(brokenPromise(plan, records)).toBe(says))
})
