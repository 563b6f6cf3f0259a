import { kindOf } from '@bakeoff/model'
import { defineFigure } from './define.js'

/** The kernel counts memory in pages. */
const PAGE_BYTES = 4096

export const memoryPeak = defineFigure({
  id: 'memoryPeakBytes',
  title: 'Peak memory under load',
  unit: 'bytes',
  format: 'bytes',
  about:
    'Most anonymous memory that the target held at any reading while load was applied, all its containers together; page cache is left out.',
  column: 'target_memory_peak_bytes',
  // Compared where all are offered the same rate.
  isCompared: (load) => kindOf(load).sameRate,
  from: ({ target }) => target.memoryPeakBytes,
  quantum: ({ target }) => (target.memoryPeakBytes ? PAGE_BYTES / target.memoryPeakBytes : null),
})
