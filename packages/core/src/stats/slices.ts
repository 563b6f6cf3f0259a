import { neighbourCorrelation } from './noise.js'
import { mean } from './summary.js'

/** A slice of a load's curve, with what statistics need of it. `LoadSlice` of the model is one. */
export interface Slice {
  /** since the load's start, the slice's end */
  readonly atMs: number
  readonly durationMs: number
  /** right answers that ended in it */
  readonly ok: number
}

/** The fewest slices that tell anything about their noise. */
export const FEWEST_SLICES = 4

/** Answers a second of each slice. */
export function ratesOf(slices: readonly Slice[]): number[] {
  return slices.map(({ ok, durationMs }) => (ok / durationMs) * 1000)
}

/** The quantum of a rate: what one answer more or less changes, in answers a second. */
export function quantumOf(slices: readonly Slice[]): number {
  return 1000 / mean(slices.map(({ durationMs }) => durationMs))
}

/** The start of the last half of the slices, as an index; the half has at least four slices. */
export function startOfLastHalf(slices: readonly unknown[]): number {
  return Math.max(0, slices.length - Math.max(FEWEST_SLICES, Math.ceil(slices.length / 2)))
}

/**
 * Comparable slices: the slices themselves, or longer ones made of so many neighbours that their rates can be compared,
 * which means that each of the last half has at least a third of the half's mean. Slow answers in waves leave slices empty
 * because slices are short, and not because the rate changes. Where empty and full ones alternate nothing is merged: the
 * correlation of neighbours (below −0.5) tells as much as a longer slice.
 *
 * @returns null when slices would have to be so long that fewer than four remain in the last half
 */
export function comparableSlices(slices: readonly Slice[]): Slice[] | null {
  for (let size = 1; ; size++) {
    const merged = mergeSlices(slices, size)
    if (merged.length < (size === 1 ? FEWEST_SLICES : 2 * FEWEST_SLICES)) return null
    const rates = ratesOf(merged.slice(startOfLastHalf(merged)))
    const centre = mean(rates)
    const alternates = () =>
      neighbourCorrelation(
        rates.map((rate) => rate - centre),
        1,
      ) < -0.5
    if (Math.min(...rates) >= centre / 3 || alternates()) return merged
  }
}

/** Merges neighbours, `size` at a time, counted from the newest; an incomplete oldest group is left out. */
export function mergeSlices(slices: readonly Slice[], size: number): Slice[] {
  const merged: Slice[] = []
  for (let end = slices.length; end >= size; end -= size) {
    const group = slices.slice(end - size, end)
    merged.unshift({
      atMs: group.at(-1)!.atMs,
      durationMs: group.reduce((sum, { durationMs }) => sum + durationMs, 0),
      ok: group.reduce((sum, { ok }) => sum + ok, 0),
    })
  }
  return merged
}
