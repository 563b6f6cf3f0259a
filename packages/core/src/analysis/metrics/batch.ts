import { defineMetric, never } from './define.js'

export const wallSeconds = defineMetric({
  id: 'wallSeconds',
  title: 'Wall time of the batch',
  unit: 's',
  better: 'lower',
  description: 'From the first task to the last, as the target measured it.',
  dependsOnLoad: true,
  isCompared: never, // tasks a second compare the same
  from: ({ record }) => (record.measurement.batch === null ? null : record.measurement.batch.wallMs / 1000),
})
