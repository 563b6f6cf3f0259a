import type { LoadMeasurement } from '@bakeoff/model'
import { defineFigure } from './define.js'

export const agentEvenness = defineFigure({
  id: 'agentEvenness',
  title: 'Evenness of the load agents',
  unit: 'ratio',
  about:
    'Of several load agents: right answers of a connection of the slowest ÷ of the fastest. Rates are offered evenly, so it is told for closed loads only.',
  column: 'agent_evenness',
  from: ({ record: { measurement } }) => {
    const rates = agentsWithWork(measurement).map(({ ok, connections }) => ok / connections)
    if (measurement.offeredPerSecond !== null || rates.length < 2) return null
    const most = Math.max(...rates)
    return most === 0 ? null : Math.min(...rates) / most
  },
})

export const agentSkew = defineFigure({
  id: 'agentSkewMs',
  title: 'Skew of the load agents',
  unit: 'ms',
  format: 'duration',
  about: 'How much later than the first the last of several load agents began its window.',
  column: 'agent_skew_ms',
  from: ({ record: { measurement } }) => {
    const late = agentsWithWork(measurement).map(({ lateMs }) => lateMs)
    return late.length < 2 ? null : Math.max(...late) - Math.min(...late)
  },
})

/** Several agents, without those that had no connection to open. */
function agentsWithWork({ agent }: LoadMeasurement) {
  return (agent.each ?? []).filter(({ connections }) => connections > 0)
}
