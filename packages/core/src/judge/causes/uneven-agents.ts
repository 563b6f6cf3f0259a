import { agentEvenness, agentSkew } from '../../figures/agents.js'
import { thresholds } from '../../thresholds.js'
import { duration, list, percent } from '../../words/quantities.js'
import { above, below, defineCause } from './define.js'

export const unevenAgents = defineCause({
  id: 'uneven-agents',
  about:
    'Of several load agents one got much less from each of its connections than another, or they did not begin together: the load was not the one that was asked for.',
  because: 'the load agents were uneven',
  delays: true,
  warning: {
    what: 'The load agents were uneven',
    todo: 'Give all load agents as many cores, and the same way to the target.',
  },
  find: (view) => {
    const { rate, lateMs } = thresholds.unevenAgents
    const slow = below(view, agentEvenness, rate)
    const late = above(view, agentSkew, lateMs)
    const signs = [
      ...(slow
        ? [
            `one load agent got ${percent(slow.worst)} of what another got from each connection (limit ${percent(rate)}) ${slow.where}`,
          ]
        : []),
      ...(late
        ? [`one began its window ${duration(late.worst)} after another (limit ${duration(lateMs)}) ${late.where}`]
        : []),
    ]
    return signs.length === 0 ? [] : [{ effect: 'doubts', evidence: list(signs) }]
  },
})
