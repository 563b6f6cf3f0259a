import { agentCpuShare, agentEventLoop, ceilingShare, lateShare } from './agent.js'
import { wallSeconds } from './batch.js'
import { capacityPerSecond } from './capacity.js'
import { coldStart } from './cold-start.js'
import { coresUsed, systemSeconds, throttledMs, userSeconds } from './cpu.js'
import { cpuMsPerRequest, requestsPerCpuSecond } from './cpu-per-request.js'
import type { Metric } from './define.js'
import { hostOthers, hostPressure, hostSteal } from './host.js'
import { latencyMax, latencyMean, latencyP50, latencyP90, latencyP95, latencyP99, latencyP999 } from './latency.js'
import { idleMemory, memoryPeak } from './memory.js'
import { throughput } from './throughput.js'

export type { Metric } from './define.js'

/** Every figure there is. A new one is a file and a line here. */
export const metrics: readonly Metric[] = [
  throughput,
  capacityPerSecond,
  wallSeconds,
  latencyP50,
  latencyP90,
  latencyP95,
  latencyP99,
  latencyP999,
  latencyMean,
  latencyMax,
  cpuMsPerRequest,
  requestsPerCpuSecond,
  coresUsed,
  userSeconds,
  systemSeconds,
  throttledMs,
  memoryPeak,
  idleMemory,
  coldStart,
  agentEventLoop,
  agentCpuShare,
  ceilingShare,
  lateShare,
  hostSteal,
  hostPressure,
  hostOthers,
]
