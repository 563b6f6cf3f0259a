import { formatDurationMs } from '@bakeoff/model'
import { leastSquares, mean } from '../../stats/index.js'
import { thresholds } from '../thresholds.js'
import type { Repetition } from '../view.js'
import { percent } from '../words.js'
import { defineVerdict, type Found, inRepetitions } from './define.js'

export const notSteady = defineVerdict({
  cause: 'not-steady',
  description:
    'Throughput had not settled when measuring began, kept rising or falling within the window, or a queue kept growing: another window would show another figure.',
  find: ({ load, repetitions, plan }) => {
    const found: Found[] = []
    const cold = repetitions.filter(({ run }) => run.warmUp !== null && !run.warmUp.steady)
    if (cold.length > 0) {
      const { tolerance, maxMs } = plan.rules.warmUp
      found.push({
        effect: 'doubts',
        evidence: `throughput was not within ± ${percent(tolerance)} after ${formatDurationMs(maxMs)} of warm-up ${inRepetitions(
          cold.map(({ number }) => number),
          repetitions.length,
        )}`,
      })
    }
    const trending = repetitions.flatMap((repetition) => {
      const change = load.kind === 'batch' || load.kind === 'capacity' ? null : trendOf(repetition)
      return change === null ? [] : [{ number: repetition.number, change }]
    })
    // One repetition in many may trend by accident.
    if (trending.length > repetitions.length / 2) {
      const change = mean(trending.map((each) => each.change))
      found.push({
        effect: 'doubts',
        evidence: `throughput ${change > 0 ? 'rose' : 'fell'} by ${percent(Math.abs(change))} within the window ${inRepetitions(
          trending.map(({ number }) => number),
          repetitions.length,
        )}`,
      })
    }
    const queued = repetitions.reduce((sum, { record }) => sum + record.measurement.counts.unsent, 0)
    const due = repetitions.reduce(
      (sum, { record }) => sum + record.measurement.counts.unsent + record.measurement.counts.sent,
      0,
    )
    if (due > 0 && queued / due > thresholds.unsent) {
      found.push({
        effect: 'doubts',
        evidence: `${percent(queued / due)} of the requests that were due were still waiting for a connection at the end: the queue grew, and latency depends on the length of the window`,
      })
    }
    return found
  },
})

/** Change of throughput from the window's beginning to its end relative to its mean; null when it may be chance. */
function trendOf({ record }: Repetition): number | null {
  const { windows } = record.measurement
  const points = windows
    .filter(({ durationMs }) => durationMs > 0)
    .map(({ atMs, ok, durationMs }) => [atMs, ok / durationMs] as const)
  const line = leastSquares(points)
  if (line === null || line.p === null || line.p > thresholds.trend.p || points.length < 5) return null
  const centre = mean(points.map(([, rate]) => rate))
  // A line may end below zero; no rate falls by more than all of it.
  const change = centre === 0 ? 0 : Math.max(-1, (line.slope * (points.at(-1)![0] - points[0]![0])) / centre)
  return Math.abs(change) > thresholds.trend.change ? change : null
}
