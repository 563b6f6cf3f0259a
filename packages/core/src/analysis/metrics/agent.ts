import { defineMetric, never } from './define.js'

const about = { unit: 'share', better: 'lower', dependsOnLoad: true, isCompared: never } as const

export const agentEventLoop = defineMetric({
  ...about,
  id: 'agentEventLoop',
  title: "Agent's event loop",
  description: "Share of the window in which the event loop of the load agent's busiest process was busy.",
  from: ({ record }) => record.measurement.agent.eventLoopUtilisation,
})

export const agentCpuShare = defineMetric({
  ...about,
  id: 'agentCpuShare',
  title: "Agent's CPU",
  description: 'CPU time of the load agent ÷ its cores and the window.',
  from: ({ agent, record, seconds }, { scenario }) => {
    const cores = scenario.cores.agent.length
    const used = agent.cpuSeconds ?? record.measurement.agent.cpuSeconds
    return used === null || cores === 0 || seconds <= 0 ? null : used / seconds / cores
  },
})

export const ceilingShare = defineMetric({
  ...about,
  id: 'ceilingShare',
  title: "Share of the agent's ceiling",
  description:
    'All answers a second ÷ what the agent reaches against the null server with the same connections on the same cores.',
  from: ({ record, seconds }, { ceiling }) => {
    if (ceiling === null || ceiling.throughput <= 0 || seconds <= 0) return null
    const { ok, wrong, errorStatus } = record.measurement.counts
    return (ok + wrong + errorStatus) / seconds / ceiling.throughput
  },
})

export const lateShare = defineMetric({
  ...about,
  id: 'lateShare',
  title: 'Late sends',
  description: 'Share of sends more than 5 ms after their intended start although a connection was free.',
  from: ({ record }) => record.measurement.lateShare,
})
