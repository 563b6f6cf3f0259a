import { linearFit } from './linear-model.js'
import { neighbourCorrelation, whiten } from './noise.js'
import { ratesOf, type Slice } from './slices.js'
import { studentCdf } from './student.js'

/** An approach: where a rate is heading. */
export interface Approach {
  /** what is still to come, relative to the rate at the end: 0.1 for 10 % more, negative for a loss */
  readonly remaining: number
  /** the chance that more than `wide` is still to come, either way */
  readonly chanceBeyond: (wide: number) => number
  /** Σ residual² of the closest fit, (answers a second)² */
  readonly squares: number
}

/**
 * The time constants that are tried, and how much each counts beforehand. The slowest counts most: what a short warm-up
 * overlooks is a slow gain.
 */
const TIME_CONSTANTS = [
  { ms: 1000, prior: 1 },
  { ms: 3000, prior: 1 },
  { ms: 10_000, prior: 1 },
  { ms: 32_000, prior: 4 },
]

/**
 * The time constant of the opening: the first second opens connections and fills caches. Where it stands out, it gets a term
 * of its own.
 */
const OPENING_MS = 1000

/** The significance from which on the opening is believed to stand out, as the square of a t value. */
const OPENING_SIGNIFICANT = 2.5 ** 2

const MOST_POSITIVE = 0.7
const MOST_NEGATIVE = -0.499

/**
 * The extrapolation of a curve: an exponential approach to a limit, rate(t) = end + remaining × (1 − e^((T − t) ÷ τ)), is
 * fitted for each τ of a grid, and each fit counts by its likelihood (the τ itself cannot be told from half a curve).
 * Noise and the correlation of neighbours come from the slices themselves, so a target that answers more regularly
 * than at random is believed sooner.
 *
 * @param slices    five or more, of about the same length, with answers
 * @param afterStep whether the slices begin with a step, whose aftermath gets the opening's term
 */
export function approachOf(slices: readonly Slice[], afterStep = false): Approach {
  const rates = ratesOf(slices)
  const middles = slices.map(({ atMs, durationMs }) => atMs - durationMs / 2)
  const endMs = slices.at(-1)!.atMs
  const ones = rates.map(() => 1)
  const opening = middles.map((ms) => Math.exp((middles[0]! - ms) / OPENING_MS))
  const shapes = TIME_CONSTANTS.map((tau) => middles.map((ms) => 1 - Math.exp((endMs - ms) / tau.ms)))
  const plain = shapes.map((shape) => linearFit(rates, [ones, shape]))
  const closest = plain.reduce((best, fit) => (fit.squares < best.squares ? fit : best))
  const correlation = believedCorrelation(closest.residuals)

  const [whiteRates, whiteOnes, whiteOpening] = [rates, ones, opening].map((values) => whiten(values, correlation))
  const whiteShapes = shapes.map((shape) => whiten(shape, correlation))
  const without = whiteShapes.map((shape) => linearFit(whiteRates!, [whiteOnes!, shape]))
  const df = Math.max(1, rates.length - 3)
  // The shortest τ is left out: it is that of the opening.
  const withOpening = whiteShapes.slice(1).map((shape) => linearFit(whiteRates!, [whiteOnes!, whiteOpening!, shape]))
  const standsOut =
    rates.length > 5 &&
    (afterStep ||
      withOpening.some(({ squares }, index) => (without[index + 1]!.squares / squares - 1) * df > OPENING_SIGNIFICANT))
  const fits = standsOut ? [without[0]!, ...withOpening] : without

  const least = Math.max(Number.MIN_VALUE, Math.min(...fits.map(({ squares }) => squares)))
  const weights = fits.map(
    ({ squares }, index) => TIME_CONSTANTS[index]!.prior * (Math.max(squares, least) / least) ** (-rates.length / 2),
  )
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const weighted = (of: (gain: number, error: number) => number) =>
    fits.reduce((sum, { coefficients, squares, lastErrorScale }, index) => {
      const end = Math.abs(coefficients[0]!)
      return (
        sum +
        (weights[index]! / total) * of(coefficients.at(-1)! / end, (Math.sqrt(squares / df) * lastErrorScale) / end)
      )
    }, 0)
  return {
    remaining: weighted((gain) => gain),
    chanceBeyond: (wide) =>
      weighted((gain, error) =>
        error === 0
          ? Number(Math.abs(gain) > wide)
          : studentCdf((gain - wide) / error, df) + studentCdf((-wide - gain) / error, df),
      ),
    squares: closest.squares,
  }
}

/**
 * The correlation of neighbours as far as it is believed: a positive one at once, since it makes intervals wider; a
 * negative one, which makes them narrower, only beyond two standard errors (1 ÷ √n each).
 */
export function believedCorrelation(residuals: readonly number[]): number {
  const correlation = neighbourCorrelation(residuals, 2)
  if (correlation >= 0) return Math.min(MOST_POSITIVE, correlation)
  return correlation < -2 / Math.sqrt(residuals.length) ? Math.max(MOST_NEGATIVE, correlation) : 0
}
