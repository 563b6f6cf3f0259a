/** Bounds and ticks of number axes, so that everything that is drawn lies inside its plot and every axis can be read. */
export interface Extent {
  readonly low: number
  readonly high: number
}

type Known = number | null | undefined

/** The values' extent; null where none is a number. */
export function extentOf(values: readonly Known[]): Extent | null {
  const known = values.filter((value): value is number => typeof value === 'number' && Number.isFinite(value))
  return known.length === 0 ? null : { low: Math.min(...known), high: Math.max(...known) }
}

/** The extent of a logarithmic axis: the positive values, with a little room on both sides. Null where none is positive. */
export function logExtent(values: readonly Known[]): Extent | null {
  const extent = extentOf(values.map((value) => (typeof value === 'number' && value > 0 ? value : null)))
  if (!extent) return null
  const room = Math.max((extent.high / extent.low) ** 0.04, 1.05)
  return { low: extent.low / room, high: extent.high * room }
}

/**
 * The ticks of a logarithmic axis: 1, 2 and 5 × powers of ten, fewer where these do not fit, and evenly spaced round
 * numbers where the axis is shorter than they are apart.
 *
 * @param fits whether the labels of these ticks have room beside each other
 */
export function logTicks(extent: Extent, fits: (ticks: readonly number[]) => boolean): readonly number[] {
  const candidates = [
    digitTicks(extent, [1, 2, 5]),
    digitTicks(extent, [1, 3]),
    digitTicks(extent, [1]),
    ...[2, 3, 4].map((step) => digitTicks(extent, [1], step)),
    ...[8, 6, 5, 4, 3, 2].map((most) => evenTicks(extent, most)),
  ]
  return (
    candidates.find((ticks) => ticks.length >= 3 && fits(ticks)) ??
    candidates.find((ticks) => ticks.length >= 2 && fits(ticks)) ??
    evenTicks(extent, 2)
  )
}

function digitTicks({ low, high }: Extent, digits: readonly number[], step = 1): number[] {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))]
  const powers = Array.from({ length: last - first + 1 }, (_, index) => first + index).filter(
    (power) => power % step === 0,
  )
  return powers
    .flatMap((power) => digits.map((digit) => Number((digit * 10 ** power).toPrecision(6))))
    .filter((tick) => tick >= low && tick <= high)
}

/** The ticks of a linear axis from zero: round numbers, at most so many. */
export function linearTicks(high: number, most: number): readonly number[] {
  return evenTicks({ low: 0, high }, most)
}

/** The most evenly spaced round numbers within an extent that are not more than `most`. */
function evenTicks({ low, high }: Extent, most: number): number[] {
  const power = Math.floor(Math.log10(high - low)) - 1
  for (const exponent of [power, power + 1, power + 2]) {
    for (const digit of [1, 2, 5]) {
      const step = digit * 10 ** exponent
      const [from, to] = [Math.ceil(low / step), Math.floor(high / step)]
      if (to - from + 1 <= most)
        return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) =>
          Number(((from + index) * step).toPrecision(12)),
        )
    }
  }
  return []
}
