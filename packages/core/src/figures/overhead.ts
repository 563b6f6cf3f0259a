import { kindOf } from '@bakeoff/model'
import type { CellView, Repetition } from '../observe/view.js'
import { decodeHistogram } from '../stats/index.js'
import { defineFigure } from './define.js'
import { percentileMs, percentiles, plainTimes, shownTimes } from './times.js'

/**
 * Observed − scripted time: what the target and its client library add to a service that follows a script. Medians are compared, since a
 * script has no spread. Null without a script, for batches (their tasks cannot be seen from outside) and where no answer came.
 */
const addedMs = (repetition: Repetition, { scenario, load }: CellView): number | null => {
  const { script } = scenario
  if (!script || kindOf(load).shown === null) return null
  const observed = percentileMs(shownTimes(repetition), percentiles.p50)
  return observed === null ? null : observed - (script.firstByteMs + script.gapMs * (script.chunks - 1))
}

export const overheadPerStream = defineFigure({
  id: 'overheadPerStreamMs',
  title: 'Overhead per stream',
  unit: 'ms',
  about:
    'Median time of an answer beyond the time that the service takes by its script: what target and client library add. Waiting for a busy core is part of it.',
  column: 'overhead_per_stream_ms',
  isSigned: true,
  from: addedMs,
})

export const overheadPerChunk = defineFigure({
  id: 'overheadPerChunkMs',
  title: 'Overhead per token',
  unit: 'ms',
  about: 'The overhead per stream, divided by the tokens of a stream.',
  column: 'overhead_per_chunk_ms',
  isSigned: true,
  from: (repetition, view) => {
    const added = addedMs(repetition, view)
    return added === null ? null : added / view.scenario.script!.chunks
  },
})

export const overheadFirstByte = defineFigure({
  id: 'overheadFirstByteMs',
  title: 'Overhead before the first token',
  unit: 'ms',
  about: 'Median time to the first token, less the script’s. Known where answers are passed on as a stream.',
  column: 'overhead_first_byte_ms',
  isSigned: true,
  from: ({ record }, { scenario, load }) => {
    const { stream } = record.measurement
    if (!scenario.script || kindOf(load).shown === null || !stream) return null
    const observed = percentileMs(plainTimes(decodeHistogram(stream.firstByte)), percentiles.p50)
    return observed === null ? null : observed - scenario.script.firstByteMs
  },
})
