import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { upgradeResults } from '@bakeoff/core'
import { type Cell, type Figures, type Results, results as schema, shownValue } from '@bakeoff/model'
import { renderCsv, renderHtml, renderSummary } from '@bakeoff/report'
import { describe, expect, it } from 'vitest'

const read = (name: string): unknown =>
  JSON.parse(readFileSync(join(import.meta.dirname, 'results', `${name}.json`), 'utf8'))
/** One run, as the program of version 1 and the one of version 2 wrote it from the same files. */
const upgraded = schema.parse(upgradeResults(read('schema-1')))
const today = schema.parse(upgradeResults(read('schema-2')))

/** The one number of each figure that is known, with the digits that any page shows. */
function numbersOf({ figures }: { readonly figures: Figures }, { legend }: Results): Record<string, number> {
  return Object.fromEntries(
    legend.figures.flatMap((figure) => {
      const estimate = figures[figure.id]
      return estimate ? [[figure.id, Number(shownValue(figure, estimate).toPrecision(9))]] : []
    }),
  )
}

describe('results.json of version 1', () => {
  it('is one of version 2 by the schema, and one of version 2 is left as it is', () => {
    expect((read('schema-1') as Results).schemaVersion).toBe(1)
    expect(upgraded.schemaVersion).toBe(2)
    const file = read('schema-2')
    expect(upgradeResults(file)).toBe(file)
  })

  it('has the same figures in every cell', () => {
    expect(upgraded.cells.map(({ id }) => id)).toEqual(today.cells.map(({ id }) => id))
    const all = today.cells.filter(({ outcome }) => outcome === 'measured')
    expect(all.length).toBeGreaterThan(3)
    for (const cell of all) {
      const old = numbersOf(upgraded.cells.find(({ id }) => id === cell.id) as Cell, upgraded)
      const now = numbersOf(cell, today)
      // Version 1 kept it only where the agent was the limit.
      if (!('estimatedCapacity' in old)) delete now.estimatedCapacity
      expect(old).toEqual(now)
      expect(Object.keys(now).length).toBeGreaterThan(15)
    }
  })

  it('has the same figures of every start', () => {
    for (const entry of today.entries)
      expect(numbersOf(upgraded.entries.find(({ id }) => id === entry.id)!, upgraded)).toEqual(numbersOf(entry, today))
  })

  it('has the same intervals, ranges and open times', () => {
    const spread = (results: Results) =>
      results.cells.map(({ id, figures, shownTime, atLeast }) => {
        const p99 = shownTime === null ? null : (figures[`${shownTime}.p99`] ?? null)
        const { throughput, cpuMsPerRequest } = figures
        const range = p99 && [Math.min(...p99.values), Math.max(...p99.values), p99.low, p99.high]
        return { id, throughput, cpuMsPerRequest, shownTime, range, atLeast }
      })
    expect(spread(upgraded)).toEqual(spread(today))
  })

  it('compares and ranks by the same names, whatever the words for it were', () => {
    const told = ({ groups, comparisons }: Results) => ({
      groups: groups.map(({ unranked, ...each }) => ({ ...each, unranked: unranked.map(({ cell }) => cell) })),
      comparisons: comparisons.map(({ of, to, metric, conclusion, ratio: { method: _, ...ratio } }) => ({
        of,
        to,
        metric,
        conclusion,
        ratio: Object.values(ratio).map((each) => each?.toPrecision(9)),
      })),
    })
    expect(told(upgraded)).toEqual(told(today))
  })

  it('is drawn with the same figures', () => {
    // The last column is the verdict, in the words of its day.
    const rows = (results: Results) =>
      renderSummary(results)
        .split('\n')
        .filter((line) => /^\| (?:[a-z]+|–) \|/.test(line))
        .map((line) => line.split(' | ').slice(0, 9))
    expect(rows(today).length).toBeGreaterThan(1)
    expect(rows(upgraded)).toEqual(rows(today))
    // An upgraded file has today's legend, in which there are figures that are younger than the file beside it.
    const columns = (results: Results) => renderCsv(results).split('\r\n')[0]!.split(',')
    expect(columns(upgraded).filter((column) => columns(today).includes(column))).toEqual(columns(today))
    expect(renderHtml(upgraded)).toContain('</html>')
  })
})

it('a file of neither version is left to the schema', () => {
  for (const file of [null, 3, 'text', [], {}, { schemaVersion: 3 }]) expect(upgradeResults(file)).toBe(file)
})
