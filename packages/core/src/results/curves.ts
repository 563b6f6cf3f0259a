import { type Curve, kindOf } from '@bakeoff/model'
import { percentileOf, shownTimes } from '../figures/times.js'
import { type CellView, type Repetition, unansweredOf } from '../observe/view.js'
import { type CurvePoint, kneeOf, MOST_FAILED, medianOf, quantileInterval, sloCrossing } from '../stats/index.js'

/** A point with the interval of its p99 from its own window, for use where there is only one pass. */
interface Point extends CurvePoint {
  readonly p50Ms: number | null
  readonly lowMs: number | null
  readonly highMs: number | null
}

/**
 * The latency–throughput curve of every entry that was offered rates: its points, its knee, and the highest rate that keeps
 * the service level. A rate that was measured again begins another pass.
 */
export function curvesOf(views: readonly CellView[]): Curve[] {
  const entries = [...new Set(views.map(({ entry }) => entry.id))]
  return entries.flatMap((entry) => {
    const own = views.filter((view) => view.entry.id === entry && kindOf(view.load).inCurves)
    const points = own.flatMap((view) => view.repetitions.flatMap((each, pass) => pointOf(each, pass) ?? []))
    const [first] = own
    if (!first || new Set(points.map(({ offeredPerSecond }) => offeredPerSecond)).size < 2) return []
    const { slo } = first.scenario
    const mostFailed = Math.max(MOST_FAILED, slo?.errors ?? 0)
    return [
      {
        scenario: first.scenario.id,
        entry,
        points: own.flatMap((view) => summaryOf(view) ?? []).sort((a, b) => a.perSecond - b.perSecond),
        knee: kneeOf(points, { mostFailed }),
        slo: slo === null ? null : withinSlo(points, slo.p99Ms, mostFailed),
      },
    ]
  })
}

function withinSlo(points: readonly Point[], p99Ms: number, mostFailed: number): Curve['slo'] {
  const crossing = sloCrossing(points, p99Ms, { mostFailed })
  if (crossing === null) return null
  if (crossing.kind !== 'crossed' || crossing.low !== null || crossing.high !== null) return { p99Ms, ...crossing }
  // One pass: the curve through the upper ends of the windows' own intervals crosses first, the one through the lower ends last.
  const along = (pick: (point: Point) => number | null) =>
    sloCrossing(
      points.map((point) => ({ ...point, p99Ms: pick(point) ?? point.p99Ms })),
      p99Ms,
      { mostFailed },
    )?.perSecond ?? null
  return { p99Ms, ...crossing, low: along(({ highMs }) => highMs), high: along(({ lowMs }) => lowMs) }
}

function pointOf(repetition: Repetition, pass: number): Point | null {
  const { measurement } = repetition.record
  const offered = measurement.offeredPerSecond
  if (offered === null) return null
  const times = shownTimes(repetition)
  const p99 = percentileOf(times, 0.99)
  const isKnown = p99.support !== 'at-least'
  const interval = isKnown ? quantileInterval(times.distribution, 0.99) : null
  const unanswered = unansweredOf(repetition)
  return {
    repetition: pass,
    offeredPerSecond: offered,
    servedPerSecond: repetition.seconds > 0 ? repetition.right / repetition.seconds : 0,
    p50Ms: percentileOf(times, 0.5).ms,
    p99Ms: isKnown ? p99.ms : null,
    lowMs: interval && interval.lowUs / 1000,
    highMs: interval && interval.highUs / 1000,
    failedShare: unanswered.of === 0 ? 1 : unanswered.count / unanswered.of,
  }
}

/** One offered rate over its repetitions, medians. */
function summaryOf({ repetitions }: CellView): Curve['points'][number] | null {
  const points = repetitions.flatMap((each, pass) => pointOf(each, pass) ?? [])
  const perSecond = medianOf(points.map(({ offeredPerSecond }) => offeredPerSecond))
  if (perSecond === null || points.length === 0) return null
  return {
    perSecond,
    served: medianOf(points.map(({ servedPerSecond }) => servedPerSecond)) ?? 0,
    p50Ms: medianOf(points.map(({ p50Ms }) => p50Ms)),
    p99Ms: points.some(({ p99Ms }) => p99Ms === null) ? null : medianOf(points.map(({ p99Ms }) => p99Ms)),
    failedShare: medianOf(points.map(({ failedShare }) => failedShare)) ?? 0,
    repetitions: points.length,
  }
}
