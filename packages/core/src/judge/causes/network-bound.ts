import { typical } from '../../figures/estimate.js'
import { linkShare, retransmitShare } from '../../figures/network.js'
import { thresholds } from '../../thresholds.js'
import { exactPercent, list, percent } from '../../words/quantities.js'
import { above, defineCause } from './define.js'

export const networkBound = defineCause({
  id: 'network-bound',
  about:
    'The network between the machines was near its own limit, or lost packets: throughput is at least as high as shown, and part of the latencies is its.',
  because: 'the network between the machines was the limit',
  delays: true,
  limits: () => ({ what: 'the network', isOwn: false }),
  warning: {
    what: 'The network between the machines was the limit',
    todo: 'Read these throughputs as lower bounds; put the machines on a faster network.',
  },
  against: (view) => (typical(linkShare, view) === null ? null : `the network had room under ${view.entry.target}`),
  find: (view) => {
    const { full, retransmits } = thresholds.network
    const filled = above(view, linkShare, full)
    const again = above(view, retransmitShare, retransmits)
    const signs = [
      ...(filled
        ? [
            `the target's traffic was ${percent(filled.worst)} of what its network carries (limit ${percent(full)}) ${filled.where}`,
          ]
        : []),
      ...(again
        ? [
            `${percent(again.worst)} of the TCP segments were lost, and sent again (limit ${exactPercent(retransmits)}) ${again.where}`,
          ]
        : []),
    ]
    return signs.length === 0 ? [] : [{ effect: 'doubts', evidence: `${list(signs)}; throughput is a lower bound` }]
  },
})
