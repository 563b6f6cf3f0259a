import { type Random, type Slice, type Warmth, type WarmthRules, warmth } from '../../src/stats/index.js'

const SLICE_MS = 500

/** A curve of 500 ms slices. */
export interface Curve {
  /** rate relative to the limit, by seconds since the start */
  readonly rate: (seconds: number) => number
  /** standard deviation of a slice, relative */
  readonly noise: number
  /** correlation of neighbouring slices, AR(1) */
  readonly correlation?: number
}

/** Slices of a target that answers 10,000 requests a second when it is warm. */
export function simulate({ rate, noise, correlation = 0 }: Curve, seconds: number, random: Random): Slice[] {
  let deviation = random.normal()
  return Array.from({ length: seconds * 2 }, (_, index) => {
    if (index > 0) deviation = correlation * deviation + Math.sqrt(1 - correlation ** 2) * random.normal()
    const expected = 5000 * rate((index + 0.5) / 2)
    return sliceOf(index, Math.max(0, Math.round(expected * (1 + noise * deviation))))
  })
}

/** Slices of a closed loop whose connections all start at once and whose answers take `life` seconds ± `spread` (relative). */
export function waves(
  { connections, life, spread }: { readonly connections: number; readonly life: number; readonly spread: number },
  seconds: number,
  random: Random,
): Slice[] {
  const ok = new Array<number>(seconds * 2).fill(0)
  for (let connection = 0; connection < connections; connection++) {
    for (let at = 0; ; ) {
      at += Math.max(0.01, life * (1 + spread * random.normal()))
      if (at >= seconds) break
      const index = Math.floor(at * 2)
      ok[index] = ok[index]! + 1
    }
  }
  return ok.map((count, index) => sliceOf(index, count))
}

/** An exponential approach to 1 from 1 − gain. */
export function ramp(gain: number, tau: number): (seconds: number) => number {
  return (seconds) => 1 - gain * Math.exp(-seconds / tau)
}

/** The first "steady" of a curve that is judged after every slice, and when; null when it never comes. */
export function firstSteady(
  slices: readonly Slice[],
  rules: WarmthRules,
): (Warmth & { readonly seconds: number }) | null {
  for (let length = 4; length <= slices.length; length++) {
    const verdict = warmth(slices.slice(0, length), rules)
    if (verdict.steady) return { ...verdict, seconds: slices[length - 1]!.atMs / 1000 }
  }
  return null
}

/** Slices with these counts. */
export function slicesOf(counts: readonly number[]): Slice[] {
  return counts.map((ok, index) => sliceOf(index, ok))
}

function sliceOf(index: number, ok: number): Slice {
  return { atMs: (index + 1) * SLICE_MS, durationMs: SLICE_MS, ok }
}
