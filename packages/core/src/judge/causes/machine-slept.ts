import { formatDurationMs } from '@bakeoff/model'
import { defineCause, inRepetitions } from './define.js'

export const machineSlept = defineCause({
  id: 'machine-slept',
  about:
    'The machine slept while a repetition was measured. The figures do not include the time of the sleep, but caches, connections and timers did not stand still.',
  because: 'the machine slept',
  delays: true,
  warning: {
    what: 'The machine slept while it was measured',
    todo: 'Measure again with sleep switched off (on Linux: systemd-inhibit npm run matrix).',
  },
  find: ({ repetitions }) => {
    const slept = repetitions.filter(({ whole }) => (whole.clockGap?.sleptMs ?? 0) > 0)
    if (slept.length === 0) return []
    const longest = Math.max(...slept.map(({ whole }) => whole.clockGap?.sleptMs ?? 0))
    const where = inRepetitions(
      slept.map(({ number }) => number),
      repetitions.length,
    )
    return [{ effect: 'doubts', evidence: `the machine slept for ${formatDurationMs(longest)} ${where}` }]
  },
})
