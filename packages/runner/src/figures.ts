import { decodeHistogram, histogramQuantile, percentileMs, type Times } from '@bakeoff/core'
import type { LoadRecord } from '@bakeoff/model'

type Measured = Pick<LoadRecord, 'measurement'>

/**
 * p99 of the response time of an open load, or of the service time of any other load, as far as it can be known: requests without an end
 * count with their age, so the real value may be longer. Null without an answer.
 */
export function p99MsOf(measured: Measured): number | null {
  const p99Us = histogramQuantile(timesOf(measured).distribution, 0.99)
  return p99Us === null ? null : p99Us / 1000
}

/** The p99, where the window has enough answers for it; else null. */
export function shownP99MsOf(measured: Measured): number | null {
  return percentileMs(timesOf(measured), 0.99)
}

function timesOf({ measurement: { responseTime, serviceTime, window } }: Measured): Times {
  return {
    distribution: decodeHistogram(responseTime ?? serviceTime),
    censored: window?.censored ?? 0,
    peaks: window?.peaks ?? null,
  }
}
