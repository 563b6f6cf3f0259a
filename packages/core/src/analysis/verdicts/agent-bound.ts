import { connectionsOf } from '@bakeoff/model'
import { agentCpuShare, agentEventLoop, ceilingShare } from '../metrics/agent.js'
import { reachedWords, secondInstrumentOf } from '../second-instrument.js'
import { thresholds } from '../thresholds.js'
import { cores, list, percent } from '../words.js'
import { above, defineVerdict } from './define.js'

export const agentBound = defineVerdict({
  cause: 'agent-bound',
  description:
    'The load agent was near its own limit: throughput is at least what is shown, and latencies are in part its own.',
  find: (view) => {
    if (connectionsOf(view.load) === null) return [] // one request: the target loads itself
    const { eventLoop, cpu, ceiling } = thresholds.agent
    const busy = above(view, agentEventLoop, eventLoop)
    const used = above(view, agentCpuShare, cpu)
    // Where the null server's cores were full the agent could have done more: that is no ceiling of the agent.
    const reached = view.ceiling?.isAgents === false ? null : above(view, ceilingShare, ceiling)
    const full = [
      ...(busy ? [`its event loop was ${percent(busy.worst)} busy (limit ${percent(eventLoop)}) ${busy.where}`] : []),
      ...(used
        ? [
            `it used ${percent(used.worst)} of its ${cores(view.scenario.cores.agent.length)} (limit ${percent(cpu)}) ${used.where}`,
          ]
        : []),
      ...(reached
        ? [
            `it was at ${percent(reached.worst)} of its ceiling against the null server (limit ${percent(ceiling)}) ${reached.where}`,
          ]
        : []),
    ]
    const beside = reachedWords(secondInstrumentOf(view))
    return full.length === 0
      ? []
      : [
          {
            effect: 'doubts',
            evidence: `the load agent was near its limit: ${list(full)}; throughput is a lower bound${beside === null ? '' : `, and ${beside}`}`,
          },
        ]
  },
})
