/** Which bench measures what, and when: blocks stay whole, repetitions of a scenario go to different benches, the longest come first. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Block, loadIdOf, type Plan, type RepetitionRecord, type Results } from '@bakeoff/model'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  assignBlocks,
  blockMs,
  estimateMs,
  isAfterFirst,
  nextWave,
  oddBenches,
  type Placed,
  pickBlock,
  ratesInTurn,
  type Waiting,
} from '../../src/plan/index.js'
import { anEntry, aPlan, aRepetitionRecord, aScenario } from '../builders.js'

const block = (scenario: string, repetition: number): Block => ({
  id: `${scenario}#${repetition}`,
  scenario,
  repetition,
  order: [`${scenario}/go/default`],
})
const waiting = (scenario: string, repetition: number, durationMs = 1000): Waiting => ({
  block: block(scenario, repetition),
  durationMs,
  afterFirst: repetition > 1,
})
const idsOf = (blocks: readonly Block[]) => blocks.map(({ id }) => id)

describe('a free bench', () => {
  const pick = (
    left: readonly Waiting[],
    begun: Readonly<Record<string, readonly Block[]>>,
    running: readonly string[] = [],
  ) =>
    pickBlock('a', {
      waiting: left,
      begun: new Map(Object.entries(begun)),
      unfinished: new Set([...left.map((each) => each.block.id), ...running]),
    })?.id ?? null

  it.each([
    {
      because: 'the longest of what may begin',
      left: [waiting('predict', 1, 10), waiting('chat', 1, 30), waiting('embed', 1, 20)],
      begun: { a: [], b: [] },
      takes: 'chat#1',
    },
    {
      because: 'no later repetition before the first, from which it takes its rates',
      left: [waiting('predict', 2, 99), waiting('chat', 1, 30)],
      begun: { a: [], b: [block('predict', 1)] },
      running: ['predict#1'],
      takes: 'chat#1',
    },
    {
      because: 'a later repetition once the first is done',
      left: [waiting('predict', 2, 99), waiting('chat', 1, 30)],
      begun: { a: [], b: [block('predict', 1)] },
      takes: 'predict#2',
    },
    {
      because: 'a later repetition at once where nothing is taken from the first',
      left: [{ ...waiting('predict', 2, 99), afterFirst: false }, waiting('chat', 1, 30)],
      begun: { a: [], b: [block('predict', 1)] },
      running: ['predict#1'],
      takes: 'predict#2',
    },
    {
      because: 'no scenario again while another bench has not had it',
      left: [waiting('predict', 2, 99)],
      begun: { a: [block('predict', 1)], b: [] },
      takes: null,
    },
    {
      because: 'what it began before, whatever is longer',
      left: [waiting('chat', 1, 99), { ...waiting('predict', 3, 1), owner: 'a' }],
      begun: { a: [block('predict', 3)], b: [block('predict', 1)] },
      takes: 'predict#3',
    },
    {
      because: 'what it began before only when the first repetition is done, which gives the rates',
      left: [waiting('chat', 1, 9), { ...waiting('predict', 3, 99), owner: 'a' }],
      begun: { a: [block('predict', 3)], b: [block('predict', 1)] },
      running: ['predict#1'],
      takes: 'chat#1',
    },
    {
      because: 'nothing that another bench began before',
      left: [{ ...waiting('predict', 1), owner: 'b' }],
      begun: { a: [], b: [block('predict', 1)] },
      takes: null,
    },
    {
      because: 'a scenario again when every bench has had it',
      left: [waiting('predict', 3, 99)],
      begun: { a: [block('predict', 1)], b: [block('predict', 2)] },
      takes: 'predict#3',
    },
    {
      because: 'a scenario again when the other bench has left the run',
      left: [waiting('predict', 2, 99)],
      begun: { a: [block('predict', 1)] },
      takes: 'predict#2',
    },
  ])('takes $takes: $because', ({ left, begun, running, takes }) => expect(pick(left, begun, running)).toBe(takes))
})

describe('blocks on benches', () => {
  const arbitrary = fc.record({
    benches: fc.integer({ min: 1, max: 9 }),
    scenarios: fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 6 }),
    repetitions: fc.integer({ min: 1, max: 10 }),
  })
  const placedOf = ({
    benches,
    scenarios,
    repetitions,
  }: {
    benches: number
    scenarios: number[]
    repetitions: number
  }) => {
    const blocks = scenarios.flatMap((durationMs, index) =>
      Array.from({ length: repetitions }, (_, at) => waiting(`s${index}`, at + 1, durationMs)),
    )
    const names = Array.from({ length: benches }, (_, index) => `node-${index + 1}`)
    return { blocks, names, placed: assignBlocks(blocks, names) }
  }

  it('are each measured once, one at a time on a bench, and evenly', () =>
    fc.assert(
      fc.property(arbitrary, (given) => {
        const { blocks, names, placed } = placedOf(given)
        expect(idsOf(placed.map((each) => each.block)).sort()).toEqual(idsOf(blocks.map((each) => each.block)).sort())
        for (const bench of names) {
          const own = placed.filter((each) => each.bench === bench).sort((a, b) => a.fromMs - b.fromMs)
          for (const [index, { fromMs }] of own.entries())
            if (index > 0) expect(fromMs).toBeGreaterThanOrEqual(own[index - 1]!.toMs)
        }
        for (const scenario of new Set(blocks.map((each) => each.block.scenario))) {
          const counts = names.map(
            (bench) => placed.filter((each) => each.bench === bench && each.block.scenario === scenario).length,
          )
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
        }
      }),
    ))

  it('begin with the first repetition of their scenario', () =>
    fc.assert(
      fc.property(arbitrary, (given) => {
        const { placed } = placedOf(given)
        for (const each of placed) {
          const first = placed.find(
            (other) => other.block.scenario === each.block.scenario && other.block.repetition === 1,
          )!
          if (each !== first) expect(each.fromMs).toBeGreaterThanOrEqual(first.toMs)
        }
      }),
    ))
})

describe('the default plan on nine machines', () => {
  const read = <T>(name: string): T =>
    JSON.parse(readFileSync(join(import.meta.dirname, '../../../../reports/example', name), 'utf8'))
  const plan = read<Plan>('plan.json')
  const durations = recordedMs(plan, read<Results>('results.json'))
  const end = (placed: readonly Placed[]) => Math.max(...placed.map(({ toMs }) => toMs))
  const nodes = Array.from({ length: 9 }, (_, index) => `node-${index + 1}`)
  const alone = end(assignBlocks(durations, ['node-1']))
  const together = end(assignBlocks(durations, nodes))

  // Less than nine times: first repetitions come first, and whole blocks of four to ten minutes do not all end at once.
  it('takes about a ninth of the time, by what the example took', () => {
    expect(alone / together).toBeGreaterThan(7.5)
    expect(alone / together).toBeLessThanOrEqual(9)
  })

  it('takes a seventh with three times as many repetitions, since benches wait at the end of each wave', () => {
    const times = toTheLast(plan, durations, nodes, 15)
    expect(times.alone / times.together).toBeGreaterThan(6.7)
    expect(times.alone / times.together).toBeLessThanOrEqual(9)
  })

  it('is estimated so', () => {
    const { scenarios, entries, rules } = plan
    const [one, nine] = [
      estimateMs({ scenarios, entries, rules }),
      estimateMs({ scenarios, entries, rules, benches: 9 }),
    ]
    expect(one.least / nine.least).toBeGreaterThan(5)
    expect(one.least / nine.least).toBeLessThanOrEqual(9)
  })
})

describe('the next wave', () => {
  const scenarios = [aScenario({ id: 'predict' }), aScenario({ id: 'chat' })]
  const entries = [anEntry('predict', 'go'), anEntry('chat', 'go')]
  const plan = aPlan(scenarios, entries, { rules: { ...aPlan([], []).rules, minRepetitions: 2, maxRepetitions: 6 } })
  const waveOf = (done: readonly (readonly [string, number])[], open: readonly string[], benches = 4) =>
    idsOf(
      nextWave(
        plan,
        {
          known: {
            records: done.map(([scenario, repetition]) => aRepetitionRecord(anEntry(scenario, 'go'), repetition, [])),
            calibrations: [],
          },
          elapsedMs: 0,
          isOpen: (scenario) => open.includes(scenario),
          begun: new Set(),
        },
        benches,
      ),
    )
  const promised = [
    ['predict', 1],
    ['predict', 2],
    ['chat', 1],
    ['chat', 2],
  ] as const

  it('is all that was promised', () =>
    expect(waveOf([], []).sort()).toEqual(['chat#1', 'chat#2', 'predict#1', 'predict#2']))

  it('ends when nothing is open', () => expect(waveOf(promised, [])).toEqual([]))

  it.each([
    { open: ['predict'], benches: 4, wave: ['predict#3', 'predict#4', 'predict#5', 'predict#6'] },
    { open: ['predict', 'chat'], benches: 4, wave: ['predict#3', 'predict#4', 'chat#3', 'chat#4'] },
    { open: ['chat'], benches: 2, wave: ['chat#3', 'chat#4'] },
    { open: ['predict', 'chat'], benches: 3, wave: ['predict#3', 'predict#4', 'chat#3', 'chat#4'] },
  ])('keeps $benches benches busy with what is open: $open', ({ open, benches, wave }) =>
    expect(waveOf(promised, open, benches)).toEqual(wave),
  )
})

describe('a bench that is not like the others', () => {
  const rates = (...all: number[]) => all.map((perSecond, index) => ({ bench: `node-${index + 1}`, perSecond }))

  it.each([
    { because: 'all are alike', of: rates(100, 102, 99, 101), odd: [] },
    { because: 'one is slow', of: rates(100, 90, 101), odd: ['node-2'] },
    { because: 'one is fast', of: rates(100, 101, 120), odd: ['node-3'] },
    { because: 'two are odd, the oddest first', of: rates(100, 101, 99, 120, 90), odd: ['node-4', 'node-5'] },
    { because: 'of two nobody can tell which', of: rates(100, 50), odd: [] },
    { because: 'there is one', of: rates(100), odd: [] },
  ])('is found: $because', ({ of, odd }) => expect(oddBenches(of, 0.05).map(({ bench }) => bench)).toEqual(odd))

  it('is described by its distance from the median of the others', () =>
    expect(oddBenches(rates(100, 80, 100), 0.05)).toMatchObject([{ bench: 'node-2', off: expect.closeTo(-0.2) }]))
})

/** The time of a run whose decisions stay open to the last repetition: those that were not recorded take as long as earlier ones did. */
function toTheLast(recorded: Plan, durations: readonly Waiting[], nodes: readonly string[], maxRepetitions: number) {
  const durationOf = ({ scenario, repetition }: Block) => {
    const like = repetition <= recorded.rules.minRepetitions ? repetition : 2 + (repetition % 4)
    return durations.find(({ block }) => block.scenario === scenario && block.repetition === like)?.durationMs as number
  }
  const blocks = recorded.blocks
    .filter(({ repetition }) => repetition === 1)
    .flatMap((first) =>
      Array.from({ length: maxRepetitions }, (_, index) => ({
        ...first,
        id: `${first.scenario}#${index + 1}`,
        repetition: index + 1,
      })),
    )
  const plan = { ...recorded, blocks, rules: { ...recorded.rules, maxRepetitions } }
  const entryOf = (id: string) => plan.entries.find((entry) => entry.id === id) as Plan['entries'][number]
  const records: RepetitionRecord[] = []
  const times = { alone: 0, together: 0 }
  for (;;) {
    const course = { known: { records, calibrations: [] }, elapsedMs: 0, isOpen: () => true, begun: new Set<string>() }
    const wave = nextWave(plan, course, nodes.length)
    if (wave.length === 0) return times
    const each = wave.map((block) => ({ block, durationMs: durationOf(block), afterFirst: isAfterFirst(plan, block) }))
    times.alone += each.reduce((sum, { durationMs }) => sum + durationMs, 0)
    times.together += Math.max(...assignBlocks(each, nodes).map(({ toMs }) => toMs))
    for (const { id, order, repetition } of wave)
      records.push(...order.map((entry) => aRepetitionRecord(entryOf(entry), repetition, [], { block: id })))
  }
}

/** The blocks of a run with the time that their warm-ups and windows took, and for what was not recorded what the estimate says. */
function recordedMs(plan: Plan, { scenarios, entries, cells }: Results): Waiting[] {
  return plan.blocks.map((block) => {
    const loads = scenarios.find(({ id }) => id === block.scenario)?.loads ?? []
    const curve = loads.filter(({ kind }) => kind === 'rate').map(loadIdOf)
    const took = block.order.reduce((sum, id) => {
      const warmUpMs = entries.find((entry) => entry.id === id)?.warmUps[block.repetition - 1]?.durationMs ?? 0
      const windows = cells
        .filter(({ entry }) => entry === id)
        .map(({ loadId, figures }) => {
          const at = repetitionsOf(plan, curve.indexOf(loadId)).indexOf(block.repetition)
          return (figures.windowSeconds?.values[at] ?? 0) * 1000
        })
      return sum + warmUpMs + windows.reduce((total, ms) => total + ms, 0)
    }, 0)
    const bare = aPlan([], []).rules
    const around = blockMs({ scenarios: plan.scenarios.map((one) => ({ ...one, loads: [] })), rules: bare }, block, 0)
    return { block, durationMs: took + around, afterFirst: isAfterFirst(plan, block) }
  })
}

/** The repetitions that measured the rate at this place of the curve; all of them at -1, which is a load of the scenario's own. */
function repetitionsOf({ rules }: Plan, place: number): number[] {
  const all = Array.from({ length: rules.minRepetitions }, (_, index) => index + 1)
  if (place < 0) return all
  return all.filter((repetition) => ratesInTurn(rules, repetition, rules.curveRates ?? 0).includes(place))
}
