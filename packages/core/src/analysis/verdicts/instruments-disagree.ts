import { formatNumber } from '@bakeoff/model'
import { secondInstrumentOf } from '../second-instrument.js'
import { percent } from '../words.js'
import { agentBound } from './agent-bound.js'
import { defineVerdict } from './define.js'

export const instrumentsDisagree = defineVerdict({
  cause: 'instruments-disagree',
  description:
    'wrk measured another throughput than the load agent, on the same target right after it: by more than 10 %, than the repetitions differ among themselves, and than wrk drops at the ends of its window. Where the agent is the limit, wrk may well reach more (not less), and that is no disagreement.',
  find: (view) => {
    const second = secondInstrumentOf(view)
    if (second?.kind !== 'measured' || second.difference === null || second.agentPerSecond === null) return []
    if (Math.abs(second.difference) <= second.tolerance) return []
    if (second.difference > 0 && agentBound.find(view).length > 0) return []
    const { connect, read, write, status, timeout } = second.errors
    const failed = connect + read + write + status + timeout
    return [
      {
        effect: 'doubts',
        evidence: `${second.tool} measured ${formatNumber(second.perSecond)} requests/s after the load agent's ${formatNumber(second.agentPerSecond)}: ${percent(Math.abs(second.difference))} ${second.difference > 0 ? 'more' : 'less'} (limit ${percent(second.tolerance)})${failed > 0 ? `, with ${formatNumber(failed)} of ${second.tool}'s requests failed` : ''}`,
        subject: `repetition ${second.repetition}`,
      },
    ]
  },
})
