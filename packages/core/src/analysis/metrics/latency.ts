import { latencyDistribution, type PercentileName, percentileMs, percentiles, timesOf } from '../latency.js'
import { defineMetric, type Metric, never } from './define.js'

const about = {
  unit: 'ms',
  better: 'lower',
  description:
    'Service time under closed load, response time from the intended start under open load. Null when fewer than ten answers lie beyond it, or as many requests never ended.',
  dependsOnLoad: true,
  seenByAgent: true,
} as const

const latencyAt = (name: PercentileName, id: string, title: string, isCompared: Metric['isCompared']) =>
  defineMetric({
    ...about,
    id,
    title,
    isCompared,
    from: (repetition) => percentileMs(timesOf(repetition), percentiles[name]),
  })

export const latencyP50 = latencyAt('p50', 'latencyP50Ms', 'Median latency', never)
export const latencyP90 = latencyAt('p90', 'latencyP90Ms', 'p90 latency', never)
export const latencyP95 = latencyAt('p95', 'latencyP95Ms', 'p95 latency', never)
// Only where all are offered the same: a fraction of one's own throughput is another rate for each.
export const latencyP99 = latencyAt('p99', 'latencyP99Ms', 'p99 latency', ({ kind }) => kind === 'rate')
export const latencyP999 = latencyAt('p99_9', 'latencyP99_9Ms', 'p99.9 latency', never)

export const latencyMean = defineMetric({
  ...about,
  id: 'latencyMeanMs',
  title: 'Mean latency',
  description:
    "Arithmetic mean of all answers. Said for comparison with sources and for Little's law; percentiles say more.",
  isCompared: never,
  from: (repetition) => {
    const { meanUs } = latencyDistribution(repetition)
    return meanUs === null ? null : meanUs / 1000
  },
})

export const latencyMax = defineMetric({
  ...about,
  id: 'latencyMaxMs',
  title: 'Slowest answer',
  description: 'The slowest answer of the window. It grows with the number of answers.',
  isCompared: never,
  from: (repetition) => {
    const { maxUs } = latencyDistribution(repetition)
    return maxUs === null ? null : maxUs / 1000
  },
})
