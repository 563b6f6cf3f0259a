/**
 * The results as they stand inside the page: still valid results.json, with everything that is shown. The raw
 * histograms stay in the file beside it, with the comparisons that no column shows and the reasons of the others; curves are thinned to what a
 * screen can show.
 */
import type { Cell, Estimate, Figure, ResourcePoint, Results, Timeline } from '@bakeoff/model'

import { metricOf, type View, viewOf } from './subjects.js'

const MOST_WINDOWS = 120
const MOST_READINGS = 40
const MOST_SPECTRUM = 40
const MOST_BINS = 40

export function slimResults(results: Results): Results {
  const view = viewOf(results)
  return rounded({
    ...results,
    cells: results.cells.map((cell) => slimCell(view, cell)),
    comparisons: results.comparisons
      .filter((comparison) => comparison.metric === metricOf(view, comparison))
      .map((comparison) => ({ ...comparison, pAdjusted: null, outlook: null, why: '' })),
  })
}

/** The value with every fraction rounded to more digits than any page shows. Whole numbers stay as they are. */
function rounded<T>(value: T): T {
  if (typeof value === 'number') return roundedNumber(value) as T
  if (Array.isArray(value)) return value.map(rounded) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, rounded(part)])) as T
}

/**
 * A number rounded to five digits, or to a whole one where that is more. The page rounds it once more, to three digits or to a
 * whole one, and must not show another number than a table that was made from the exact one: where the rest is half a digit,
 * it keeps further ones.
 */
function roundedNumber(value: number): number {
  if (Number.isInteger(value)) return value
  const size = Math.floor(Math.log10(Math.abs(value)))
  const digits = Math.max(5, size + 1)
  const text = Math.abs(value).toPrecision(digits)
  const isHalf = size < 3 ? /50(e.*)?$/.test(text) : size === 3 && text.endsWith('5')
  return Number(value.toPrecision(isHalf ? digits + 3 : digits))
}

function slimCell(view: View, cell: Cell): Cell {
  return {
    ...cell,
    figures: Object.fromEntries(
      Object.entries(cell.figures).map(([id, figure]) => [
        id,
        figure && slimEstimate(id, figure, view.figures.get(id)),
      ]),
    ),
    histograms: { service: null, response: null },
    spectrum: evenly(cell.spectrum, MOST_SPECTRUM).map((point) => ({ ...point, ms: short(point.ms) })),
    bins: mergedBins(cell.bins),
    timeline: cell.timeline && slimTimeline(cell.timeline),
  }
}

/** Figures of which single repetitions are drawn, or the least and the most shown, though targets are not compared by them. */
const WITH_REPETITIONS = /^(requestsPerCpuSecond|wallSeconds|overhead.*|(service|response)Ms\.(p50|p99|p99_9|max))$/

/**
 * An estimate without its single repetitions where the page shows none, else with four digits of each: they are dots. Of times
 * the least and the most are shown as numbers too, and stay as they are.
 */
function slimEstimate(id: string, estimate: Estimate, figure: Figure | undefined): Estimate {
  if (!figure || !(figure.compared || figure.shows === 'highest' || WITH_REPETITIONS.test(id)))
    return { ...estimate, low: shownBound(estimate.low), high: shownBound(estimate.high), values: [] }
  const shown = /Ms\./.test(id) ? [Math.min(...estimate.values), Math.max(...estimate.values)] : []
  const slim = (value: number) =>
    shown.includes(value) || Number.isInteger(value) ? value : Number(value.toPrecision(4))
  return { ...estimate, values: estimate.values.map(slim) }
}

/** A bound of an interval with as many digits as a table shows. */
function shownBound(value: number | null): number | null {
  if (value === null) return null
  return Math.abs(value) < 1000 ? short(value) : Math.round(value)
}

function slimTimeline(timeline: Timeline): Timeline {
  return {
    repetition: timeline.repetition,
    windows: evenly(timeline.windows, MOST_WINDOWS).map((window) => ({
      ...window,
      atMs: Math.round(window.atMs),
      throughput: short(window.throughput),
      p50Ms: window.p50Ms === null ? null : short(window.p50Ms),
      p99Ms: window.p99Ms === null ? null : short(window.p99Ms),
    })),
    target: thinned(timeline.target),
    services: Object.fromEntries(Object.entries(timeline.services).map(([name, points]) => [name, thinned(points)])),
    agent: thinned(timeline.agent).map(coresOnly),
    host: [], // not drawn
  }
}

/** Thinned readings: of each group the one with the most memory, so that a peak does not vanish from the page. */
function thinned(points: readonly ResourcePoint[]): ResourcePoint[] {
  const size = Math.ceil(points.length / MOST_READINGS)
  const groups = Array.from({ length: Math.ceil(points.length / Math.max(1, size)) }, (_, index) =>
    points.slice(index * size, (index + 1) * size),
  )
  return groups.map((group) => {
    const top = group.reduce((best, point) => ((point.memoryBytes ?? -1) > (best.memoryBytes ?? -1) ? point : best))
    return {
      atMs: Math.round(top.atMs / 10) * 10,
      cores: top.cores === null ? null : short(top.cores),
      memoryBytes: top.memoryBytes === null ? null : Math.round(short(top.memoryBytes)),
      throttledShare: top.throttledShare === null ? null : short(top.throttledShare),
    }
  })
}

/** A reading of the agent: only its CPU is drawn. */
function coresOnly({ atMs, cores }: ResourcePoint): ResourcePoint {
  return { atMs, cores, memoryBytes: null, throttledShare: null }
}

function mergedBins(bins: Cell['bins']): Cell['bins'] {
  const size = Math.ceil(bins.length / MOST_BINS)
  if (size <= 1) return bins
  return Array.from({ length: Math.ceil(bins.length / size) }, (_, index) => {
    const group = bins.slice(index * size, (index + 1) * size)
    const [first, last] = [group[0]!, group.at(-1)!]
    return [first[0], last[1], group.reduce((sum, [, , count]) => sum + count, 0)]
  })
}

/** At most `most` of the items, evenly spaced, the first and the last among them. */
function evenly<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items]
  return Array.from({ length: most }, (_, index) => items[Math.round((index * (items.length - 1)) / (most - 1))]!)
}

/** The value with three digits, as many as a pixel can show. */
function short(value: number): number {
  return Number(value.toPrecision(3))
}
