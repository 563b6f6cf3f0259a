import type { PlannedScenario } from '@bakeoff/model'
import { defineFigure } from './define.js'

export const agentEventLoop = defineFigure({
  id: 'agentEventLoop',
  title: "Agent's event loop",
  unit: 'share',
  format: 'share',
  about: "Share of the window in which the event loop of the load agent's busiest process was busy.",
  column: 'agent_event_loop_share',
  from: ({ record }) => record.measurement.agent.eventLoopUtilisation,
})

export const agentCpuSeconds = defineFigure({
  id: 'agentCpuSeconds',
  title: "Agent's CPU time",
  unit: 's',
  about: 'CPU time of the load agent in the window.',
  column: 'agent_cpu_s',
  from: ({ agent, record }) => agent.cpuSeconds ?? record.measurement.agent.cpuSeconds,
})

export const agentCpuShare = defineFigure({
  id: 'agentCpuShare',
  title: "Agent's CPU",
  unit: 'share',
  format: 'share',
  about: 'CPU time of the load agent ÷ its cores and the window; of several agents, that of the fullest.',
  column: 'agent_cpu_share',
  from: (repetition, view) => {
    const of = coresOfAgents(view.scenario)
    if (of.length > 1)
      return highest(repetition.agents.map(({ coresUsed }, index) => shareOf(coresUsed, of[index] ?? 0)))
    const used = agentCpuSeconds.from(repetition, view)
    return used === null || repetition.seconds <= 0 ? null : shareOf(used / repetition.seconds, of[0] ?? 0)
  },
})

/** How many cores each load agent has. */
export function coresOfAgents({ agents, cores }: Pick<PlannedScenario, 'agents' | 'cores'>): number[] {
  return (agents ?? [cores.agent]).map(({ length }) => length)
}

function shareOf(used: number | null, cores: number): number | null {
  return used === null || cores === 0 ? null : used / cores
}

function highest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : Math.max(...known)
}

export const ceilingShare = defineFigure({
  id: 'ceilingShare',
  title: "Share of the agent's ceiling",
  unit: 'share',
  format: 'share',
  about:
    'All answers a second ÷ what the agent reaches against the null server with the same connections on the same cores.',
  column: 'agent_ceiling_share',
  from: ({ record, seconds }, { ceiling }) => {
    if (ceiling === null || ceiling.throughput <= 0 || seconds <= 0) return null
    const { ok, wrong, errorStatus } = record.measurement.counts
    return (ok + wrong + errorStatus) / seconds / ceiling.throughput
  },
})

export const lateShare = defineFigure({
  id: 'lateShare',
  title: 'Late sends',
  unit: 'of sent',
  format: 'share',
  about: 'Share of sends more than 5 ms after their intended start although a connection was free.',
  column: 'agent_late_share',
  from: ({ record }) => record.measurement.lateShare,
})
