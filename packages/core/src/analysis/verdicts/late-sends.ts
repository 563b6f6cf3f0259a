import { typical } from '../estimate.js'
import { lateShare } from '../metrics/agent.js'
import { thresholds } from '../thresholds.js'
import { percent } from '../words.js'
import { defineVerdict } from './define.js'

export const lateSends = defineVerdict({
  cause: 'late-sends',
  description:
    'The load agent sent later than it meant to although a connection was free, so part of the response time is its own.',
  find: (view) => {
    const late = typical(lateShare, view)
    if (late === null || late <= thresholds.lateSends) return []
    return [
      {
        effect: 'doubts',
        evidence: `${percent(late)} of the requests were sent more than 5 ms late though a connection was free (limit ${percent(thresholds.lateSends)})`,
      },
    ]
  },
})
