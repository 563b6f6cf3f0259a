import { defineMetric, never } from './define.js'

export const coldStart = defineMetric({
  id: 'coldStartMs',
  title: 'Cold start',
  unit: 'ms',
  better: 'lower',
  description: 'From the start of the container to the first 200 of GET /health; with replicas, of the last of them.',
  dependsOnLoad: false,
  isCompared: never,
  from: ({ run }) => run.coldStart?.readyMs ?? null,
})
