import { describe, expect, it } from 'vitest'
import { analyse, askGate, parseGateRules } from '../../src/index.js'
import { aLoadRecord, anEntry, aPlan, aRepetitionRecord, aScenario, nothingElse, type Observed } from '../builders.js'

const entries = [anEntry('predict', 'go'), anEntry('predict', 'rust')]
const partners = entries.map((entry) => ({
  ...entry,
  id: `${entry.id}.against`,
  variant: `${entry.variant}.against`,
  ofRef: { of: entry.id, isSame: entry.target === 'rust', services: null },
}))
const plan = aPlan([aScenario()], [...entries, ...partners], {
  against: {
    ref: 'main',
    commit: '0123456789abcdef',
    leftOut: [{ entry: 'predict/new/default', why: 'main has no target new' }],
  },
})
const [go, rust, goThen, rustThen] = plan.entries.map(({ id }) => id) as [string, string, string, string]

/** Five blocks, each faster or slower as a whole, in which each entry was as fast as told. */
function results(speeds: Readonly<Record<string, number | Observed>>) {
  const blocks = [1, 0.7, 1.3, 0.9, 1.1]
  const records = plan.entries.flatMap((entry) =>
    blocks.flatMap((factor, index) => {
      const told = speeds[entry.id] ?? 1000
      if (told === 0) return [aRepetitionRecord(entry, index + 1, [])]
      const observed = typeof told === 'number' ? { perSecond: told } : told
      const perSecond = (observed.perSecond ?? 1000) * factor * (1 + 0.002 * ((index * 7 + entry.id.length) % 3))
      return [aRepetitionRecord(entry, index + 1, [aLoadRecord({ cpuMs: 0.5, ...observed, perSecond })])]
    }),
  )
  return analyse({ ...nothingElse, plan, records })
}

const throughputOf = (of: ReturnType<typeof results>, entry: string) =>
  of.against?.figures.find((figure) => figure.entry === entry && figure.metric === 'throughput')

describe('an entry beside the same entry of another commit', () => {
  it('is compared within blocks, so that what moves whole blocks does not hide a change', () => {
    const found = results({ [go]: 800 })
    expect(throughputOf(found, go)).toMatchObject({ conclusion: 'lower', missing: null, isSame: false })
    expect(throughputOf(found, go)?.ratio?.median).toBeCloseTo(0.8, 2)
    expect(throughputOf(found, rust)).toMatchObject({ conclusion: 'no-difference', isSame: true })
  })

  it('is judged together with all others: the interval widens with the number of figures', () => {
    const { figures = [] } = results({}).against ?? {}
    const judged = figures.filter(({ ratio }) => ratio !== null)
    expect(judged.length).toBeGreaterThan(2)
    expect(judged.some(({ conclusion }) => conclusion === 'higher' || conclusion === 'lower')).toBe(false)
  })

  it('is said in one sentence, and where nothing changed too', () => {
    const says = results({ [go]: 800 }).against?.says ?? ''
    expect(says).toMatch(
      /^Against main \(01234567\): 1 of \d+ figures differ, most of all throughput of predict\/go\/default\/closed-64: −20 %/,
    )
    expect(says).toContain('Of predict/rust/default nothing changed')
    expect(results({}).against?.says).toContain('none of')
  })

  it('is in no table, comparison, group or decision', () => {
    const { against, legend, ...shown } = results({ [go]: 800 })
    expect(JSON.stringify(shown)).not.toContain('.against')
  })

  it.each([
    { because: 'it is slower', speeds: { [go]: 800 }, rules: 'regression=5%', broken: ['regression'], unjudged: 1 },
    {
      because: 'it is slower by less than is allowed',
      speeds: { [go]: 800 },
      rules: 'regression=25%',
      broken: [],
      unjudged: 1,
    },
    { because: 'it is faster', speeds: { [go]: 1200 }, rules: 'regression=5%', broken: [], unjudged: 1 },
    { because: 'nothing changed', speeds: {}, rules: 'regression=5%,cpu=5%', broken: [], unjudged: 1 },
    { because: 'it costs more', speeds: { [go]: { cpuMs: 0.7 } }, rules: 'cpu=5%', broken: ['cpu'], unjudged: 1 },
    { because: 'it is lost here', speeds: { [go]: 0 }, rules: 'regression=5%', broken: ['regression'], unjudged: 1 },
    { because: 'it is lost there', speeds: { [goThen]: 0 }, rules: 'regression=5%', broken: [], unjudged: 2 },
    { because: 'both are lost', speeds: { [rust]: 0, [rustThen]: 0 }, rules: 'regression=5%', broken: [], unjudged: 2 },
    { because: 'no rule is about changes', speeds: { [go]: 800 }, rules: 'errors=1%', broken: [], unjudged: 0 },
  ])('passes the gate, or not, when $because', ({ speeds, rules, broken, unjudged }) => {
    const report = askGate(results(speeds), null, parseGateRules(rules))
    expect(report.broken.map(({ rule }) => rule)).toEqual(broken)
    expect(report.unjudged).toHaveLength(unjudged)
  })
})
