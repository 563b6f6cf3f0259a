/** The support of a percentile: it may be shown as it is, as "at least the largest time known", or not at all. */
export type PercentileSupport = 'shown' | 'at-least' | 'unsupported'

/** The evidence behind the percentiles of a window. */
export interface PercentileEvidence {
  /** requests, those that never ended included */
  readonly count: number
  /** the requests among them that never ended: their time is longer than the age that is known */
  readonly censored: number
  /** separate excursions beyond the percentile (`excursionsAbove`); null when they are not known */
  readonly excursions: number | null
}

/** The answers, and from p99.9 on the separate excursions, that must lie beyond a percentile. */
export const ANSWERS_BEYOND = 10

/** The quantile from which on the answers beyond it tend to come from a few stalls. */
const EXCURSIONS_FROM = 0.999

/** The slack for binary fractions: 10 ÷ (1 − 0.999) is 10,000.000000000009. */
const SLACK = 1e-9

/**
 * Whether the q-quantile of response times may be shown. Ten answers must lie beyond it (p90 needs 100, p99 1,000), from
 * p99.9 on in ten separate excursions: 500 requests that waited for one stall are one observation. The median is shown
 * from the first answer on. Where as many requests never ended as lie beyond it, the percentile is only known from below.
 *
 * @param q in [0, 1)
 * @throws RangeError when q lies outside
 */
export function supportOf(q: number, { count, censored, excursions }: PercentileEvidence): PercentileSupport {
  if (!(q >= 0 && q < 1)) throw new RangeError(`q is ${q}, outside [0, 1)`)
  if (count === 0) return 'unsupported'
  const beyond = count * (1 - q)
  if (q > 0.5 && beyond < ANSWERS_BEYOND * (1 - SLACK)) return 'unsupported'
  if (censored > 0 && censored >= beyond * (1 - SLACK)) return 'at-least'
  return q >= EXCURSIONS_FROM * (1 - SLACK) && excursions !== null && excursions < ANSWERS_BEYOND
    ? 'unsupported'
    : 'shown'
}

/**
 * The number of separate excursions above a threshold. Each slow time is the interval from its start to its end;
 * intervals that touch or overlap are one excursion: requests that waited for the same stall.
 *
 * @param peaks       when the slowest time of each 10 ms ended (ms since the load's start) and how long it was (µs)
 * @param thresholdUs the percentile itself, as a rule; only times above it count
 */
export function excursionsAbove(peaks: readonly (readonly [endMs: number, us: number])[], thresholdUs: number): number {
  const intervals = peaks
    .filter(([, us]) => us > thresholdUs)
    .map(([endMs, us]) => [endMs - us / 1000, endMs] as const)
    .sort(([a], [b]) => a - b)
  let excursions = 0
  let lastEndMs = Number.NEGATIVE_INFINITY
  for (const [startMs, endMs] of intervals) {
    if (startMs > lastEndMs) excursions++
    lastEndMs = Math.max(lastEndMs, endMs)
  }
  return excursions
}
