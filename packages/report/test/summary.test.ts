import { loadIdOf, loadLabel, typicalOf } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { sampleResults } from '../../core/test/fixtures-results.js'
import { renderSummary } from '../src/index.js'
import { formatNumber } from '../src/shared/format.js'

const results = sampleResults({ scenarios: ['predict', 'ranknet', 'chat-batch'], repetitions: 2 })
const partOf = (scenario: string) =>
  renderSummary(results)
    .split(/^## /m)
    .find((part) => part.startsWith(`${scenario}\n`))!

describe('summary.md', () => {
  it.each(results.scenarios.map(({ id }) => id))('has every load of %s, with the verdict of each cell', (id) => {
    const scenario = results.scenarios.find((each) => each.id === id)!
    const rows = partOf(id)
      .split('\n')
      .filter((line) => line.startsWith('|'))
    for (const load of scenario.loads.filter((each) => loadIdOf(each) !== scenario.mainLoad)) {
      const cells = results.cells.filter((cell) => cell.scenario === id && cell.loadId === loadIdOf(load))
      const own = rows.filter((row) => row.startsWith(`| ${loadLabel(load)} |`))
      expect(own).toHaveLength(cells.length)
      for (const { verdict, outcome } of cells)
        expect(own.some((row) => row.includes(`| ${verdict?.status ?? outcome}`))).toBe(true)
    }
  })

  it('has the capacity that was found, and not only what was served', () => {
    const cell = results.cells.find(({ load, outcome }) => load.kind === 'capacity' && outcome === 'measured')!
    const rate = formatNumber(typicalOf(cell, 'capacityPerSecond')!)
    const rows = partOf(cell.scenario)
      .split('\n')
      .filter((row) => row.startsWith('| capacity within '))
    expect(rows.some((row) => row.includes(`| ${rate} |`))).toBe(true)
  })

  it('says once, before its table, what is provisional in all scenarios', () => {
    const [front = ''] = renderSummary(results).split(/^## /m)
    expect(front).toMatch(/\n\*\*Provisional\*\* \(2 repetitions\): .*\n\n\| {2}\|/)
    expect(front.match(/provisional/gi)).toHaveLength(1)
    expect(front).toMatch(/^To decide them: `npm run matrix -- --repetitions 5/m)
  })

  it('folds the other loads where they are many', () => {
    const many = sampleResults({ scenarios: ['predict'], targets: 12, repetitions: 2 })
    expect(renderSummary(many)).toMatch(/<details><summary>Other loads \(\d+ rows\)<\/summary>\n\n\|/)
    expect(partOf('chat-batch')).toMatch(/^Other loads \(\d+ rows\):\n\n\|/m)
  })
})
