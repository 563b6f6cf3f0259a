import type { History, HistoryFigure, HistoryPoint, HistoryRun } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { widthOf } from '../../cli/src/width.js'
import { historyLines, renderHistory } from '../src/index.js'
import { aHistory } from './histories.js'

const history = aHistory()
const page = renderHistory(history)
const [series] = history.series
const changed = (change: (figure: HistoryFigure) => HistoryFigure): History => ({
  ...history,
  series: [
    {
      ...series!,
      cells: series!.cells.map((cell) => ({ ...cell, figures: cell.figures.map((figure) => change(figure)) })),
    },
  ],
})
const withRuns = (change: (run: HistoryRun) => HistoryRun): History => ({
  ...history,
  series: [{ ...series!, runs: series!.runs.map(change) }],
})

describe('the page of a history', () => {
  it('draws a line for every figure of every cell, with a whisker and a dot for each run that has it, and no script', () => {
    const charts = page.match(/<svg class="course".*?<\/svg>/gs) ?? []
    expect(charts).toHaveLength(2)
    expect(charts[0]!.match(/<circle/g)).toHaveLength(5)
    expect(/class="whiskers" d="([^"]*)"/.exec(charts[0]!)?.[1]?.match(/M/g)).toHaveLength(5)
    expect(page).not.toContain('<script')
  })

  it('breaks the line where a run has no figure', () =>
    expect(/class="line" d="([^"]*)"/.exec(page)?.[1]?.match(/M/g)).toHaveLength(2))

  it('marks a change in the chart, in the table and in short', () => {
    expect(page).toMatch(/<g class="change good"><path .*?>2× better<\/text>/)
    expect(page).toMatch(/throughput is 2× \(1.8×–2.2×\) from here on: 2 runs before, 3 since/)
    expect(page.match(/data-icon="[^"]*">better<\/b>/g)).toHaveLength(2)
  })

  it('marks a change for the worse as one', () => {
    const worse = changed((figure) => ({
      ...figure,
      changes: figure.changes.map((change) => ({ ...change, isBetter: false })),
    }))
    expect(renderHistory(worse)).toMatch(/<g class="change bad">.*?>2× worse<\/text>/)
  })

  it('says so where nothing changed', () =>
    expect(renderHistory(changed((figure) => ({ ...figure, changes: [] })))).toContain('No figure is told apart'))

  it('draws one run, and runs that are all alike', () => {
    const one = (point: HistoryPoint) => ({ ...point, value: 5, low: null, high: null })
    const alike = renderHistory(changed((figure) => ({ ...figure, points: figure.points.map(one), changes: [] })))
    expect(alike).not.toContain('NaN')
    const [first] = series!.runs
    const alone: History = {
      ...changed((figure) => ({ ...figure, points: figure.points.slice(0, 1), changes: [] })),
    }
    const text = renderHistory({ ...alone, series: [{ ...alone.series[0]!, runs: [first!] }] })
    expect(text).not.toContain('NaN')
    expect(text).toContain('History <span>1 run</span>')
  })

  it('links a run to its page, and names one that lies elsewhere', () => {
    expect(page).toContain('<a href="./run-0/index.html">')
    expect(renderHistory(withRuns((run) => ({ ...run, folder: null })))).not.toContain('<a href')
  })

  it('keeps text text', () => {
    const hostile = '</svg><img src=x onerror=alert(1)>"\'&'
    const text = renderHistory({
      ...withRuns((run) => ({ ...run, folder: hostile, id: hostile })),
      leftOut: [{ name: hostile, why: hostile }],
    })
    expect(text).not.toContain('<img')
    expect(text).not.toContain('onerror=alert(1)>"')
  })

  it('says what a series was measured under, and names what is left out', () => {
    expect(page).toContain('processor: Xeon, requests and answers of predict: 12345678')
    expect(renderHistory({ ...history, leftOut: [{ name: 'cut', why: 'it is empty' }] })).toContain('it is empty')
  })
})

describe('a history in lines', () => {
  const lines = historyLines({ ...history, leftOut: [{ name: 'cut', why: 'it is empty' }] }, widthOf)

  it('has a line for every run of a cell, with its interval, and one below for what changed and what does not count', () => {
    expect(lines).toEqual([
      'predict, 6 runs',
      '  processor: Xeon, requests and answers of predict: 12345678',
      '',
      'go-net-http, 64 connections',
      expect.stringMatching(/^ {2}started +run +commit +throughput, correct responses\/s +p99, ms$/),
      expect.stringMatching(/^ {2}2026-01-01 12:00 UTC {2}run-0 {2}abcdef0123 +100 \(90–110\) +3 \(2–4\)$/),
      expect.stringMatching(/ 100 \(90–110\) +3 \(2–4\)$/),
      expect.stringMatching(/ – {2,}–$/),
      '    not counted: failed: it died',
      expect.stringMatching(/ 200 \(190–210\) \? +3 \(2–4\)$/),
      '    ↑ better: throughput is 2× (1.8×–2.2×) from here on: 2 runs before, 3 since',
      expect.stringMatching(/ 200 \(190–210\) \? +3 \(2–4\)$/),
      expect.stringMatching(/ 200 \(190–210\) \? +3 \(2–4\)$/),
      '  throughput: runs of one level differ by 4 %',
      '',
      '! cut is left out: it is empty',
    ])
  })

  it('has its columns one below the other where a folder has wide characters', () => {
    const named = withRuns((run) => ({ ...run, folder: run.folder === 'run-2' ? '測定-二' : run.folder }))
    const before = historyLines(named, widthOf).flatMap((line) =>
      line.includes(' abcdef0123') ? [widthOf(line.slice(0, line.indexOf(' abcdef0123')))] : [],
    )
    expect(before).toHaveLength(6)
    expect(new Set(before).size).toBe(1)
  })
})
