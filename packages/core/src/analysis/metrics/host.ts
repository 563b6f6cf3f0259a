import { defineMetric, never } from './define.js'

const about = { better: 'lower', dependsOnLoad: true, isCompared: never } as const

export const hostSteal = defineMetric({
  ...about,
  id: 'hostSteal',
  title: 'Stolen time',
  unit: 'share',
  description: 'Share of all CPU time that the hypervisor gave to other machines.',
  from: ({ host }) => host.steal,
})

export const hostPressure = defineMetric({
  ...about,
  id: 'hostPressure',
  title: 'CPU pressure',
  unit: 'share',
  description:
    'Share of the window in which something on the host waited for a CPU; a saturated target alone can cause it.',
  from: ({ host }) => host.pressure,
})

export const hostOthers = defineMetric({
  ...about,
  id: 'hostOthers',
  title: 'Load by others',
  unit: 'cores',
  description:
    'Cores used on the host − target, services and agent. The orchestrator, a few per cent of a core, is in it.',
  from: ({ othersCores }) => othersCores,
})
