import { thresholds } from '../thresholds.js'
import { duration, many, percent } from '../words.js'
import { defineVerdict } from './define.js'

export const timeouts = defineVerdict({
  cause: 'timeouts',
  description:
    'Requests got no answer in time. Their latency is not known, so it is missing from every percentile and the maximum.',
  find: ({ scenario, repetitions }) => {
    const late = repetitions.reduce((sum, { record }) => sum + record.measurement.counts.timeouts, 0)
    const sent = repetitions.reduce((sum, { record }) => sum + record.measurement.counts.sent, 0)
    if (late === 0) return []
    const share = late / Math.max(1, sent)
    return [
      {
        effect: share > thresholds.errorsInvalidate ? 'invalidates' : 'doubts',
        evidence: `${late.toLocaleString('en-US')} of ${many(sent, 'request')} had no answer within ${duration(scenario.requestTimeoutMs)} (${percent(share)}); the latencies hold them at the age at which they were given up`,
      },
    ]
  },
})
