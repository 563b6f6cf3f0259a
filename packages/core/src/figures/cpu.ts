import { defineFigure } from './define.js'

export const cpuSeconds = defineFigure({
  id: 'cpuSeconds',
  title: 'CPU time',
  unit: 's',
  about: "CPU time of the target's containers in the window; for a batch, of the whole batch.",
  column: 'target_cpu_s',
  from: ({ target }) => target.cpuSeconds,
})

export const coresUsed = defineFigure({
  id: 'coresUsed',
  title: 'Cores used',
  unit: 'cores',
  format: 'cores',
  about: "CPU time of the target's containers ÷ length of the window.",
  column: 'target_cores_used',
  from: ({ target }) => target.coresUsed,
})

export const cpuShare = defineFigure({
  id: 'cpuShare',
  title: 'Share of its cores',
  unit: 'share',
  format: 'share',
  about: 'Cores used ÷ cores of the cap.',
  column: 'target_cpu_share',
  from: ({ target }, { entry }) =>
    target.coresUsed === null || entry.caps.cpus <= 0 ? null : target.coresUsed / entry.caps.cpus,
})

export const userSeconds = defineFigure({
  id: 'userSeconds',
  title: 'User time',
  unit: 's',
  about: "CPU time of the target's own code in the window; for a batch, of the whole batch.",
  column: 'target_user_s',
  from: ({ target }) => target.cpuUserSeconds,
})

export const systemSeconds = defineFigure({
  id: 'systemSeconds',
  title: 'System time',
  unit: 's',
  about: 'CPU time of the kernel on behalf of the target in the window; for a batch, of the whole batch.',
  column: 'target_system_s',
  from: ({ target }) => target.cpuSystemSeconds,
})

export const throttledMs = defineFigure({
  id: 'throttledMs',
  title: 'Throttled time',
  unit: 'ms',
  about: 'Time in which a CPU quota held the target back; 0 under a cpuset.',
  column: 'target_throttled_ms',
  from: ({ target }) => target.throttledMs,
})
