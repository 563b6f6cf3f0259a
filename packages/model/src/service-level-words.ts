import type { AskedLevel, LevelAnswer } from './service-level.js'
import { formatNumber } from './units.js'

/** `p99 30 ms`, `p95 10 ms and p99 30 ms`; `errors 0.1 %` where nothing else is limited. */
export function limitsWords({ p95Ms, p99Ms, errors }: AskedLevel): string {
  const times = [
    ...(p95Ms === null ? [] : [`p95 ${formatNumber(p95Ms)} ms`]),
    ...(p99Ms === null ? [] : [`p99 ${formatNumber(p99Ms)} ms`]),
  ]
  return times.length === 0 ? `errors ${Number((errors * 100).toPrecision(3))} %` : times.join(' and ')
}

/** `5 of 5 windows`; empty where there is none. */
export function windowsWords({ windows: { kept, missed, unknown } }: Pick<LevelAnswer, 'windows'>): string {
  const all = kept + missed + unknown
  return all === 0 ? '' : `${kept} of ${all} ${all === 1 ? 'window' : 'windows'}`
}
