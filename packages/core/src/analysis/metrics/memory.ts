import { defineMetric, never } from './define.js'

export const memoryPeak = defineMetric({
  id: 'memoryPeakBytes',
  title: 'Peak memory',
  unit: 'bytes',
  better: 'lower',
  description:
    'Most anonymous memory that the target held at any reading while load was applied, all its containers together; page cache is left out.',
  dependsOnLoad: true,
  // At the same offered rate for all: who needs least.
  isCompared: ({ kind }) => kind === 'rate',
  from: ({ target }) => target.memoryPeakBytes,
})

export const idleMemory = defineMetric({
  id: 'idleMemoryBytes',
  title: 'Idle memory',
  unit: 'bytes',
  better: 'lower',
  description: 'Anonymous memory of the target after verification and before any load.',
  dependsOnLoad: false,
  isCompared: never,
  from: ({ run }) => run.idleMemoryBytes,
})
