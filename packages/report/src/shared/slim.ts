/**
 * The results as they stand inside the page: still valid results.json, with everything that is shown. The raw
 * histograms stay in the file beside it, with the comparisons that no column shows; curves are thinned to what a
 * screen can show.
 */
import type { Cell, ResourcePoint, Results, Timeline } from '@bakeoff/model'

import { metricOf, viewOf } from './subjects.js'

const MOST_WINDOWS = 120
const MOST_READINGS = 40
const MOST_SPECTRUM = 40
const MOST_BINS = 40

export function slimResults(results: Results): Results {
  const view = viewOf(results)
  return rounded({
    ...results,
    cells: results.cells.map(slimCell),
    comparisons: results.comparisons.filter((comparison) => comparison.metric === metricOf(view, comparison)),
  })
}

/** The value with every fraction rounded to five digits, more than any page shows. Whole numbers stay as they are. */
function rounded<T>(value: T): T {
  if (typeof value === 'number') return (Number.isInteger(value) ? value : Number(value.toPrecision(5))) as T
  if (Array.isArray(value)) return value.map(rounded) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, rounded(part)])) as T
}

function slimCell(cell: Cell): Cell {
  return {
    ...cell,
    histograms: { service: null, response: null },
    spectrum: evenly(cell.spectrum, MOST_SPECTRUM).map((point) => ({ ...point, ms: short(point.ms) })),
    bins: mergedBins(cell.bins),
    timeline: cell.timeline && slimTimeline(cell.timeline),
  }
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
    agent: thinned(timeline.agent),
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
