import { thresholds } from '../../thresholds.js'
import { duration, many, percent } from '../../words/quantities.js'
import { defineCause } from './define.js'

export const timeouts = defineCause({
  id: 'timeouts',
  about:
    'Requests got no answer in time. Their time is only known to be longer than the timeout: percentiles that it would move are not shown.',
  because: 'requests had no answer in time',
  find: ({ scenario, repetitions }) => {
    const late = repetitions.reduce((sum, { record }) => sum + record.measurement.counts.timeouts, 0)
    const sent = repetitions.reduce((sum, { record }) => sum + record.measurement.counts.sent, 0)
    if (late === 0) return []
    const share = late / Math.max(1, sent)
    return [
      {
        effect: share > thresholds.errorsInvalidate ? 'invalidates' : 'doubts',
        evidence: `${late.toLocaleString('en-US')} of ${many(sent, 'request')} had no answer within ${duration(scenario.requestTimeoutMs)} (${percent(share)}); a percentile above them is only known to be longer`,
      },
    ]
  },
})
