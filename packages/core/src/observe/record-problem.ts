import type { EncodedHistogram, LoadRecord, Plan, RepetitionRecord } from '@bakeoff/model'
import { decodeHistogram } from '../stats/index.js'

/**
 * The reason why a record cannot belong to this plan, though it has the right shape: it was copied from another run, or its
 * file was damaged in a place where any value fits. Null when nothing speaks against it.
 */
export function problemOfRecord(record: RepetitionRecord, plan: Plan): string | null {
  if (record.runId !== plan.runId) return `it is of run ${record.runId}`
  const entry = plan.entries.find(({ id }) => id === record.entry)
  if (entry === undefined) return `the plan has no entry ${record.entry}`
  const block = plan.blocks.find(({ id }) => id === record.block)
  if (block === undefined) return `the plan has no block ${record.block}`
  if (block.scenario !== entry.scenario || block.repetition !== record.repetition)
    return `repetition ${record.repetition} of ${record.entry} does not belong to block ${record.block}`
  for (const load of record.loads) {
    const problem = problemOfLoad(load)
    if (problem !== null) return `${load.loadId}: ${problem}`
  }
  return null
}

function problemOfLoad({ measurement }: LoadRecord): string | null {
  const { durationMs, serviceTime, responseTime, lateness, stream } = measurement
  if (!(durationMs > 0)) return `its window is ${durationMs} ms long`
  const histograms = {
    serviceTime,
    responseTime,
    lateness,
    firstByte: stream?.firstByte,
    interChunk: stream?.interChunk,
  }
  const bad = Object.entries(histograms).find(([, histogram]) => histogram && !holdsItsCount(histogram))
  return bad ? `the histogram ${bad[0]} cannot be decoded, or has another count than it says` : null
}

function holdsItsCount(histogram: EncodedHistogram): boolean {
  try {
    return decodeHistogram(histogram).count === histogram.count
  } catch {
    return false
  }
}
