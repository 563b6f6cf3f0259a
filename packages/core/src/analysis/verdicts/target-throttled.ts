import { medianOf } from '../../stats/index.js'
import { typical } from '../estimate.js'
import { throttledMs } from '../metrics/cpu.js'
import { thresholds } from '../thresholds.js'
import { duration, percent } from '../words.js'
import { defineVerdict } from './define.js'

export const targetThrottled = defineVerdict({
  cause: 'target-throttled',
  description: 'A CPU quota stopped the target within its periods: percentiles show the quota as much as the target.',
  find: (view) => {
    const throttled = typical(throttledMs, view)
    const seconds = medianOf(view.repetitions.map((repetition) => repetition.seconds))
    if (throttled === null || seconds === null || throttled / (seconds * 1000) <= thresholds.throttled) return []
    const quota = view.entry.caps.quotaCpus
    return [
      {
        effect: 'explains',
        evidence: `the quota${quota === null ? '' : ` of ${quota} CPUs`} held the target back for ${duration(throttled)} of ${duration(seconds * 1000)} (${percent(throttled / (seconds * 1000))})`,
      },
    ]
  },
})
