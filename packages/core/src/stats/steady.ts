import type { LoadWindow, WarmUpRules } from '@bakeoff/model'

/**
 * Is the target warm? Steady when the last `windows` windows lie within ± tolerance of their mean, and no sooner than
 * `minMs`. A slow target answers a handful of requests a window, which differ by √n through counting alone: the
 * tolerance never falls below two such standard deviations, or such a target would never be steady.
 *
 * @param windows of the warm-up so far, oldest first
 */
export function isSteady(windows: readonly LoadWindow[], rules: WarmUpRules): boolean {
  const last = windows.slice(-rules.windows)
  if (last.length < rules.windows || last.length === 0 || last.at(-1)!.atMs < rules.minMs) return false
  const rates = last.map(({ ok, durationMs }) => ok / durationMs)
  const centre = rates.reduce((sum, rate) => sum + rate, 0) / rates.length
  if (centre === 0) return false
  const answers = last.reduce((sum, { ok }) => sum + ok, 0) / last.length
  const tolerance = Math.max(rules.tolerance, 2 / Math.sqrt(answers))
  return rates.every((rate) => Math.abs(rate - centre) <= tolerance * centre)
}
