import { throttledMs } from '../../figures/cpu.js'
import { typical } from '../../figures/estimate.js'
import { medianOf } from '../../stats/index.js'
import { thresholds } from '../../thresholds.js'
import { duration, percent } from '../../words/quantities.js'
import { defineCause } from './define.js'

export const targetThrottled = defineCause({
  id: 'target-throttled',
  about: 'A CPU quota stopped the target within its periods: percentiles show the quota as much as the target.',
  because: 'the quota held the target back',
  limits: () => ({ what: 'CPU quota', isOwn: true }),
  against: (view) => (typical(throttledMs, view) === null ? null : `no quota held ${view.entry.target} back`),
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
