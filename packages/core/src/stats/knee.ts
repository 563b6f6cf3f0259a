import {
  byRepetition,
  type CurvePoint,
  type CurveRate,
  curveRates,
  intervalOfPlace,
  MOST_FAILED,
  type RateEstimate,
} from './curve.js'
import { linearFit } from './linear-model.js'
import { monotoneCurve } from './monotone-curve.js'

/** A parabola that misses the points by more than this, relative, is not believed. */
const MISFIT = 0.07

/** The neighbours of the largest power, in rates on each side. */
const NEIGHBOURS = 2

/** Places between two rates at which the power is computed. */
const STEPS = 50

/**
 * The knee of a curve: the rate beyond which p99 rises faster than the rate. There the power, rate ÷ latency, is largest
 * (Kleinrock, "Power and deterministic rules of thumb for probabilistic problems in computer communications", ICC 1979;
 * half of the capacity in an M/M/1 queue). The power is flat around its maximum, so noise would move it: 1 ÷ p99 is
 * smoothed by a parabola through the rate with the largest power and two neighbours on each side (in an M/M/1 queue it is a
 * straight line), or, where a sharp knee lies between them and the parabola misses, interpolated from rate to rate.
 *
 * Simulated with p99 off by 5 % in each of five repetitions: the power at the knee found is 99 % of the largest or more in
 * 90 % of the cases with one server (M/M/1, M/D/1) and with four, 93 % with 32, where the knee is sharp and the spacing of
 * the rates is what limits it.
 *
 * @param options.mostFailed share of failures above which a rate is broken
 * @returns 'not-reached' when the power is largest at the highest rate (`low` is the rate below it), 'below-lowest' when at the
 *          lowest (`high` is the rate above it); null below three rates
 */
export function kneeOf(
  points: readonly CurvePoint[],
  { mostFailed = MOST_FAILED }: { readonly mostFailed?: number } = {},
): RateEstimate<'found' | 'not-reached' | 'below-lowest'> | null {
  const rates = curveRates(points, mostFailed)
  if (rates.length < 3) return null
  const perSecond = peakOfPower(rates)
  if (perSecond === Number.POSITIVE_INFINITY)
    return { kind: 'not-reached', perSecond: null, low: rates.at(-2)!.perSecond, high: null }
  if (perSecond === 0) return { kind: 'below-lowest', perSecond: null, low: null, high: rates[1]!.perSecond }
  const each = byRepetition(points)
    .map((own) => curveRates(own, mostFailed))
    .filter((own) => own.length >= 3)
    .map(peakOfPower)
  return { kind: 'found', perSecond, ...intervalOfPlace(perSecond, each) }
}

/** The place of the knee. 0: the power is largest at the lowest rate; infinite: at the highest. */
function peakOfPower(rates: readonly CurveRate[]): number {
  const speeds = rates.map(({ logP99 }) => Math.exp(-logP99))
  const powers = rates.map(({ perSecond }, index) => perSecond * speeds[index]!)
  const largest = powers.indexOf(Math.max(...powers))
  if (largest === 0) return 0
  if (largest === rates.length - 1) return Number.POSITIVE_INFINITY
  const from = Math.max(0, largest - NEIGHBOURS)
  const scale = rates[largest]!.perSecond
  const around = rates.slice(from, largest + NEIGHBOURS + 1).map(({ perSecond }) => perSecond / scale)
  // Weights for equal relative errors. Where p99 is more than three times the peak's they grow no more: the fit would follow the overload.
  const weights = around.map((_, index) => 1 / Math.max(speeds[from + index]!, 0.3 * speeds[largest]!))
  const columns = [0, 1, 2].map((exponent) => around.map((rate, index) => rate ** exponent * weights[index]!))
  const { coefficients, squares } = linearFit(
    weights.map((weight, index) => weight * speeds[from + index]!),
    columns,
  )
  const misfit = around.length > 3 ? Math.sqrt(squares / (around.length - 2)) : 0
  const speed =
    misfit > MISFIT
      ? monotoneCurve(rates.map(({ perSecond }, index) => [perSecond, speeds[index]!]))
      : (rate: number) => coefficients.reduce((sum, factor, exponent) => sum + factor * (rate / scale) ** exponent, 0)
  return highest((rate) => rate * speed(rate), rates[largest - 1]!.perSecond, rates[largest + 1]!.perSecond)
}

/** The place at which a function is largest, among evenly spaced places. */
function highest(of: (x: number) => number, from: number, to: number): number {
  const places = Array.from({ length: 2 * STEPS + 1 }, (_, step) => from + ((to - from) * step) / (2 * STEPS))
  return places.reduce((best, place) => (of(place) > of(best) ? place : best))
}
