import { type Cell, type ComponentUse, connectionsOf, kindOf, type LoadRecord, type Verdict } from '@bakeoff/model'
import { figuresOfCell } from '../figures/over-repetitions.js'
import { latencyDistribution, latencyOf, plainTimes, round, spectrumOf } from '../figures/times.js'
import { secondInstrumentOf } from '../judge/second-instrument.js'
import { outcomeOfCell } from '../observe/outcome.js'
import { componentUse, type Use } from '../observe/use.js'
import type { CellView, Repetition } from '../observe/view.js'
import { decodeHistogram, encodeDistribution, inSystem, logBins, medianOf, mergeDistributions } from '../stats/index.js'
import { timelineOf } from './timeline.js'

const BINS_PER_DECADE = 12
const MOST_WRONG_SAMPLES = 5

/** A cell for the results: every figure of its repetitions, summed, with intervals, or merged. */
export function toCell(view: CellView, verdict: Verdict | null): Cell {
  const { entry, scenario, load, repetitions } = view
  const latencies = repetitions.map(latencyDistribution)
  const merged = mergeDistributions(latencies)
  const isOpen = repetitions.some(({ responseTime }) => responseTime !== null)
  const service = isOpen ? mergeDistributions(repetitions.map(({ serviceTime }) => serviceTime)) : merged
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
    ...figuresOfCell(view),
    shownTime: shownTimeOf(view),
    requests: requestsOf(repetitions),
    target: {
      name: entry.target,
      ...useOver(repetitions.map(({ target }) => componentUse(target, entry.caps))),
      caps: entry.caps,
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
    little: littleOf(view),
    account: accountOf(view),
    secondInstrument: secondInstrumentOf(view),
    probes: probesOf(view),
    tasksFailed: tasksFailedOf(view),
    stream: streamOf(repetitions),
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

/** Little's law over the repetitions' own figures; null for a batch, whose tasks cannot be seen from outside. */
function littleOf(view: CellView): Cell['little'] {
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
  if (kindOf(load).pace !== 'own' || connectionsOf(load) === null) return null
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

/** The use by container, only where there are several: for a single container it would repeat the total. */
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

function shownTimeOf({ load, repetitions }: CellView): Cell['shownTime'] {
  const { shown } = kindOf(load)
  return shown === null || repetitions.length === 0 ? null : `${shown}Ms`
}

function probesOf({ load, repetitions }: CellView): Cell['probes'] {
  if (kindOf(load).windows !== 'several') return null
  return (repetitions.at(-1)?.record.capacity?.probes ?? []).toSorted((a, b) => a.perSecond - b.perSecond)
}

function tasksFailedOf({ load, repetitions }: CellView): Cell['tasksFailed'] {
  if (kindOf(load).unit !== 'task' || repetitions.length === 0) return null
  return repetitions.reduce((sum, { record }) => sum + (record.measurement.batch?.failed ?? 0), 0)
}

function streamOf(repetitions: readonly Repetition[]): Cell['stream'] {
  const streams = repetitions.flatMap(({ record }) => record.measurement.stream ?? [])
  const firstByte = latencyOf(streams.map((each) => plainTimes(decodeHistogram(each.firstByte))))
  const interChunk = latencyOf(streams.map((each) => plainTimes(decodeHistogram(each.interChunk))))
  if (!firstByte || !interChunk) return null
  return {
    firstByteMs: firstByte,
    interChunkMs: interChunk,
    chunks: streams.reduce((sum, { chunks }) => sum + chunks, 0),
  }
}
