import { type Cell, type ComponentUse, connectionsOf, type LoadRecord, type Verdict } from '@bakeoff/model'
import { decodeHistogram, encodeDistribution, inSystem, logBins, medianOf, mergeDistributions } from '../stats/index.js'
import { estimateOf, typical, valuesOf } from './estimate.js'
import { latencyDistribution, latencyOf, plainTimes, round, spectrumOf, timesOf } from './latency.js'
import { agentCpuShare, agentEventLoop, ceilingShare, lateShare } from './metrics/agent.js'
import { wallSeconds } from './metrics/batch.js'
import { capacityPerSecond } from './metrics/capacity.js'
import { coldStart } from './metrics/cold-start.js'
import { cpuMsPerRequest, requestsPerCpuSecond } from './metrics/cpu-per-request.js'
import { hostOthers, hostPressure, hostSteal } from './metrics/host.js'
import { throughput } from './metrics/throughput.js'
import { outcomeOfCell } from './outcome.js'
import { overheadOf } from './overhead.js'
import { secondInstrumentOf } from './second-instrument.js'
import { timelineOf } from './timeline.js'
import { componentUse, type Use } from './use.js'
import type { CellView, Repetition } from './view.js'

const BINS_PER_DECADE = 12
const MOST_WRONG_SAMPLES = 5

/** A cell as it stands in the results: every figure of its repetitions, summed, with intervals, or merged. */
export function toCell(view: CellView, verdict: Verdict | null): Cell {
  const { entry, scenario, load, repetitions } = view
  const latencies = repetitions.map(latencyDistribution)
  const latency = latencyOf(repetitions.map(timesOf))
  const merged = mergeDistributions(latencies)
  const isOpen = repetitions.some(({ responseTime }) => responseTime !== null)
  const rate = estimateOf(valuesOf(throughput, view))
  const cpuPerRequest = estimateOf(valuesOf(cpuMsPerRequest, view))
  const agentBound = verdict?.causes.some(({ cause }) => cause === 'agent-bound') ?? false
  const service = isOpen ? mergeDistributions(repetitions.map(({ serviceTime }) => serviceTime)) : merged
  const stream = streamOf(repetitions)
  return {
    id: view.id,
    entry: entry.id,
    scenario: scenario.id,
    variant: entry.variant,
    language: entry.language,
    stack: entry.stack,
    load,
    loadId: view.loadId,
    ...outcomeOfCell(view),
    verdict,
    repetitions: repetitions.length,
    throughput: rate,
    latencyMs: latency?.latency ?? null,
    latencyRangeMs: latency?.range ?? {},
    latencyIntervalMs: latency?.interval ?? {},
    latencyAtLeastMs: latency?.atLeast ?? {},
    serviceTimeMs: isOpen
      ? (latencyOf(repetitions.map(({ serviceTime }) => plainTimes(serviceTime)))?.latency ?? null)
      : null,
    requests: requestsOf(repetitions),
    target: {
      name: entry.target,
      ...useOver(repetitions.map(({ target }) => componentUse(target, entry.caps))),
      caps: entry.caps,
      cpuMsPerRequest: cpuPerRequest,
      requestsPerCpuSecond: typical(requestsPerCpuSecond, view),
      coldStartMs: typical(coldStart, view),
      imageBytes: view.runs.findLast(({ image }) => image !== null)?.image?.bytes ?? null,
      containers: containersOf(repetitions),
    },
    services: Object.fromEntries(
      scenario.services.map(({ name, caps }) => [
        name,
        {
          ...useOver(repetitions.map(({ services }) => (services[name] ? componentUse(services[name], caps) : null))),
          caps,
        },
      ]),
    ),
    agent: {
      cores: scenario.cores.agent.length,
      cpuSeconds: medianOf(
        repetitions.map(({ agent, record }) => agent.cpuSeconds ?? record.measurement.agent.cpuSeconds),
      ),
      cpuShare: typical(agentCpuShare, view),
      eventLoopUtilisation: typical(agentEventLoop, view),
      ceilingShare: typical(ceilingShare, view),
      lateShare: typical(lateShare, view),
    },
    host: {
      steal: typical(hostSteal, view),
      pressure: typical(hostPressure, view),
      otherLoad: typical(hostOthers, view),
    },
    little: littleOf(view),
    account: accountOf(view),
    windowSeconds: medianOf(repetitions.map(({ seconds }) => seconds)),
    offeredPerSecond: medianOf(repetitions.map(({ record }) => record.measurement.offeredPerSecond)),
    estimatedCapacity:
      agentBound && cpuPerRequest && cpuPerRequest.median > 0 ? (entry.caps.cpus / cpuPerRequest.median) * 1000 : null,
    secondInstrument: secondInstrumentOf(view),
    capacity: capacityOfCell(view),
    batch: batchOf(view),
    stream,
    overhead: load.kind === 'batch' ? null : overheadOf(scenario, latency?.latency ?? null, stream),
    histograms: {
      service: service && encodeDistribution(service),
      response: isOpen && merged ? encodeDistribution(merged) : null,
    },
    spectrum: merged ? spectrumOf(merged, censoredOf(repetitions)) : [],
    bins: merged
      ? logBins(merged, BINS_PER_DECADE).map(([from, to, count]) => [round(from / 1000), round(to / 1000), count])
      : [],
    timeline: timelineOf(view),
    wrongSamples: repetitions.flatMap(({ record }) => record.measurement.wrongSamples).slice(0, MOST_WRONG_SAMPLES),
  }
}

/** Little's law over the repetitions' own figures; null for a batch, whose tasks' times are not seen from outside. */
export function littleOf(view: CellView): Cell['little'] {
  const connections = connectionsOf(view.load)
  if (connections === null) return null
  const implied = medianOf(
    view.repetitions.map(({ serviceTime, seconds, record }) => {
      if (seconds <= 0) return null
      const { window } = record.measurement
      if (window) return window.account.answeredMs / (seconds * 1000)
      return serviceTime.meanUs === null ? null : inSystem(serviceTime.count / seconds, serviceTime.meanUs / 1000)
    }),
  )
  return implied === null ? null : { implied, connections, ratio: implied / connections }
}

/** Where the connections' time went: shares of connections × window, means over repetitions; null where it is not known. */
function accountOf({ load, repetitions }: CellView): Cell['account'] {
  if (load.kind !== 'closed') return null
  const accounts = repetitions.flatMap(({ record }) => record.measurement.window?.account ?? [])
  const whole = accounts.reduce((sum, { connectionMs }) => sum + connectionMs, 0)
  if (whole <= 0) return null
  const share = (pick: (each: (typeof accounts)[number]) => number) =>
    accounts.reduce((sum, each) => sum + pick(each), 0) / whole
  return {
    answered: share(({ answeredMs }) => answeredMs),
    unanswered: share(({ failedMs, unendedMs }) => failedMs + unendedMs),
    between: share(({ betweenMs }) => betweenMs),
  }
}

function censoredOf(repetitions: readonly Repetition[]): number {
  return repetitions.reduce((sum, { record }) => sum + (record.measurement.window?.censored ?? 0), 0)
}

/** Each figure's median over repetitions. */
function useOver(uses: readonly (ComponentUse | null)[]): Omit<ComponentUse, 'caps'> {
  const at = (pick: (use: ComponentUse) => number | null) =>
    medianOf(uses.map((use) => (use === null ? null : pick(use))))
  return {
    cpuSeconds: at((use) => use.cpuSeconds),
    cpuUserSeconds: at((use) => use.cpuUserSeconds),
    cpuSystemSeconds: at((use) => use.cpuSystemSeconds),
    coresUsed: at((use) => use.coresUsed),
    cpuShare: at((use) => use.cpuShare),
    atCapShare: at((use) => use.atCapShare),
    throttledMs: at((use) => use.throttledMs),
    memoryPeakBytes: at((use) => use.memoryPeakBytes),
    memoryShare: at((use) => use.memoryShare),
  }
}

/** Only where there are several: of a single container it would say the same again. */
function containersOf(repetitions: readonly Repetition[]): Cell['target']['containers'] {
  const names = [...new Set(repetitions.flatMap(({ containers }) => Object.keys(containers)))].sort()
  if (names.length < 2) return {}
  const use = (each: Use | undefined) => (each ? componentUse(each, null) : null)
  return Object.fromEntries(
    names.map((name) => [name, { ...useOver(repetitions.map(({ containers }) => use(containers[name]))), caps: null }]),
  )
}

function requestsOf(repetitions: readonly Repetition[]): Cell['requests'] {
  if (repetitions.length === 0) return null
  const counts = repetitions.map(({ record }) => record.measurement.counts)
  const sum = (pick: (each: LoadRecord['measurement']['counts']) => number) =>
    counts.reduce((total, each) => total + pick(each), 0)
  const errorsByKind: Record<string, number> = {}
  for (const { record } of repetitions) {
    for (const [kind, count] of Object.entries(record.measurement.errorsByKind))
      errorsByKind[kind] = (errorsByKind[kind] ?? 0) + count
  }
  return {
    sent: sum(({ sent }) => sent),
    ok: sum(({ ok }) => ok),
    wrong: sum(({ wrong }) => wrong),
    errors: sum(({ errorStatus }) => errorStatus),
    timeouts: sum(({ timeouts }) => timeouts),
    lost: sum(({ lost }) => lost),
    inFlight: sum(({ inFlight }) => inFlight),
    checked: sum(({ checked }) => checked),
    errorsByKind,
  }
}

function capacityOfCell(view: CellView): Cell['capacity'] {
  if (view.load.kind !== 'capacity') return null
  const last = view.repetitions.at(-1)?.record.capacity
  return {
    perSecond: estimateOf(valuesOf(capacityPerSecond, view)),
    p99Ms: view.load.p99Ms,
    errors: view.load.errors,
    probes: last ? [...last.probes].sort((a, b) => a.perSecond - b.perSecond) : [],
  }
}

function batchOf(view: CellView): Cell['batch'] {
  if (view.load.kind !== 'batch') return null
  const wall = estimateOf(valuesOf(wallSeconds, view))
  if (wall === null) return null
  const { repetitions, load } = view
  return {
    tasks: load.tasks,
    concurrency: load.concurrency,
    wallSeconds: wall,
    userSeconds: medianOf(repetitions.map(({ target }) => target.cpuUserSeconds)),
    systemSeconds: medianOf(repetitions.map(({ target }) => target.cpuSystemSeconds)),
    cpuMsPerTask: estimateOf(valuesOf(cpuMsPerRequest, view)),
    memoryPeakBytes: medianOf(repetitions.map(({ target }) => target.memoryPeakBytes)),
    failed: repetitions.reduce((sum, { record }) => sum + (record.measurement.batch?.failed ?? 0), 0),
  }
}

function streamOf(repetitions: readonly Repetition[]): Cell['stream'] {
  const streams = repetitions.flatMap(({ record }) => record.measurement.stream ?? [])
  const firstByte = latencyOf(streams.map((each) => plainTimes(decodeHistogram(each.firstByte))))
  const interChunk = latencyOf(streams.map((each) => plainTimes(decodeHistogram(each.interChunk))))
  if (!firstByte || !interChunk) return null
  return {
    firstByteMs: firstByte.latency,
    interChunkMs: interChunk.latency,
    chunks: streams.reduce((sum, { chunks }) => sum + chunks, 0),
  }
}
