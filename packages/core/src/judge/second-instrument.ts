import { formatNumber, type SecondInstrumentResult } from '@bakeoff/model'
import { throughput } from '../figures/throughput.js'
import type { CellView } from '../observe/view.js'
import { median } from '../stats/index.js'
import { thresholds } from '../thresholds.js'

/**
 * The second instrument's measurement of a cell, beside the agent's throughput in the same repetition; null where it was not
 * used. Only throughput is compared: wrk adds to its histogram the requests that it believes it missed, so its percentiles
 * differ by definition.
 */
export function secondInstrumentOf(view: CellView): SecondInstrumentResult | null {
  const whole = view.records.find(({ secondInstrument }) => secondInstrument?.loadId === view.loadId)
  const record = whole?.secondInstrument
  if (!whole || !record) return null
  if (record.kind !== 'measured') return { kind: record.kind, tool: record.tool, reason: record.reason }
  const { loadId: _, ...figures } = record
  const repetition = view.repetitions.find(({ number }) => number === whole.repetition)
  const agentPerSecond = repetition ? throughput.from(repetition, view) : null
  return {
    ...figures,
    repetition: whole.repetition,
    agentPerSecond,
    difference: agentPerSecond ? record.perSecond / agentPerSecond - 1 : null,
    tolerance: toleranceOf(view, record),
  }
}

/**
 * The difference up to which the two agree: the spread of the cell's own repetitions, but at least 10 %, and at least one
 * answer for each connection, since wrk's window begins on idle connections and drops what is under way at its end.
 */
function toleranceOf(
  view: CellView,
  { connections, requests }: { readonly connections: number; readonly requests: number },
): number {
  const rates = view.repetitions.flatMap((repetition) => throughput.from(repetition, view) ?? [])
  const centre = rates.length === 0 ? 0 : median(rates)
  const spread = centre > 0 ? (Math.max(...rates) - Math.min(...rates)) / centre : 0
  return Math.max(thresholds.instruments, spread, connections / Math.max(1, requests))
}

/** `wrk reached 12,345 requests/s in the same place`; null without figures. */
export function reachedWords(result: SecondInstrumentResult | null | undefined): string | null {
  if (result?.kind !== 'measured') return null
  return `${result.tool} reached ${formatNumber(result.perSecond)} requests/s in the same place`
}
