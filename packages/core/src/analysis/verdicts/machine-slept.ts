import { formatDurationMs } from '@bakeoff/model'
import { defineVerdict, inRepetitions } from './define.js'

export const machineSlept = defineVerdict({
  cause: 'machine-slept',
  description:
    'The machine slept while a repetition was measured. The time of the sleep is in no figure, but caches, connections and timers did not stand still.',
  find: ({ repetitions }) => {
    const slept = repetitions.filter(({ run }) => (run.clockGap?.sleptMs ?? 0) > 0)
    if (slept.length === 0) return []
    const longest = Math.max(...slept.map(({ run }) => run.clockGap?.sleptMs ?? 0))
    const where = inRepetitions(
      slept.map(({ number }) => number),
      repetitions.length,
    )
    return [{ effect: 'doubts', evidence: `the machine slept for ${formatDurationMs(longest)} ${where}` }]
  },
})
