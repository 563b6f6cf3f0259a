import { formatNumber } from '@bakeoff/model'
import { percent } from '../../words/quantities.js'
import { secondInstrumentOf } from '../second-instrument.js'
import { agentBound } from './agent-bound.js'
import { defineCause } from './define.js'

export const instrumentsDisagree = defineCause({
  id: 'instruments-disagree',
  about:
    'wrk measured another throughput than the load agent, on the same target right after it. The difference is above 10 %, above the differences between repetitions, and above what wrk drops at the ends of its window. Where the agent is the limit, wrk may reach more (not less) without a disagreement.',
  because: 'a second instrument measured something else',
  warning: {
    what: 'A second instrument measured other throughputs',
    todo: 'Look at both figures on the Verification page; the machine may have changed between the two, or one of them is wrong.',
  },
  against: (view) =>
    secondInstrumentOf(view)?.kind === 'measured' ? `wrk agreed with the load agent under ${view.entry.target}` : null,
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
