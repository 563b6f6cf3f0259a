import { defineMetric } from './define.js'

export const capacityPerSecond = defineMetric({
  id: 'capacityPerSecond',
  title: 'Capacity within the service level',
  unit: 'requests/s',
  better: 'higher',
  description:
    "The highest offered rate at which p99 and errors stay within the scenario's slo, found by a search in which one failure alone does not count.",
  dependsOnLoad: false,
  seenByAgent: true,
  isCompared: ({ kind }) => kind === 'capacity',
  from: ({ record }) => record.capacity?.perSecond ?? null,
})
