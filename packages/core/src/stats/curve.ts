import { isotonic } from './isotonic.js'
import { intervalOverRepetitions } from './percentile-intervals.js'
import { ascending, median } from './summary.js'

/** A point of a latency–throughput curve: what a target did at one offered rate in one repetition. */
export interface CurvePoint {
  readonly repetition: number
  readonly offeredPerSecond: number
  readonly servedPerSecond: number
  /** null: it is longer than what was observed, since too many requests never ended */
  readonly p99Ms: number | null
  /** share of the requests that failed, 0 to 1 */
  readonly failedShare: number
}

/** A place on the axis of offered rates, requests a second. */
export interface RateEstimate<Kind extends string> {
  readonly kind: Kind
  /** null when it lies outside the rates that were offered */
  readonly perSecond: number | null
  /** 95 % interval over repetitions; null where nothing is known on that side */
  readonly low: number | null
  readonly high: number | null
}

/** A rate of a curve, over its repetitions. */
export interface CurveRate {
  /** as offered; as served at the first rate beyond the capacity */
  readonly perSecond: number
  /** logarithm of p99 in ms, never falling with the rate */
  readonly logP99: number
}

/** The most failures, as a share, with which a rate counts as served, however quick the rest was. */
export const MOST_FAILED = 0.01

/** A smaller share of what was offered was not served: the target was beyond its capacity. */
const SERVED = 0.97

/** A p99 that is not known counts as this many times the worst that is known. */
const BEYOND_KNOWN = 10

/**
 * The rates of a curve, ascending, up to the first beyond the capacity: figures at higher rates only depend on how long the
 * window is. The median over repetitions counts, made to rise with the rate (isotonic regression of the logarithm). A
 * repetition whose p99 is not known, or that failed too often, was slower than every known p99.
 *
 * @param sloMs a service level that an unknown p99 exceeds too
 */
export function curveRates(points: readonly CurvePoint[], mostFailed: number, sloMs = 0): CurveRate[] {
  const worstMs = Math.max(sloMs, ...points.map(({ p99Ms }) => p99Ms ?? 0))
  const offered = ascending([...new Set(points.map(({ offeredPerSecond }) => offeredPerSecond))])
  const groups = offered.map((perSecond) => points.filter(({ offeredPerSecond }) => offeredPerSecond === perSecond))
  const timeOf = ({ p99Ms, failedShare }: CurvePoint) =>
    p99Ms === null || failedShare > mostFailed ? worstMs * BEYOND_KNOWN : p99Ms
  const rising = isotonic(
    groups.map((group) => median(group.map((point) => Math.log(timeOf(point))))),
    groups.map(({ length }) => length),
  )
  const rates: CurveRate[] = []
  for (const [index, group] of groups.entries()) {
    const served = median(group.map(({ servedPerSecond }) => servedPerSecond))
    const overloaded = served < offered[index]! * SERVED
    // Some targets serve less when they are overloaded; the axis must still rise.
    const perSecond = overloaded ? Math.max(served, (rates.at(-1)?.perSecond ?? 0) * 1.001) : offered[index]!
    rates.push({ perSecond, logP99: rising[index]! })
    if (overloaded) break
  }
  return rates
}

/** The points of each repetition. */
export function byRepetition(points: readonly CurvePoint[]): CurvePoint[][] {
  const numbers = [...new Set(points.map(({ repetition }) => repetition))]
  return numbers.map((number) => points.filter(({ repetition }) => repetition === number))
}

/**
 * The interval of a place from the places of single repetitions: Student's t on their logarithms, since what differs between
 * repetitions moves a whole curve. A repetition whose place lies outside the offered rates leaves that side open. The
 * interval does not cover what lies hidden between two rates.
 *
 * @param perSecond the place over all repetitions; the interval holds it
 * @param each      that of each repetition; 0: below all rates, infinite: above
 */
export function intervalOfPlace(
  perSecond: number,
  each: readonly number[],
): { readonly low: number | null; readonly high: number | null } {
  const interval = intervalOverRepetitions(each.filter((place) => place > 0 && place < Number.POSITIVE_INFINITY))
  if (interval === null) return { low: null, high: null }
  return {
    low: each.includes(0) ? null : Math.min(interval.low, perSecond),
    high: each.includes(Number.POSITIVE_INFINITY) ? null : Math.max(interval.high, perSecond),
  }
}
