import { typical } from '../estimate.js'
import { agentCpuShare, agentEventLoop, ceilingShare } from '../metrics/agent.js'
import { reachedWords, secondInstrumentOf } from '../second-instrument.js'
import { thresholds } from '../thresholds.js'
import { cores, list, percent } from '../words.js'
import { defineVerdict } from './define.js'

export const agentBound = defineVerdict({
  cause: 'agent-bound',
  description:
    'The load agent was near its own limit: throughput is at least what is shown, and latencies are in part its own.',
  find: (view) => {
    if (view.load.kind === 'batch') return [] // one request: the target loads itself
    const { eventLoop, cpu, ceiling } = thresholds.agent
    const busy = typical(agentEventLoop, view)
    const used = typical(agentCpuShare, view)
    const reached = typical(ceilingShare, view)
    const full = [
      ...(busy !== null && busy > eventLoop
        ? [`its event loop was ${percent(busy)} busy (limit ${percent(eventLoop)})`]
        : []),
      ...(used !== null && used > cpu
        ? [`it used ${percent(used)} of its ${cores(view.scenario.cores.agent.length)} (limit ${percent(cpu)})`]
        : []),
      ...(reached !== null && reached > ceiling
        ? [`it was at ${percent(reached)} of its ceiling against the null server (limit ${percent(ceiling)})`]
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
