import { lateShare } from '../../figures/agent.js'
import { thresholds } from '../../thresholds.js'
import { percent } from '../../words/quantities.js'
import { above, defineCause } from './define.js'

export const lateSends = defineCause({
  id: 'late-sends',
  about:
    "The load agent sent later than it meant to although a connection was free, so part of the response time is the agent's.",
  because: 'requests were sent late',
  delays: true,
  find: (view) => {
    const late = above(view, lateShare, thresholds.lateSends)
    if (late === null) return []
    return [
      {
        effect: 'doubts',
        evidence: `${percent(late.worst)} of the requests were sent more than 5 ms late though a connection was free (limit ${percent(thresholds.lateSends)}) ${late.where}`,
      },
    ]
  },
})
