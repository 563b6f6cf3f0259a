import { agentCpuSeconds, agentCpuShare, agentEventLoop, ceilingShare, lateShare } from './agent.js'
import { agentEvenness, agentSkew } from './agents.js'
import { wallSeconds } from './batch.js'
import { capacityPerSecond, estimatedCapacity } from './capacity.js'
import { coresUsed, cpuSeconds, cpuShare, systemSeconds, throttledMs, userSeconds } from './cpu.js'
import { cpuMsPerRequest, requestsPerCpuSecond } from './cpu-per-request.js'
import type { FigureRule } from './define.js'
import { firstThousand } from './first-thousand.js'
import { hostOthers, hostPressure, hostSteal } from './host.js'
import { responseFigures, serviceFigures } from './latency.js'
import { memoryPeak } from './memory.js'
import { clockError, linkShare, retransmitShare } from './network.js'
import { overheadFirstByte, overheadPerChunk, overheadPerStream } from './overhead.js'
import { buildTime, coldStart, idleMemory, imageSize, startCall } from './start.js'
import { offeredPerSecond, throughput, windowSeconds } from './throughput.js'

export type { FigureRule } from './define.js'

/** All figures, in the order of tables. A new one is a file and a line here. */
export const figureRules: readonly FigureRule[] = [
  throughput,
  capacityPerSecond,
  wallSeconds,
  offeredPerSecond,
  windowSeconds,
  firstThousand,
  ...serviceFigures,
  ...responseFigures,
  cpuMsPerRequest,
  requestsPerCpuSecond,
  estimatedCapacity,
  cpuSeconds,
  coresUsed,
  cpuShare,
  userSeconds,
  systemSeconds,
  throttledMs,
  memoryPeak,
  overheadPerStream,
  overheadPerChunk,
  overheadFirstByte,
  coldStart,
  startCall,
  idleMemory,
  imageSize,
  buildTime,
  agentEventLoop,
  agentCpuSeconds,
  agentCpuShare,
  ceilingShare,
  lateShare,
  agentEvenness,
  agentSkew,
  linkShare,
  retransmitShare,
  clockError,
  hostSteal,
  hostPressure,
  hostOthers,
]

/** The title of a figure; an id that no rule has, of a file of another version, is its own. */
export function figureTitle(id: string): string {
  return figureRules.find((rule) => rule.id === id)?.title ?? id
}
