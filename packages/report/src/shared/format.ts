/** Numbers as text: the one place where a figure gets its unit. Runs on the server and in the page. */

import type { Estimate, Ratio, Results } from '@bakeoff/model'
import { formatBytes, formatDurationMs, formatNumber, formatShare } from '@bakeoff/model'

export { formatBytes, formatDurationMs, formatNumber, formatShare }

/** Milliseconds as text: 0.0661 → `0.0661 ms`, 1234 → `1,234 ms`. A column of latencies stays in one unit, so that it can be read down. */
export function formatMs(ms: number): string {
  return `${formatNumber(ms)} ms`
}

/** Cores in use: two decimals below ten. */
export function formatCores(cores: number): string {
  return cores >= 10 ? cores.toFixed(1) : String(Number(cores.toFixed(2)))
}

/** A factor as text: 3.14 → `3.14×`, 12.3 → `12.3×`, 140 → `140×`. */
export function formatFactor(factor: number): string {
  return `${formatNumber(factor)}×`
}

/** An interval as text, `2.9–3.4`; null with a single repetition. */
export function formatInterval(
  figure: Pick<Estimate | Ratio, 'low' | 'high'>,
  format: (value: number) => string = formatNumber,
): string | null {
  return figure.low === null || figure.high === null ? null : `${format(figure.low)}–${format(figure.high)}`
}

/** A time as text, `2026-11-25 10:33 UTC`. A text that is not a date is returned as it is. */
export function formatTime(iso: string): string {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)/.exec(iso)
  return match ? `${match[1]} ${match[2]} UTC` : iso
}

/**
 * A text of at most `most` characters, cut in its middle: names often begin and end differently. Long names are cut in charts
 * only; every table has them in full.
 */
export function shorten(text: string, most = 30): string {
  const characters = [...text]
  if (characters.length <= most) return text
  const tail = Math.floor((most - 1) / 2)
  return `${characters.slice(0, most - 1 - tail).join('')}…${characters.slice(characters.length - tail).join('')}`
}

/** The text with each number and its unit kept on one line: `41 %`, `50 ms`. */
export function unbroken(text: string): string {
  return text.replace(
    /(\d) (%|ms|s|B|KiB|MiB|GiB|TiB)(?![\p{L}\d])/gu,
    (_, digit: string, unit: string) => `${digit}\u00a0${unit}`,
  )
}

/** The repetitions that a run was to have: `5 to 15`, or `3` where there was no choice. */
export function formatRepetitions({ least, most }: NonNullable<Results['run']['repetitions']>): string {
  return least === most ? `${most}` : `${least} to ${most}`
}
