/** What a report says in sentences and what its tables show, read from the text as a reader does: neither denies the other. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { figureRules, thresholds, upgradeResults } from '@bakeoff/core'
import {
  type Cell,
  type CellComparison,
  competes,
  type Grouping,
  type Results,
  results as schema,
} from '@bakeoff/model'
import { renderSummary } from '@bakeoff/report'
import { describe, expect, it } from 'vitest'
import { compareField } from '../../core/src/judge/field.js'
import { findings } from '../../core/src/say/findings/index.js'
import { nameOf } from '../../core/src/words/names.js'
import { withInterval } from '../../core/src/words/quantities.js'
import { sampleResults } from '../../core/test/fixtures-results.js'

const root = join(import.meta.dirname, '../../..')
const example = schema.parse(
  upgradeResults(JSON.parse(readFileSync(join(root, 'reports/example/results.json'), 'utf8'))),
)

/** The repetitions of the shipped example, judged anew: of each cell all are there, so the first of each is of the first block, and so on. */
function judgedAnew(old: Results): Results {
  const cells = new Map(old.cells.map((cell) => [cell.id, cell]))
  const judged = old.groups.map((list) => {
    const rule = figureRules.find(({ id }) => id === list.metric)!
    const isBeside = (id: string) =>
      /not ranked with them/.test(list.unranked.find(({ cell }) => cell === id)?.why ?? '')
    const ids = [...list.ranked, ...list.unranked.map(({ cell }) => cell).filter(isBeside)]
    const field = compareField(
      ids.map((id) => {
        const cell = cells.get(id) as Cell
        const { values } = cell.figures[list.metric]!
        return {
          id,
          name: nameOf({ target: { name: cell.target.name }, variant: cell.variant }),
          values: values.map((value, index) => ({ value, block: `${index}` })),
          isHeldBack: rule.seenByAgent && (cell.verdict?.causes.some(({ cause }) => cause === 'agent-bound') ?? false),
          competes: competes(old.entries.find((entry) => entry.id === cell.entry)!),
        }
      }),
      rule.better,
      { relevant: thresholds.relevantDifference, significance: thresholds.significance, noiseFloor: null },
      3,
    )
    const { scenario, loadId, metric, unranked } = list
    const groups: Grouping = {
      scenario,
      loadId,
      metric,
      ranked: field.ranked.map(({ id }) => id),
      groups: field.groups,
      unranked,
    }
    const comparisons: CellComparison[] = field.comparisons.map(({ difference: _, ...each }) => ({
      scenario,
      loadId,
      metric,
      ...each,
    }))
    return { groups, comparisons }
  })
  const known = {
    ...old,
    groups: judged.map(({ groups }) => groups),
    comparisons: judged.flatMap(({ comparisons }) => comparisons),
    claims: [],
  }
  return { ...known, findings: findings(known), decision: null }
}

const today = judgedAnew(example)

interface Row {
  readonly name: string
  /** of its groups; empty: not ranked */
  readonly letters: string
}

interface Part {
  readonly scenario: string
  readonly sentences: readonly string[]
  readonly rows: readonly Row[]
}

/** A summary.md as it is read: sentences and a leaderboard of each scenario. */
function partsOf(results: Results): Part[] {
  const text = renderSummary(results).replace(/\\([\\`*_{}[\]()#+.!|<>~-])/g, '$1')
  const ids = new Set(results.scenarios.map(({ id }) => id))
  return text.split(/^## /m).flatMap((section): Part[] => {
    const lines = section.split('\n')
    const scenario = lines[0]!.trim()
    if (!ids.has(scenario)) return []
    return [
      {
        scenario,
        sentences: lines.filter((line) => line.startsWith('- ')).map((line) => line.slice(2)),
        rows: lines.flatMap((line) => {
          const [, group, label] = line.split('|').map((cell) => cell.trim())
          if (group === undefined || label === undefined || !/^(?:[a-zA-Z]+|–)$/.test(group) || group === 'Group')
            return []
          const [target, variant] = label.split(' · ')
          return [
            { name: variant === undefined ? target! : `${target} (${variant})`, letters: group === '–' ? '' : group },
          ]
        }),
      },
    ]
  })
}

const SERVED = /^Under .*? (\S+(?: \([^)]*\))?) served (?:at least )?(.*?)(?:;|$)/
const NOT_APART = /(?:^|\. |;.*?\. )([^.]*?) (?:is|are) not told apart from (\S+(?: \([^)]*\))?)\./

/** `4.0 × (3.9–4.1) what go-net-http did`: all such parts of a sentence. */
const ratiosIn = (text: string) =>
  [...text.matchAll(/([\d.,]+ × \([^)]*\)) what (\S+(?: \([^)]*\))?) did/g)].map(([, ratio, name]) => ({
    ratio: ratio!,
    name: name!,
  }))

const shareOne = (a: Row, b: Row) => [...a.letters].some((letter) => b.letters.includes(letter))

/** The sentences and the leaderboard of a scenario's main load, held against one another. @returns how many sentences were read */
function agree(results: Results, { scenario, sentences, rows }: Part): number {
  const rowOf = (name: string) => {
    const row = rows.find((each) => each.name === name)
    expect(row, `${scenario}: ${name} is in the table`).toBeDefined()
    return row!
  }
  const { mainLoad } = results.scenarios.find(({ id }) => id === scenario)!
  const here = results.comparisons.filter(
    (each) => each.scenario === scenario && each.loadId === mainLoad && each.metric === 'throughput',
  )
  const nameIn = (id: string) => {
    const cell = results.cells.find((each) => each.id === id)!
    return nameOf({ target: { name: cell.target.name }, variant: cell.variant })
  }
  const ranked = rows.filter(({ letters }) => letters !== '')
  // The table itself: a letter is shared exactly where the judge has not told apart.
  for (const [index, a] of ranked.entries()) {
    for (const b of ranked.slice(index + 1)) {
      const comparison = here.find(({ of, to }) => nameIn(of) === a.name && nameIn(to) === b.name)
      expect(comparison, `${a.name} ÷ ${b.name}`).toBeDefined()
      expect(shareOne(a, b), `${scenario}: ${a.name} and ${b.name}`).toBe(
        comparison!.conclusion !== 'higher' && comparison!.conclusion !== 'lower',
      )
    }
  }
  let read = 0
  for (const sentence of sentences) {
    const served = SERVED.exec(sentence)
    if (served) {
      read += 1
      const first = rowOf(served[1]!)
      expect(ranked[0], 'who is named first stands first').toEqual(first)
      for (const { ratio, name } of ratiosIn(served[2]!)) {
        const other = rowOf(name)
        expect(shareOne(first, other), `${sentence}: ${first.name} and ${name} share a letter`).toBe(false)
        const { median, low, high } = here.find(({ of, to }) => nameIn(of) === first.name && nameIn(to) === name)!.ratio
        expect(ratio).toBe(withInterval(median, low!, high!))
        expect(low, 'the interval that is printed lies beyond 3 %').toBeGreaterThan(1.03)
      }
      const peers = NOT_APART.exec(sentence)
      const named = peers ? peers[1]!.split(/, | and /) : []
      if (peers) expect(peers[2]).toBe(first.name)
      // All of them, and nobody else.
      expect(new Set(named)).toEqual(
        new Set(ranked.filter((row) => row !== first && shareOne(row, first)).map(({ name }) => name)),
      )
    }
    const none =
      /^Under .*? none of (.*?) is told apart as the fastest/.exec(sentence) ??
      /^Under \d+ \w+ (.*?) served the same/.exec(sentence)
    if (none) {
      read += 1
      const named = none[1]!.split(/, | and /)
      expect(new Set(named)).toEqual(new Set(ranked.map(({ name }) => name)))
      for (const name of named) expect(shareOne(rowOf(name), ranked[0]!), `${name} and the first`).toBe(true)
    }
  }
  return read
}

describe.each([
  { because: 'the shipped example, judged anew', results: today },
  { because: 'a run of everything', results: sampleResults() },
  {
    because: 'twelve targets, three repetitions',
    results: sampleResults({ targets: 12, repetitions: 3, noise: 0.05 }),
  },
  { because: 'noise', results: sampleResults({ targets: 8, repetitions: 5, noise: 0.2 }) },
])('$because', ({ results }) => {
  const parts = partsOf(results)

  it.each(parts)('says of $scenario what its table shows', (part) => {
    agree(results, part)
  })

  it('has sentences that were read', () => {
    expect(parts.length).toBe(results.scenarios.length)
    expect(parts.reduce((sum, part) => sum + agree(results, part), 0)).toBeGreaterThanOrEqual(3)
  })
})

it('decides more of the example than the judge of its day did, and never the other way', () => {
  const isApart = ({ conclusion }: CellComparison) => conclusion === 'higher' || conclusion === 'lower'
  const keyOf = ({ metric, of, to }: CellComparison) => `${metric} ${of} ${to}`
  const old = new Map(example.comparisons.map((each) => [keyOf(each), each]))
  for (const each of today.comparisons.filter(isApart)) {
    const before = old.get(keyOf(each))
    if (before && isApart(before)) expect(each.conclusion).toBe(before.conclusion)
    expect(each.ratio.low! > 1.03 || each.ratio.high! < 1 / 1.03).toBe(true)
  }
  const embed = (results: Results) =>
    results.comparisons.filter((each) => each.scenario === 'embed' && each.metric === 'throughput' && isApart(each))
  expect(embed(today).length).toBeGreaterThan(2.5 * embed(example).length)
})
