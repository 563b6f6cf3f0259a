import { defineMetric } from './define.js'

export const cpuMsPerRequest = defineMetric({
  id: 'cpuMsPerRequest',
  title: 'CPU time per request',
  unit: 'ms',
  better: 'lower',
  description:
    "CPU time of all the target's containers (proxy included) ÷ right answers; of a batch, ÷ tasks. Right answers count as for throughput, with the share of their life in the window. At a full core it is throughput upside down; below it, it depends on the load.",
  dependsOnLoad: false,
  isCompared: () => true,
  from: ({ target, right }) => (target.cpuSeconds === null || right === 0 ? null : (target.cpuSeconds * 1000) / right),
})

export const requestsPerCpuSecond = defineMetric({
  id: 'requestsPerCpuSecond',
  title: 'Requests per CPU second',
  unit: 'requests/CPU-s',
  better: 'higher',
  description: 'Right answers ÷ CPU time of the target.',
  dependsOnLoad: false,
  isCompared: () => false, // the same comparison as CPU time per request, upside down
  from: ({ target, right }) =>
    target.cpuSeconds === null || target.cpuSeconds === 0 ? null : right / target.cpuSeconds,
})
