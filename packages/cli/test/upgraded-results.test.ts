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

/** Where a run of every scenario stands that the program of version 1 wrote: the results, and how it drew them. */
const WHOLE = join(import.meta.dirname, 'results/version-1')

/** Shown figures of the tables of a summary, by scenario, target and head of the column. */
function shownIn(summary: string): Record<string, string> {
  const shown: Record<string, string> = {}
  let [scenario, heads]: [string, readonly string[] | null] = ['', null]
  for (const line of summary.split('\n')) {
    if (line.startsWith('## ')) scenario = line.slice(3)
    if (!line.startsWith('| ')) heads = null
    else {
      const fields = line.slice(2, -2).split(' | ')
      const target = heads?.indexOf('Target') ?? -1
      if (target >= 0 && heads?.includes('Memory') && !/^:?-/.test(fields[0] as string))
        for (const [index, head] of heads.entries())
          shown[`${scenario}, ${fields[target]}: ${head}`] = fields[index] as string
      heads ??= fields
    }
  }
  return shown
}

/** The lines of a CSV file, each by the names of its columns. */
function recordsOf(csv: string): Record<string, string>[] {
  const fieldsOf = (line: string) =>
    [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, field]) => field as string)
  const [head = '', ...lines] = csv.trimEnd().split('\r\n')
  const names = fieldsOf(head)
  return lines.map((line) => Object.fromEntries(fieldsOf(line).map((field, index) => [names[index], field])))
}

/** Every number below a value, by the names that lead to it. */
function numbersIn(
  value: unknown,
  path: readonly string[] = [],
): { readonly path: readonly string[]; readonly number: number }[] {
  if (typeof value === 'number') return [{ path, number: value }]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => numbersIn(inner, [...path, name]))
}

describe('a run of every scenario, as the program of version 1 wrote it', () => {
  const text = (name: string) => readFileSync(join(WHOLE, name), 'utf8')
  const file = JSON.parse(text('results.json')) as { readonly schemaVersion: number; readonly cells: readonly Cell[] }
  const results = schema.parse(upgradeResults(file))
  const times = ({ load }: Cell) => (load.kind === 'closed' ? 'service' : 'response')

  it('is of version 1, and holds what was measured of every scenario', () => {
    expect(file.schemaVersion).toBe(1)
    expect(file.cells.filter(({ outcome }) => outcome === 'measured').length).toBeGreaterThan(50)
  })

  it('has the same digits in every table of the summary', () => {
    const words = / (Tier|Verdict)$/
    const [then, now] = [text('summary.md'), renderSummary(results)].map(shownIn) as [
      Record<string, string>,
      Record<string, string>,
    ]
    const figures = Object.entries(then).filter(([name]) => !words.test(name))
    expect(figures.length).toBeGreaterThan(150)
    for (const [name, shown] of figures) expect(now[name], name).toBe(shown)
  })

  it('has the same value in every column of results.csv', () => {
    const cells = new Map(results.cells.map((cell) => [cell.id, cell]))
    const now = new Map(recordsOf(renderCsv(results)).map((record) => [record.cell, record]))
    const todays = (column: string, cell: Cell) => {
      if (/^(p\d\d(_9)?|max)_ms$/.test(column)) return `${times(cell)}_${column}`
      return column === 'batch_cpu_ms_per_task' ? 'target_cpu_ms_per_request' : column
    }
    const then = recordsOf(text('results.csv'))
    expect(then).toHaveLength(results.cells.length)
    // A column of batches is one of all cells now: it was empty elsewhere.
    for (const record of then)
      for (const [column, value] of Object.entries(record))
        if (value !== '' || column !== 'batch_cpu_ms_per_task')
          expect(
            now.get(record.cell)?.[todays(column, cells.get(record.cell as string)!)],
            `${record.cell}: ${column}`,
          ).toBe(value)
  })

  /** Where a number of a cell of version 1 is now: in the cell, its scenario or the figures of its start. */
  const MOVED: readonly (readonly [RegExp, string])[] = [
    [/^throughput /, 'figures throughput '],
    [/^target cpuMsPerRequest /, 'figures cpuMsPerRequest '],
    [/^target requestsPerCpuSecond$/, 'figures requestsPerCpuSecond median'],
    [/^target (coldStartMs|imageBytes)$/, 'start $1 median'],
    [/^batch wallSeconds /, 'figures wallSeconds '],
    [/^batch cpuMsPerTask /, 'figures cpuMsPerRequest '],
    [/^batch userSeconds$/, 'figures userSeconds median'],
    [/^batch systemSeconds$/, 'figures systemSeconds median'],
    [/^batch memoryPeakBytes$/, 'figures memoryPeakBytes median'],
    [/^batch failed$/, 'tasksFailed'],
    [/^batch (tasks|concurrency)$/, 'load $1'],
    [/^estimatedCapacity$/, 'figures estimatedCapacity median'],
    [/^agent cores$/, 'scenario cores agent length'],
    [/^agent cpuSeconds$/, 'figures agentCpuSeconds median'],
    [/^agent cpuShare$/, 'figures agentCpuShare median'],
    [/^agent eventLoopUtilisation$/, 'figures agentEventLoop median'],
    [/^agent ceilingShare$/, 'figures ceilingShare median'],
    [/^agent lateShare$/, 'figures lateShare median'],
    [/^host otherLoad$/, 'figures hostOthers median'],
    [/^host steal$/, 'figures hostSteal median'],
    [/^host pressure$/, 'figures hostPressure median'],
    [/^overhead perStreamMs$/, 'figures overheadPerStreamMs median'],
    [/^overhead perChunkMs$/, 'figures overheadPerChunkMs median'],
    [/^overhead firstByteMs$/, 'figures overheadFirstByteMs median'],
    [/^latencyMs (\w+)$/, 'figures TIMES.$1 median'],
    [/^latencyRangeMs (\w+) 0$/, 'figures TIMES.$1 least'],
    [/^latencyRangeMs (\w+) 1$/, 'figures TIMES.$1 most'],
    [/^serviceTimeMs (\w+)$/, 'figures serviceMs.$1 median'],
  ]

  it('has every number of every cell, where it was or in the figure that it is now', () => {
    const lost = new Set<string>()
    let held = 0
    for (const old of file.cells) {
      const cell = results.cells.find(({ id }) => id === old.id)!
      const { figures: start } = results.entries.find(({ id }) => id === cell.entry)!
      const scenario = results.scenarios.find(({ id }) => id === cell.scenario)
      const figures = Object.fromEntries(
        Object.entries(cell.figures).map(([id, estimate]) => [
          id,
          estimate && { ...estimate, least: Math.min(...estimate.values), most: Math.max(...estimate.values) },
        ]),
      )
      const at = (path: readonly string[]) =>
        path.reduce<unknown>((value, name) => (value as Record<string, unknown> | null)?.[name], {
          ...cell,
          figures,
          start,
          scenario,
        })
      for (const { path, number } of numbersIn(old)) {
        const was = path.join(' ')
        const [pattern, now] = MOVED.find(([each]) => each.test(was)) ?? [/^/, '']
        const moved = was.replace(pattern, now).replace('TIMES', `${times(cell)}Ms`)
        if (at(path) === number || at(moved.split(' ')) === number) held++
        else lost.add(was.replace(/\d+/g, 'n'))
      }
    }
    expect([...lost]).toEqual([])
    expect(held).toBeGreaterThan(3000)
  })
})

it('a file of neither version is left to the schema', () => {
  for (const file of [null, 3, 'text', [], {}, { schemaVersion: 3 }]) expect(upgradeResults(file)).toBe(file)
})
