/**
 * What a report says in sentences and what its tables show, read from the text as a reader does: neither denies the other. Every kind of sentence that
 * compares is read: the decision, findings, titles of charts and claims.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decide, figureRules, thresholds, upgradeResults } from '@bakeoff/core'
import {
  type Cell,
  type CellComparison,
  competes,
  formatNumber,
  type Grouping,
  lettersOf,
  type Results,
  results as schema,
} from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { compareField } from '../../core/src/judge/field.js'
import { LEAST_REPETITIONS } from '../../core/src/plan/least-repetitions.js'
import { findings } from '../../core/src/say/findings/index.js'
import { nameOf } from '../../core/src/words/names.js'
import { times, withInterval } from '../../core/src/words/quantities.js'
import { around, judgedCells, type Observed, repeat, resultsOfCells } from '../../core/test/builders.js'
import { sampleResults } from '../../core/test/fixtures-results.js'
import { topGroup } from '../../report/src/sections/words.js'
import { viewOf } from '../../report/src/shared/subjects.js'
import { type Part, type Row, readSummary } from './helpers/read-summary.js'

const resultsIn = (path: string) =>
  schema.parse(upgradeResults(JSON.parse(readFileSync(join(import.meta.dirname, path), 'utf8'))))
/** A run of every scenario, as the program of version 1 wrote it. */
const ofVersion1 = resultsIn('results/version-1/results.json')
const shipped = resultsIn('../../../reports/example/results.json')

/** The repetitions of an old run, judged anew: of each cell all are there, so the first of each is of the first block, and so on. */
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
  return { ...known, findings: findings(known), decision: decide(known) }
}

const today = judgedAnew(ofVersion1)

/** A target with its variant, as sentences name it. */
const NAME = String.raw`(\S+(?: \([^)]*\))?)`
/** `4.0× (3.9–4.1)`, and `4.0×` after one repetition. */
const RATIO = String.raw`([\d.,]+×(?: \([^)]*\))?)`
/** `suspect (go-a (tuned): agent-bound)`, with what stands in its brackets. */
const SUSPECT = String.raw`suspect \(((?:[^()]|\([^()]*\))*)\)`
/** `Suspect (go-a: agent-bound), provisional (2 repetitions): with …`: what stands before a sentence. */
const RESERVED = new RegExp(`^(?:${SUSPECT})?(?:, )?(provisional \\([^)]*\\))?: (?=with|when|“)`, 'i')
const shareOne = (a: Row, b: Row) => [...a.letters].some((letter) => b.letters.includes(letter))
const namesIn = (text: string) => text.split(/, | and /)

/** A report as it is read, beside the results of which it is made. */
interface Reading {
  readonly results: Results
  readonly part: Part
  /** the load of the table */
  readonly mainLoad: string
  /** by its name in a sentence, in the table */
  readonly rowOf: (name: string) => Row
  /** what a headline may compare: the best contender of each language, no development server; best first */
  readonly best: readonly Row[]
  readonly comparison: (metric: string, of: string, to: string, loadId?: string) => CellComparison | undefined
}

function readingOf(results: Results, part: Part): Reading {
  const { mainLoad } = results.scenarios.find(({ id }) => id === part.scenario)!
  const entryOf = (name: string) =>
    results.entries.find(
      (each) =>
        each.scenario === part.scenario && nameOf({ target: { name: each.target }, variant: each.variant }) === name,
    )!
  const contenders = results.entries.filter(({ role }) => (role ?? 'contender') === 'contender')
  const isOneLanguage = new Set(contenders.map(({ language }) => language)).size === 1
  const mayLead = part.rows.filter(
    ({ letters, name }) => letters !== '' && entryOf(name).lints.every(({ lint }) => lint !== 'development-server'),
  )
  const languageOf = ({ name }: Row) => entryOf(name).language
  const nameIn = (id: string) => {
    const cell = results.cells.find((each) => each.id === id)!
    return nameOf({ target: { name: cell.target.name }, variant: cell.variant })
  }
  return {
    results,
    part,
    mainLoad,
    rowOf: (name) => {
      const row = part.rows.find((each) => each.name === name)
      expect(row, `${part.scenario}: ${name} is in the table`).toBeDefined()
      return row!
    },
    best: mayLead.filter(
      (row, index) => isOneLanguage || mayLead.findIndex((each) => languageOf(each) === languageOf(row)) === index,
    ),
    comparison: (metric, of, to, loadId = mainLoad) =>
      results.comparisons.find(
        (each) =>
          each.scenario === part.scenario &&
          each.loadId === loadId &&
          each.metric === metric &&
          nameIn(each.of) === of &&
          nameIn(each.to) === to,
      ),
  }
}

/** A ratio as sentences write it. */
function written({ median, low, high }: CellComparison['ratio']): string {
  return low === null || high === null ? times(median) : withInterval(median, low, high)
}

/** The table itself: a letter is shared exactly where the judge has not told apart. */
function checkLetters({ part, comparison }: Reading): void {
  const ranked = part.rows.filter(({ letters }) => letters !== '')
  for (const [index, a] of ranked.entries()) {
    for (const b of ranked.slice(index + 1)) {
      const found = comparison('throughput', a.name, b.name)
      expect(found, `${a.name} ÷ ${b.name}`).toBeDefined()
      expect(shareOne(a, b), `${part.scenario}: ${a.name} and ${b.name}`).toBe(
        found!.conclusion !== 'higher' && found!.conclusion !== 'lower',
      )
    }
  }
}

/** A ratio in a sentence: as the judge has it, of two that share no letter, and with its interval beyond 3 %. */
function checkRatio(reading: Reading, { first, other, ratio }: { first: Row; other: Row; ratio: string }): void {
  const found = reading.comparison('throughput', first.name, other.name)
  expect(found, `${first.name} ÷ ${other.name}`).toBeDefined()
  expect(ratio).toBe(written(found!.ratio))
  if (found!.ratio.low === null) return
  expect(shareOne(first, other), `${first.name} and ${other.name} share a letter`).toBe(false)
  expect(found!.ratio.low, 'the interval that is printed lies beyond 3 %').toBeGreaterThan(1.03)
}

/** A sentence that names who is suspect in the table says so first, and one that names nobody suspect does not. */
function checkSuspects({ rowOf, mainLoad }: Reading, sentence: string, cells: readonly Cell[]): void {
  const words = new RegExp(`^${SUSPECT}(?:, |: )`, 'i').exec(sentence)?.[1] ?? null
  const suspects = cells.filter(({ verdict }) => verdict?.causes.some(({ effect }) => effect === 'doubts'))
  expect(words !== null, `${sentence}: ${suspects.map(({ id }) => id)}`).toBe(suspects.length > 0)
  for (const { target, variant, verdict, loadId } of suspects) {
    const name = nameOf({ target, variant })
    if (loadId === mainLoad) expect(rowOf(name).status).toMatch(/suspect|invalid/)
    const isCounted = /(?:^|; )(?:all|both|\d+ of them): /.test(words!)
    if (!isCounted) expect(words, 'who').toContain(name)
    for (const { cause, effect } of verdict!.causes) if (effect === 'doubts') expect(words).toContain(cause)
  }
}

/** How a provisional comparison shows: in the decision, and before every sentence that compares. */
const isProvisional = ({ part }: Reading) => part.isProvisional

/** `go-a handled 4× as many requests as go-b did; …` and what else is said of who served most. @returns whether it was one */
function readLeader(reading: Reading, sentence: string): boolean {
  const { best, rowOf } = reading
  const [first] = best
  const served = new RegExp(`ith .*?, ${NAME} handled (?:at least )?(${RATIO}.*?)(?:;|$)`).exec(sentence)
  if (served) {
    expect(rowOf(served[1]!), 'who is named first stands first').toEqual(first)
    const ratios = [...served[2]!.matchAll(new RegExp(`${RATIO} as many (?:requests |tasks )?as ${NAME} did`, 'g'))]
    for (const [, ratio, name] of ratios) checkRatio(reading, { first: first!, other: rowOf(name!), ratio: ratio! })
    const behind = best.filter((row) => !shareOne(row, first!))
    expect(
      ratios.map(([, , name]) => name),
      'the next and the last',
    ).toEqual([...new Set([behind[0], behind.at(-1)])].map((row) => row!.name))
    const beside = new RegExp(`; .*?\\. (.*?) (?:is|are) not told apart from ${NAME}\\.$`).exec(sentence)
    if (beside) expect(beside[2]).toBe(first!.name)
    // All of them, and nobody else.
    const level = best.filter((row) => row !== first && shareOne(row, first!)).map(({ name }) => name)
    expect(beside ? namesIn(beside[1]!) : []).toEqual(level)
    return true
  }
  const none =
    /ith .*?, none of (.*?) is told apart as the fastest/.exec(sentence) ??
    /ith \d\S* (?:connections|tasks, \d\S* at once), (?:of the best contender of each language, )?(.*?) served the same, within/.exec(
      sentence,
    )
  if (none) {
    expect(new Set(namesIn(none[1]!))).toEqual(new Set(best.map(({ name }) => name)))
    for (const row of best) expect(shareOne(row, first!), `${row.name} and the first`).toBe(true)
    return true
  }
  const ahead = new RegExp(`ith .*?, ${NAME} was ahead; `).exec(sentence)
  if (ahead) expect(ahead[1]).toBe(first!.name)
  return ahead !== null
}

/** `go-a needed 0.2 ms of CPU time per request, go-b 3× as much (0.6 ms).` */
function readCpu({ comparison, rowOf, part, best }: Reading, sentence: string): boolean {
  const found = new RegExp(
    `${NAME} needed ([\\d.,]+) ms of CPU time per (?:request|task), ${NAME} ${RATIO} as much \\(([\\d.,]+) ms\\)`,
  ).exec(sentence)
  if (!found) return false
  const [, least = '', itsMs, last = '', ratio, lastMs] = found
  const head = Object.keys(part.rows[0]!.cells).find((each) => each.startsWith('CPU ms/'))!
  expect([rowOf(least).cells[head], rowOf(last).cells[head]]).toEqual([itsMs, lastMs])
  const { median, low, high } = comparison('cpuMsPerRequest', least, last)!.ratio
  expect(ratio).toBe(withInterval(1 / median, 1 / high!, 1 / low!))
  for (const { name } of best) {
    const other = comparison('cpuMsPerRequest', name, least)
    expect(other?.conclusion, `${name} needs less than ${least}`).not.toBe('lower')
  }
  // What throughput has said already is not said again.
  const isFull = [least, last].every((name) => /own cores/.test(rowOf(name).limit))
  const served = comparison('throughput', least, last)?.ratio.median
  const isInverse = served !== undefined && Math.abs(Math.log(served * median)) <= Math.log(1.03)
  const others = /\. (.*?) (?:is|are) not told apart from/.exec(sentence)
  const isTold = part.sentences.some(
    (each) =>
      new RegExp(`${least.replace(/[()]/g, '\\$&')}\\b.* as ${last.replace(/[()]/g, '\\$&')} did`).test(each) &&
      / handled /.test(each),
  )
  if (others === null) expect(isFull && isInverse && isTold, `${sentence} says throughput again`).toBe(false)
  return true
}

/** `Within p99 ≤ 50 ms, go-a carried 900 requests/s, 1.5× what go-b carried.` */
function readCapacity({ comparison, results, part }: Reading, sentence: string): boolean {
  const found = new RegExp(`${NAME} carried ([\\d.,]+) requests/s, ${RATIO} what ${NAME} carried`).exec(sentence)
  if (!found) return false
  const [, first = '', carried, ratio, second = ''] = found
  const cell = results.cells.find(
    ({ scenario, loadId, target, variant }) =>
      scenario === part.scenario && loadId === 'capacity' && nameOf({ target, variant }) === first,
  )!
  expect(formatNumber(cell.figures['capacityPerSecond']!.median)).toBe(carried)
  const { conclusion, ratio: measured } = comparison('capacityPerSecond', first, second, 'capacity')!
  expect([conclusion, ratio]).toEqual(['higher', written(measured)])
  return true
}

const MERITS = {
  'had the lowest p99': 'responseMs.p99',
  'needed the least CPU': 'cpuMsPerRequest',
  'needed the least memory': 'memoryPeakBytes',
} as const

/** `When all were offered 500 requests/s, go-a had the lowest p99 and needed the least CPU.`: nobody is told apart as better. */
function readSameRate(reading: Reading, sentence: string, cells: readonly Cell[]): boolean {
  if (!/when all were offered/i.test(sentence)) return false
  const { results, part } = reading
  const [{ loadId }] = cells as [Cell]
  for (const [says, metric] of Object.entries(MERITS)) {
    if (!sentence.includes(says)) continue
    const list = results.groups.find(
      (each) => each.scenario === part.scenario && each.loadId === loadId && each.metric === metric,
    )!
    const first = cells.find(({ id }) => list.groups[0]!.includes(id))
    expect(first, `${says}: one of its best group`).toBeDefined()
  }
  return true
}

/** The decision's line: of the same rows, with the same ratio, and the signs of its table. */
function readDecision(reading: Reading): boolean {
  const { part, best, rowOf, results } = reading
  const { decision } = part
  const shown = readSummary(results).decision(part.scenario)
  const signed = (sign: string) => shown.filter(({ signs }) => signs.includes(sign)).map(({ name }) => name)
  const [first, second] = best
  for (const { name, value } of shown.filter((each) => best.some((row) => row.name === each.name)))
    expect(rowOf(name).cells['Throughput /s'] ?? value, name).toBe(value)
  const serves = [
    ...decision.matchAll(new RegExp(`(?:it|${NAME}) serves (?:at least )?${RATIO} what ${NAME} does`, 'g')),
  ]
  for (const [, , ratio, other] of serves)
    checkRatioUnlessProvisional(reading, { first: first!, other: rowOf(other!), ratio: ratio! })
  const leads = new RegExp(`(?:^|: )${NAME} leads: it serves`).exec(decision)
  if (leads) {
    expect([leads[1], ...signed('*')]).toEqual([first!.name, first!.name])
    expect(serves[0]![3]).toBe(second!.name)
    for (const row of best.slice(1)) expect(shareOne(first!, row), row.name).toBe(false)
    return true
  }
  expect(signed('*')).toEqual([])
  const level = /(?:^|, )level: (.*?) (?:are not told apart|serve the same)/.exec(decision)
  if (level) {
    const peers = best.filter((row) => shareOne(row, first!)).map(({ name }) => name)
    expect(new Set(signed('='))).toEqual(new Set(peers)) // its rows have the order of the first scenario
    const others = /^(\S.*?) and (\d+) others$/.exec(level[1]!)
    if (others) expect([others[1], Number(others[2])]).toEqual([first!.name, peers.length - 1])
    else expect(namesIn(level[1]!)).toEqual(peers)
    return true
  }
  expect(signed('=')).toEqual([])
  if (isProvisional(reading)) {
    expect(serves.map(([, name, , other]) => [name, other])).toEqual([[first!.name, second!.name]])
    return true
  }
  expect(best.length, decision).toBeLessThan(2)
  return false
}

/** What is provisional is a ratio all the same, and is not claimed to be a difference. */
function checkRatioUnlessProvisional(reading: Reading, found: { first: Row; other: Row; ratio: string }): void {
  if (!isProvisional(reading)) checkRatio(reading, found)
  else expect(found.ratio).toBe(written(reading.comparison('throughput', found.first.name, found.other.name)!.ratio))
}

/** The sentences and the leaderboard of a scenario's main load, held against one another. @returns how many sentences were read */
function agree(results: Results, part: Part): number {
  const reading = readingOf(results, part)
  checkLetters(reading)
  const cellOf = new Map(results.cells.map((cell) => [cell.id, cell]))
  let read = readDecision(reading) ? 1 : 0
  for (const { tone, text, cells, kind } of results.findings.filter(({ scenario }) => scenario === part.scenario)) {
    if (tone === 'caveat') continue
    // Claims stand in the table of claims, and nowhere twice.
    if (kind === 'claim') expect(part.sentences, 'twice in the summary').not.toContain(text)
    else expect(part.sentences, 'in the summary').toContain(text)
    const own = cells.flatMap((id) => cellOf.get(id) ?? [])
    if (own.every(({ outcome }) => outcome !== 'measured')) continue
    checkSuspects(reading, text, own)
    if (kind === 'claim') continue
    // A rate of the ladder has fewer repetitions than the loads that every repetition has.
    const isShort = own.some(({ repetitions }) => repetitions < LEAST_REPETITIONS)
    expect(RESERVED.exec(text)?.[2] !== undefined, `${text}: provisional as in ${part.decision}`).toBe(
      isProvisional(reading) || isShort,
    )
    const isRead =
      readLeader(reading, text) ||
      readCpu(reading, text) ||
      readCapacity(reading, text) ||
      readSameRate(reading, text, own)
    expect(isRead, `nobody reads: ${text}`).toBe(true)
    read += 1
  }
  return read
}

const fast = { perSecond: 2000, cpuMs: 0.495 }
const slow = { perSecond: 645, cpuMs: 1.53 }
const ofTargets = (
  targets: Readonly<Record<string, readonly Observed[]>>,
  options: Parameters<typeof judgedCells>[1] = {},
): Results => resultsOfCells(judgedCells(targets, options))

/** As if an entry's server were one for development. */
function served(results: Results, target: string): Results {
  const lint = { lint: 'development-server', message: 'x runs as a development server', consequence: '', hint: '' }
  const entries = results.entries.map((each) => (each.target === target ? { ...each, lints: [lint] } : each))
  const known = { ...results, entries }
  return { ...known, findings: findings(known), decision: decide(known) }
}

const RUNS: readonly { readonly because: string; readonly results: Results; readonly least: number }[] = [
  { because: 'a run of before, judged anew', results: today, least: 12 },
  { because: 'the shipped example', results: shipped, least: 6 },
  { because: 'a run of everything', results: sampleResults(), least: 12 },
  {
    because: 'twelve targets, three repetitions',
    results: sampleResults({ targets: 12, repetitions: 3, noise: 0.05 }),
    least: 12,
  },
  { because: 'noise', results: sampleResults({ targets: 8, repetitions: 5, noise: 0.2 }), least: 10 },
  { because: 'two cores, so that all are suspect', results: sampleResults({ small: true }), least: 10 },
  { because: 'one repetition', results: sampleResults({ repetitions: 1 }), least: 10 },
  { because: 'two repetitions', results: sampleResults({ repetitions: 2 }), least: 10 },
  { because: 'short windows', results: sampleResults({ profile: 'quick' }), least: 10 },
  {
    because: 'a tie of two, and a third behind',
    results: ofTargets({
      'go-a': around(fast),
      'node-b': around({ ...fast, perSecond: 2001 }),
      'python-c': around(slow),
    }),
    least: 2,
  },
  {
    because: 'a tie of all',
    results: ofTargets({ 'go-a': around(fast), 'node-b': around({ ...fast, perSecond: 2001 }) }),
    least: 2,
  },
  {
    because: 'suspects, each for its own reason',
    results: ofTargets({
      'go-a': around({ ...fast, eventLoop: 0.95 }),
      'node-b': around({ perSecond: 1200, cpuMs: 0.6, steal: 0.1 }),
      'python-c': around({ ...slow, steal: 0.1 }),
    }),
    least: 2,
  },
  {
    because: 'one language',
    results: ofTargets({
      'go-a': around(fast),
      'go-b': around({ perSecond: 1500, cpuMs: 0.4 }),
      'go-c': around(slow),
    }),
    least: 3,
  },
  {
    because: 'several contenders of a language',
    results: ofTargets({
      'go-a': around(fast),
      'go-b': around({ perSecond: 1995, cpuMs: 0.49 }),
      'python-c': around({ perSecond: 700, cpuMs: 0.9 }),
      'python-d': around({ perSecond: 300, cpuMs: 3.3 }),
    }),
    least: 3,
  },
  {
    because: 'one target measured once, the others five times',
    results: ofTargets({
      'go-a': around(fast),
      'node-b': repeat({ perSecond: 1500, cpuMs: 0.66 }, 1),
      'python-c': around(slow),
    }),
    least: 2,
  },
  {
    because: 'a development server that is the fastest',
    results: served(
      ofTargets({ 'node-a': around({ ...fast, perSecond: 9000 }), 'go-b': around(fast), 'python-c': around(slow) }),
      'node-a',
    ),
    least: 2,
  },
  {
    because: 'an experiment and a stand-in ahead',
    results: ofTargets(
      {
        'elixir-a': around({ ...fast, perSecond: 9000 }),
        'go-b': around({ ...fast, perSecond: 8000 }),
        'go-c': around(fast),
        'python-d': around(slow),
      },
      { roles: { 'elixir-a': { standIn: { for: ['x'], because: 'y' } }, 'go-b': { role: 'experiment' } } },
    ),
    least: 2,
  },
]

describe.each(RUNS)('$because', ({ results, least }) => {
  const { parts } = readSummary(results)

  it.each(parts)('says of $scenario what its table shows', (part) => {
    agree(results, part)
  })

  it('has sentences that were read', () => {
    expect(parts.length).toBe(results.scenarios.length)
    expect(parts.reduce((sum, part) => sum + agree(results, part), 0)).toBeGreaterThanOrEqual(least)
  })

  it('names at the top of each chart who shares a letter with the first, and what is doubtful', () =>
    checkTitles(results))

  it('says of each claim what its table has', () => checkClaims(results))
})

/** The titles of the charts of throughput and capacity, of every scenario and load. */
function checkTitles(results: Results): void {
  const view = viewOf(results)
  for (const list of results.groups.filter(({ metric }) => metric !== 'cpuMsPerRequest')) {
    const title = topGroup(view, list, 'throughput').text.replaceAll(/<\/?bdi>/g, '')
    const labelled = list.ranked.map((id) => ({
      id,
      entry: view.entries.get(view.cells.get(id)!.entry)!,
      label: view.subjectOf(view.cells.get(id)!.entry).label,
    }))
    const isOneLanguage =
      new Set(
        results.entries.filter(({ role }) => (role ?? 'contender') === 'contender').map(({ language }) => language),
      ).size === 1
    const mayLead = labelled.filter(({ entry }) => entry.lints.every(({ lint }) => lint !== 'development-server'))
    const best = mayLead.filter(
      ({ entry }, index) =>
        isOneLanguage || mayLead.findIndex((each) => each.entry.language === entry.language) === index,
    )
    const [first, ...others] = best
    if (!first) {
      expect(title).toMatch(/^Nothing is ranked/)
      continue
    }
    expect(/best of each language/i.test(title), title).toBe(best.length < mayLead.length)
    const share = ({ id }: { id: string }) =>
      [...lettersOf(list, id)].some((letter) => lettersOf(list, first.id).includes(letter))
    const peers = others.filter(share)
    const says = title.replace(new RegExp(`^(?:best of each language|${SUSPECT}|provisional|, )+: `, 'i'), '')
    if (others.length === 0) expect(says).toMatch(/^only .* can be compared/i)
    else if (peers.length === 0) expect(says).toMatch(/ (?:leads|is ahead) in throughput$/)
    else expect(says).toMatch(/ not told apart /)
    expect(says.includes(first.label), title).toBe(true)
    const doubts = [first, ...peers].filter(({ id }) =>
      view.cells.get(id)!.verdict?.causes.some(({ effect }) => effect === 'doubts'),
    )
    expect(/suspect \(/i.test(title), title).toBe(doubts.length > 0)
    const standing = results.decision!.columns.find(({ scenario }) => scenario === list.scenario)!.standing
    expect(/provisional/i.test(title), title).toBe(standing === 'provisional')
    if (standing === 'provisional') expect(title).not.toMatch(/ leads /)
  }
}

const HOLDS = {
  reproduced: /holds here/,
  'same-direction': /holds in direction here/,
  contradicted: /does not hold here/,
  undecided: /is undecided here/,
  'not-comparable': /cannot be compared here/,
} as const

/** Findings about claims beside the table of claims: the same conclusion, and the same ratio. */
function checkClaims(results: Results): void {
  const { claims } = readSummary(results)
  for (const { text } of results.findings.filter(({ kind }) => kind === 'claim')) {
    const says = /“(.*?)”/.exec(text)![1]!
    const row = claims.find((each) => each['Says'] === says)
    expect(row, says).toBeDefined()
    const [, conclusion = ''] = /^\*\*(.*?)\*\*: /.exec(row!['Conclusion']!)!
    expect(text).toMatch(HOLDS[conclusion as keyof typeof HOLDS])
    const measured = /^[\d.,]+/.exec(row!['Measured']!)?.[0]
    const published = /^[\d.,]+/.exec(row!['Published']!)?.[0]
    if (measured === undefined || published === undefined || conclusion === 'not-comparable') continue
    const told = /([\d.,]+)× \([^)]*\)/.exec(text.slice(text.indexOf(' here')))?.[1]
    if (told !== undefined) expect(Number(told.replace(',', '')) / Number(measured.replace(',', ''))).toBeCloseTo(1, 1)
    const sameWay = Number(published) > 1 === Number(measured.replace(',', '')) > 1
    if (conclusion === 'same-direction' || conclusion === 'reproduced') expect(sameWay, text).toBe(true)
  }
}

it('decides more of a run of before than the judge of its day did, and never the other way', () => {
  const isApart = ({ conclusion }: CellComparison) => conclusion === 'higher' || conclusion === 'lower'
  const keyOf = ({ metric, of, to }: CellComparison) => `${metric} ${of} ${to}`
  const then = new Map(ofVersion1.comparisons.map((each) => [keyOf(each), each]))
  for (const each of today.comparisons.filter(isApart)) {
    const before = then.get(keyOf(each))
    if (before && isApart(before)) expect(each.conclusion).toBe(before.conclusion)
    expect(each.ratio.low! > 1.03 || each.ratio.high! < 1 / 1.03).toBe(true)
  }
  const embed = (results: Results) =>
    results.comparisons.filter((each) => each.scenario === 'embed' && each.metric === 'throughput' && isApart(each))
  expect(embed(today).length).toBeGreaterThan(2.5 * embed(ofVersion1).length)
})
