import { connectionsOf } from '@bakeoff/model'
import { agentCpuShare, agentEventLoop, ceilingShare, coresOfAgents } from '../../figures/agent.js'
import { typical } from '../../figures/estimate.js'
import { thresholds } from '../../thresholds.js'
import { cores, list, percent } from '../../words/quantities.js'
import { reachedWords, secondInstrumentOf } from '../second-instrument.js'
import { above, defineCause } from './define.js'

export const agentBound = defineCause({
  id: 'agent-bound',
  about:
    "The load agent was near its own limit: throughput is at least as high as shown, and part of the latencies is the agent's.",
  because: 'the load agent was the limit',
  delays: true,
  limits: () => ({ what: 'the load agent', isOwn: false }),
  warning: {
    what: 'The load agent was the limit',
    todo: 'Read these throughputs as lower bounds; give the agent more cores to see the rest.',
  },
  against: (view) =>
    typical(agentEventLoop, view) === null ? null : `the load agent had room under ${view.entry.target}`,
  find: (view) => {
    if (connectionsOf(view.load) === null) return [] // one request: the target loads itself
    const { eventLoop, cpu, ceiling } = thresholds.agent
    const busy = above(view, agentEventLoop, eventLoop)
    const used = above(view, agentCpuShare, cpu)
    // Where the null server's cores were full, the agent could have done more: the throughput is not the agent's ceiling.
    const reached = view.ceiling?.isAgents === false ? null : above(view, ceilingShare, ceiling)
    const full = [
      ...(busy
        ? [`the agent's event loop was ${percent(busy.worst)} busy (limit ${percent(eventLoop)}) ${busy.where}`]
        : []),
      ...(used
        ? [
            `the agent used ${percent(used.worst)} of its ${cores(Math.max(...coresOfAgents(view.scenario)))} (limit ${percent(cpu)}) ${used.where}`,
          ]
        : []),
      ...(reached
        ? [
            `the agent was at ${percent(reached.worst)} of its ceiling against the null server (limit ${percent(ceiling)}) ${reached.where}`,
          ]
        : []),
    ]
    const beside = reachedWords(secondInstrumentOf(view))
    return full.length === 0
      ? []
      : [
          {
            effect: 'doubts',
            evidence: `${list(full)}; throughput is a lower bound${beside === null ? '' : `, and ${beside}`}`,
          },
        ]
  },
})
