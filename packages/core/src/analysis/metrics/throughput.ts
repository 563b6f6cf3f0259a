import { defineMetric } from './define.js'

export const throughput = defineMetric({
  id: 'throughput',
  title: 'Throughput',
  unit: 'requests/s',
  better: 'higher',
  description: 'Right answers a second; of a batch, tasks done a second. Wrong answers and errors do not count.',
  dependsOnLoad: true,
  seenByAgent: true,
  // Under open load everyone is offered a rate, and serving it is no merit.
  isCompared: ({ kind }) => kind === 'closed' || kind === 'batch',
  from: ({ right, seconds }) => (seconds > 0 ? right / seconds : null),
})
