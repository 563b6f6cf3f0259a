/** Figures as they are drawn: what results.legend says of each, and how its numbers are written. */
import { type Cell, type Estimate, type Figure, figureOf, kindOf, type LoadSpec, shownValue } from '@bakeoff/model'
import { formatBytes, formatCores, formatDurationMs, formatNumber, formatShare } from './format.js'
import type { View } from './subjects.js'

export interface DrawnFigure {
  readonly id: string
  readonly title: string
  readonly unit: string
  readonly better: 'higher' | 'lower'
  readonly about: string
  readonly format: (value: number) => string
  /** `12.3 ms`: with the unit, where the number does not have one already */
  readonly withUnit: (value: number) => string
  /** the estimate of a cell, or of its entry for a figure of starts; null: not known */
  readonly estimate: (cell: Cell) => Estimate | null
  /** the one number that is shown for all repetitions */
  readonly value: (cell: Cell) => number | null
}

/** @throws RangeError for a figure that is not in the legend of the results, which is a bug of the section that asks */
export function drawnFigure(view: View, id: string, load?: LoadSpec | null): DrawnFigure {
  const figure = view.figures.get(id)
  if (!figure) throw new RangeError(`the results have no figure ${id}`)
  const { title, unit } = load && kindOf(load).unit === 'task' && figure.ofBatch ? figure.ofBatch : figure
  const format = formatOf(figure)
  const hasUnit = figure.format === 'bytes' || figure.format === 'duration' || figure.format === 'share'
  const estimate = (cell: Cell) => figureOf(figure.of === 'start' ? view.entries.get(cell.entry) : cell, id)
  return {
    id,
    title,
    unit,
    better: figure.better,
    about: figure.about,
    format,
    withUnit: (value) => (hasUnit ? format(value) : `${format(value)} ${unit}`),
    estimate,
    value: (cell) => {
      const found = estimate(cell)
      return found && shownValue(figure, found)
    },
  }
}

function formatOf({ format, unit }: Figure): (value: number) => string {
  switch (format) {
    case 'number':
      return formatNumber
    case 'bytes':
      return formatBytes
    case 'duration':
      return unit === 's' ? (seconds) => formatDurationMs(seconds * 1000) : formatDurationMs
    case 'share':
      return formatShare
    case 'cores':
      return formatCores
  }
}

export type TimeName = 'p50' | 'p90' | 'p95' | 'p99' | 'p99_9' | 'max' | 'mean'

/** The time that is shown for a cell: counted from when a request was due, under a load whose requests are due at set moments. */
export function shownTime(cell: Cell, name: TimeName): Estimate | null {
  return cell.shownTime === null ? null : figureOf(cell, `${cell.shownTime}.${name}`)
}

/** The shown time as one number, in ms: the median over repetitions; for `max`, the slowest answer of all repetitions. */
export function shownMs(cell: Cell, name: TimeName): number | null {
  const found = shownTime(cell, name)
  return found && shownValue({ shows: name === 'max' ? 'highest' : 'median' }, found)
}

/** The least that a time can be, in ms, when it is not known because too many requests never ended. */
export function atLeastMs(cell: Cell, name: TimeName): number | null {
  return (cell.shownTime && cell.atLeast[`${cell.shownTime}.${name}`]) ?? null
}

/**
 * The least that a percentile can be, in ms, where it is not known: what requests that never ended make sure, or the highest
 * lower percentile that is known, since a percentile is never below a lower one. Null where nothing is known.
 */
export function leastMs(cell: Cell, name: 'p99' | 'p99_9'): number | null {
  if (shownMs(cell, name) !== null) return null
  const lower = (['p99', 'p95', 'p90', 'p50'] as const).filter((one) => one !== name)
  const known = lower.map((one) => shownMs(cell, one)).find((value) => value !== null) ?? null
  const bound = atLeastMs(cell, name)
  return bound === null || known === null ? (bound ?? known) : Math.max(bound, known)
}

/** The range of an estimate: its lowest and its highest repetition; null where the two are equal. */
export function rangeOf(estimate: Estimate | null): readonly [number, number] | null {
  if (!estimate) return null
  const [least, most] = [Math.min(...estimate.values), Math.max(...estimate.values)]
  return least < most ? [least, most] : null
}
