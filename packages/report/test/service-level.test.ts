/** Who keeps a service level at a rate: in the leaderboard, the decision, the summary and the CSV. */
import { describe, expect, it } from 'vitest'
import { judgedCells, type Observed, resultsOfCells } from '../../core/test/builders.js'
import { renderCsv, renderHtml, renderSummary } from '../src/index.js'

const rate = { kind: 'rate', perSecond: 200, connections: 256, arrivals: 'exponential' } as const
const level = { perSecond: 200, p95Ms: null, p99Ms: 30, errors: 0.001 }
const windows = (meansMs: readonly number[], more: Observed = {}): Observed[] => [
  ...meansMs.map((meanMs): Observed => ({ load: rate, perSecond: 200, meanMs, ...more })),
]
const closed: readonly Observed[] = Array.from({ length: 5 }, () => ({ perSecond: 1000 }))

const results = resultsOfCells(
  judgedCells(
    {
      'go-net-http': [...closed, ...windows([5, 5.2, 4.9, 5.1, 5], { cpuMs: 0.1 })],
      'python-flask': [...closed, ...windows([50, 52, 49, 51, 50])],
      'node-fastify': [...closed, ...windows([5, 8, 4, 11, 6])],
    },
    { scenario: { levels: [level] } },
  ),
)
/** Fields of a line of CSV; quoted ones keep their quotes. */
const fieldsOf = (line: string) => [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, field]) => field)

const says = results.decision!.levels![0]!.says

it('the page has the sentence, the table of the decision, and a column where the rate is shown', () => {
  const page = renderHtml(results)
  expect(page).toContain('Who keeps p99 30 ms at 200 requests/s?')
  expect(page).toContain('aria-label="Who keeps p99 30 ms at 200 requests/s in predict"')
  expect(page).toContain('p99 30 ms at 200/s')
  for (const words of ['not decided', '5 of 5 windows', '0 of 5 windows', 'too close to the limit'])
    expect(page).toContain(words)
})

describe('summary.md', () => {
  const summary = renderSummary(results)

  it('begins with who keeps it, before the decision', () => {
    expect(summary).toContain('## Who keeps p99 30 ms at 200/s in predict?')
    expect(summary.indexOf('## Who keeps')).toBeLessThan(summary.indexOf('## predict'))
    expect(summary).toContain(says.slice(0, 40))
  })

  it('has a row for each target, with windows, cores and money', () => {
    const row = summary.split('\n').find((line) => line.startsWith('| go-net-http | **yes**'))
    expect(row).toMatch(/\| 5 of 5 windows \| 0\.02 \| \\?\$0\.\d+ \|/)
  })
})

it('results.csv has the answer of each cell, and nothing where none was asked for', () => {
  const [head = '', ...rows] = renderCsv(results).trim().split('\r\n')
  const at = (name: string) => fieldsOf(head).indexOf(name)
  const of = (cell: string) => fieldsOf(rows.find((row) => row.startsWith(cell))!)
  const asked = of('predict/go-net-http/default/rate-200')
  expect(asked[at('service_level_kept')]).toBe('yes')
  expect(asked[at('service_level_windows_kept')]).toBe('5')
  expect(of('predict/go-net-http/default/closed-64')[at('service_level_kept')]).toBe('')
})
