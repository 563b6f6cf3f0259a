import { kindOf } from '@bakeoff/model'
import { CAPACITY_PRECISION } from '../stats/index.js'
import { cpuMsPerRequest } from './cpu-per-request.js'
import { defineFigure, type LoadFigure } from './define.js'
import { estimateOf, typical, valuesOf } from './estimate.js'

export const capacityPerSecond = defineFigure({
  id: 'capacityPerSecond',
  title: 'Capacity within the service level',
  unit: 'requests/s',
  better: 'higher',
  about:
    'The highest offered rate at which p99 and errors stay within the service level, found by a search in which one failure alone does not count.',
  column: 'capacity_per_s',
  dependsOnLoad: false,
  seenByAgent: true,
  isCompared: (load) => kindOf(load).windows === 'several',
  from: ({ record }) => record.capacity?.perSecond ?? null,
  quantum: () => CAPACITY_PRECISION,
})

export const estimatedCapacity: LoadFigure = defineFigure({
  id: 'estimatedCapacity',
  title: 'Estimated capacity',
  unit: 'answers/s',
  better: 'higher',
  about:
    'Cores of the cap ÷ CPU time per request: the rate that they could serve if nothing else limited it. It was not measured, and is useful where the load agent was the limit.',
  column: 'estimated_capacity_per_s',
  dependsOnLoad: false,
  from: (repetition, view) => {
    const cpuMs = cpuMsPerRequest.from(repetition, view)
    return cpuMs === null || cpuMs <= 0 ? null : (view.entry.caps.cpus / cpuMs) * 1000
  },
  // Computed from the CPU time that is shown beside it: the median of an even number of inverses is not the inverse of their median.
  over: (view) => {
    const estimate = estimateOf(valuesOf(estimatedCapacity, view))
    const cpuMs = typical(cpuMsPerRequest, view)
    const median = cpuMs === null ? null : (view.entry.caps.cpus / cpuMs) * 1000
    return { estimate: estimate && median !== null ? { ...estimate, median } : null, atLeast: null }
  },
})
