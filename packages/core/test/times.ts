import type { EncodedHistogram } from '@bakeoff/model'
import { type Distribution, encodeDistribution, Recorder } from '../src/stats/index.js'

/** Times in whole µs as the load agent records them. */
export function recorded(timesUs: Iterable<number>): Distribution {
  const recorder = new Recorder()
  for (const us of timesUs) recorder.record(us / 1000)
  return recorder.distribution
}

/** The same as a run file holds them. */
export const encodeValues = (timesUs: Iterable<number>): EncodedHistogram => encodeDistribution(recorded(timesUs))
