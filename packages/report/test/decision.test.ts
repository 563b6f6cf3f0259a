/** What a report says before its first chart, and what its leaderboards hold against a limit. */
import { type Cell, type Cost, claimCounts, costOf, moneyWords, USUAL_PRICES } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { decide } from '../../core/src/say/index.js'
import { sampleResults } from '../../core/test/fixtures-results.js'
import { runCard } from '../src/card/run-card.js'
import { renderHtml } from '../src/index.js'
import { pairAxis, pairOf } from '../src/sections/claim-pairs.js'
import { sharedCauses } from '../src/sections/words.js'
import { pricesOf } from '../src/shared/cost-words.js'
import { leastMs, shownMs } from '../src/shared/figures.js'
import { keptOf } from '../src/shared/service-level.js'
import { firstBaseline, viewOf } from '../src/shared/subjects.js'

const usual = sampleResults({ repetitions: 3 })
const html = renderHtml(usual)

describe('the head of a report', () => {
  it('says the answer as its heading, and to whoever shows a link to it', () => {
    expect(html).toMatch(/<h1 class="answer(?: long)?">[^<]+<\/h1>/)
    expect(html).toMatch(/<meta name="description" content="[^"]+">/)
    expect(html).toMatch(/<meta property="og:description" content="[^"]+">/)
    expect(html).toMatch(/<link rel="icon" href="data:image\/svg\+xml/)
  })

  it('names its scenarios, and warns before any figure, for results of before there were decisions', () => {
    const { decision: _, ...older } = usual
    const text = renderHtml(older)
    expect(text).toMatch(/<h1><bdi>predict/)
    expect(text).not.toContain('id="decision"')
    expect(text).toMatch(/<details class="warnings">/)
    expect(html).not.toMatch(/<details class="warnings">/)
  })

  it('folds a reason that lists many entries', () => {
    const reason = `not measured: ${Array.from({ length: 20 }, (_, index) => `embed/elixir-nx/variant-${index}`).join(', ')}`
    const text = renderHtml({ ...usual, run: { ...usual.run, status: 'partial', statusReason: reason } })
    expect(text).toMatch(/<b>This run is partial\.<\/b> Not measured: [^<]{20,120} … A missing/)
    expect(text).toContain(`<details><summary>All of the reason</summary>${reason}</details>`)
  })
})

describe('the first screen', () => {
  const columns = usual.decision?.columns ?? []

  it('says what a million requests of each target cost, and at what prices', () => {
    const cell = usual.cells.find(({ scenario, entry, loadId }) =>
      columns.some(
        (column) => column.scenario === scenario && column.loadId === loadId && column.figures[0]?.entry === entry,
      ),
    ) as Cell
    const { perMillion } = costOf(cell, USUAL_PRICES) as Cost
    expect(html).toContain(`${moneyWords(perMillion)}/M`)
    expect(html).toContain(`what a million of its requests cost, at ${pricesOf(USUAL_PRICES)}`)
  })

  it('has the best of each scenario on a line, as narrow screens show it, with how it stands', () => {
    const [, list = ''] = /<ul class="?bests"?>(.*?)<\/ul>/s.exec(html) ?? []
    const lines = list.split('<li>').slice(1)
    expect(lines).toHaveLength(columns.length)
    for (const [index, { scenario, standing, figures }] of columns.entries()) {
      expect(lines[index]).toContain(`<bdi>${scenario}</bdi>`)
      if (standing === 'nobody') expect(lines[index]).toContain('nothing can be compared')
      else expect(lines[index]).toContain(figures[0]?.name ?? '')
      if (standing === 'leads') expect(lines[index]).toMatch(/<\/b> leads/)
    }
  })

  it('measures its bars by the best that is compared, and breaks the bar of a stand-in that is better', () => {
    const measured = sampleResults({ scenarios: ['predict'], failing: 'none', repetitions: 3 })
    const standIn = { for: ['hyper'], because: 'hex' }
    const entries = measured.entries.map((each) => (each.target === 'rust-axum' ? { ...each, standIn } : each))
    const asStandIn = { ...measured, entries }
    const of = (results: typeof measured) => {
      const decided = { ...results, decision: decide(results) }
      const page = renderHtml(decided)
      const [, rows = ''] = /<div class="?answer-table"?>(.*?)<\/table>/s.exec(page) ?? []
      const bars = [...rows.matchAll(/<bdi>([^<]*)<\/bdi>.*?<i class="?([^">]*)/gs)].map(([, name, bar]) => [name, bar])
      return { page, bars: Object.fromEntries(bars) as Record<string, string>, card: runCard(decided) }
    }
    const plain = of(measured)
    expect(plain.bars['rust-axum']).toBe('w100')
    expect(Number(plain.bars['go-net-http']!.slice(1))).toBeLessThan(100)
    expect(plain.page).not.toContain('a broken one')
    expect(plain.card).not.toContain('A broken bar')

    const { page, bars, card } = of(asStandIn)
    expect(bars).toMatchObject({ 'rust-axum': 'w100 aside beyond', 'go-net-http': 'w100' })
    expect(page).toContain('A grey bar is of what is shown beside that; a broken one would be longer.')
    expect(card).toMatch(/A.broken.bar.would.be.longer/)
    const value = (name: string) => decide(asStandIn).columns[0]!.figures.find((each) => each.name === name)!.value!
    expect(bars['node-fastify']).toBe(`w${Math.round((value('node-fastify') / value('go-net-http')) * 100)}`)
  })

  it('says once what is provisional in all scenarios, in the heading', () => {
    const page = renderHtml(sampleResults({ repetitions: 1, failing: 'none' }))
    expect(page).toMatch(/<h1 class="answer(?: long)?">Provisional, one repetition: [^<]+<\/h1>/)
    const [, decided = ''] = /<section id="?decision"?(.*?)<section id=/s.exec(page) ?? []
    expect(decided).toMatch(/<\/b> first/)
    expect(decided).not.toMatch(/provisional/i)
  })
})

it('speaks of the claims of a scenario in one line', () => {
  const claimed = usual.scenarios.filter(
    ({ id }) => claimCounts(usual.claims.filter(({ scenario }) => scenario === id)).length > 0,
  )
  expect(claimed.length).toBeGreaterThan(0)
  expect(html.match(/class=claims-line/g)).toHaveLength(claimed.length)
  const [, overview = ''] = /id="overview"(.*?)<section id="/s.exec(html) ?? []
  for (const { comparisons } of usual.claims)
    for (const { statement } of comparisons) expect(overview).not.toContain(statement)
})

describe('a service level', () => {
  const level = { p99Ms: 50, errors: 0.01 }
  const [sample] = usual.cells.filter((cell) => shownMs(cell, 'p99') !== null)
  const cellOf = (figures: Readonly<Record<string, number>>, wrong = 0): Cell => ({
    ...(sample as Cell),
    shownTime: 'serviceMs',
    atLeast: {},
    figures: Object.fromEntries(
      Object.entries(figures).map(([name, median]) => [
        `serviceMs.${name}`,
        { median, mean: median, low: null, high: null, n: 1, values: [median], method: '', outliers: [] },
      ]),
    ),
    requests: { ...(sample as Cell).requests!, sent: 1000, wrong, errors: 0, timeouts: 0, lost: 0 },
  })

  it.each([
    { because: 'p99 is within it', cell: cellOf({ p50: 1, p99: 50 }), kept: 'kept' },
    { because: 'p99 is beyond it', cell: cellOf({ p50: 1, p99: 51 }), kept: 'missed' },
    { because: 'too many failed', cell: cellOf({ p50: 1, p99: 5 }, 11), kept: 'missed' },
    { because: 'p95 is beyond it, and p99 is never below that', cell: cellOf({ p50: 1, p95: 60 }), kept: 'missed' },
    { because: 'p99 is not known', cell: cellOf({ p50: 1, p95: 20 }), kept: null },
  ])('is $kept when $because', ({ cell, kept }) => expect(keptOf(cell, level)).toBe(kept))

  it('has for an unknown p99 the highest lower percentile as its least', () => {
    expect(leastMs(cellOf({ p50: 1, p90: 7, p95: 20 }), 'p99')).toBe(20)
    expect(leastMs(cellOf({ p50: 1, p99: 30 }), 'p99')).toBeNull()
    expect(leastMs({ ...cellOf({ p95: 20 }), atLeast: { 'serviceMs.p99': 90 } }, 'p99')).toBe(90)
    expect(leastMs(cellOf({}), 'p99')).toBeNull()
  })
})

it('measures by the best target that a headline names, not by the worst', () => {
  const view = viewOf(usual)
  for (const { scenario, loadId, ranked } of usual.groups.filter(({ metric }) => metric === 'throughput')) {
    const baseline = firstBaseline(view, { scenario, loadId })
    expect(baseline?.id ?? null).toBe(ranked[0] ?? null)
  }
})

it('says once what all cells of a table are marked with', () => {
  const verdict = (...causes: string[]) => ({
    verdict: { status: 'suspect', limitedBy: null, causes: causes.map((cause) => ({ cause, limit: null })) },
  })
  const cells = (...verdicts: object[]) => verdicts as unknown as Cell[]
  expect(sharedCauses(cells(verdict('a', 'b'), verdict('b'), verdict('b', 'c')))).toEqual(['b'])
  expect(sharedCauses(cells(verdict('b'), verdict('b')))).toEqual([])
  expect(sharedCauses(cells(verdict('b'), verdict('b'), verdict('a')))).toEqual([])
})

describe('pairs of published and measured ratios', () => {
  const measured = (median: number, low: number, high: number) => ({ median, low, high, n: 3, method: '' })

  it('have an axis of powers of ten that holds them, their intervals and 1', () => {
    expect(pairAxis([])).toBeNull()
    expect(pairAxis([{ published: 12.8, measured: measured(2.6, 2.4, 2.8) }])).toEqual({ low: 1, high: 100 })
    expect(pairAxis([{ published: 1.4, measured: measured(0.9, 0.05, 1.2) }])).toEqual({ low: 0.01, high: 10 })
    expect(pairAxis([{ published: 10, measured: null }])).toEqual({ low: 1, high: 10 })
  })

  it('have a ring for what was published, and a dot only for what was measured', () => {
    const span = { low: 1, high: 100 }
    expect(pairOf({ published: 10, measured: null }, span).text.match(/<circle/g)).toHaveLength(1)
    expect(pairOf({ published: 10, measured: measured(2, 1.5, 3) }, span).text).toContain('class="ring" cx=50%')
  })
})
