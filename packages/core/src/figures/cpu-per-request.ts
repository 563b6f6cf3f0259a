import { defineFigure } from './define.js'
import { oneAnswer } from './throughput.js'

export const cpuMsPerRequest = defineFigure({
  id: 'cpuMsPerRequest',
  title: 'CPU time per request',
  unit: 'ms',
  about:
    "CPU time of all the target's containers, user and system (proxy included) ÷ right answers; of a batch, ÷ tasks. Right answers count as for throughput, with the share of their life in the window. At a full core it is the inverse of throughput; below that it depends on the load.",
  ofBatch: { title: 'CPU time per task', unit: 'ms' },
  column: 'target_cpu_ms_per_request',
  dependsOnLoad: false,
  isCompared: () => true,
  from: ({ target, right }) => (target.cpuSeconds === null || right === 0 ? null : (target.cpuSeconds * 1000) / right),
  quantum: oneAnswer,
})

export const requestsPerCpuSecond = defineFigure({
  id: 'requestsPerCpuSecond',
  title: 'Requests per CPU-second',
  unit: 'requests',
  better: 'higher',
  about:
    'Right answers for one second of CPU time of the target. Comparable even when the load agent was the limit, and from machine to machine more stable than throughput.',
  ofBatch: { title: 'Tasks per CPU-second', unit: 'tasks' },
  column: 'target_requests_per_cpu_s',
  dependsOnLoad: false, // the same comparison as CPU time per request, inverted
  from: ({ target, right }) =>
    target.cpuSeconds === null || target.cpuSeconds === 0 ? null : right / target.cpuSeconds,
})
