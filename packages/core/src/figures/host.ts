import { defineFigure } from './define.js'

export const hostSteal = defineFigure({
  id: 'hostSteal',
  title: 'Stolen time',
  unit: 'share',
  format: 'share',
  about: 'Share of all CPU time that the hypervisor gave to other machines.',
  column: 'host_steal',
  from: ({ host }) => host.steal,
})

export const hostPressure = defineFigure({
  id: 'hostPressure',
  title: 'CPU pressure',
  unit: 'share',
  format: 'share',
  about: 'Share of the window in which something on the host waited for a CPU; a saturated target alone can cause it.',
  column: 'host_pressure',
  from: ({ host }) => host.pressure,
})

export const hostOthers = defineFigure({
  id: 'hostOthers',
  title: 'Load by others',
  unit: 'cores',
  format: 'cores',
  about: 'Cores used on the host − target, services and agent. The orchestrator, a few per cent of a core, is in it.',
  column: 'host_others_cores',
  from: ({ othersCores }) => othersCores,
})
