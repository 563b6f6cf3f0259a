import { defineMetric, never } from './define.js'

const about = { unit: 's', better: 'lower', dependsOnLoad: true, isCompared: never } as const

export const coresUsed = defineMetric({
  ...about,
  id: 'coresUsed',
  title: 'Cores used',
  unit: 'cores',
  description: "CPU time of the target's containers ÷ length of the window.",
  from: ({ target }) => target.coresUsed,
})

export const userSeconds = defineMetric({
  ...about,
  id: 'userSeconds',
  title: 'User time',
  description: "CPU time of the target's own code in the window; for a batch, of the whole batch.",
  from: ({ target }) => target.cpuUserSeconds,
})

export const systemSeconds = defineMetric({
  ...about,
  id: 'systemSeconds',
  title: 'System time',
  description: 'CPU time of the kernel on behalf of the target in the window; for a batch, of the whole batch.',
  from: ({ target }) => target.cpuSystemSeconds,
})

export const throttledMs = defineMetric({
  ...about,
  id: 'throttledMs',
  title: 'Throttled time',
  unit: 'ms',
  description: 'Time in which a CPU quota held the target back; 0 under a cpuset.',
  from: ({ target }) => target.throttledMs,
})
