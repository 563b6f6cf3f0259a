import type {
  LoadMeasurement,
  LoadRecord,
  LoadSlice,
  LoadSpec,
  Reading,
  RunEvent,
  Samples,
  ServiceDeath,
} from '@bakeoff/model'
import { BakeoffError, endWords, loadIdOf } from '@bakeoff/model'
import { countedBetween, readCounters } from './counters.js'
import { settleNetwork } from './network-watch.js'
import { benchIn, containerWords } from './placement.js'
import type { Decision, LoadOrder, LoadRequest } from './ports.js'
import type { ReadyTestbed } from './repetition.js'
import { DEATH_TOLD_MS } from './service-watch.js'
import type { TargetGroup } from './target-group.js'
import { logsOf } from './target-ready.js'

export interface MeasuredWindow {
  readonly measurement: LoadMeasurement
  readonly samples: Samples
  /** counters of services, from before the first request until the load had run out */
  readonly counters: LoadRecord['counters']
  /** the container that ended within the window, when one did */
  readonly death: Awaited<TargetGroup['died']> | null
  readonly serviceDeaths: readonly ServiceDeath[]
}

/** The length of the slices that are reported while a load runs. */
export const SLICE_MS = 500

/**
 * Runs one load with its window. When the target ends, the load stops at the next slice; what was measured until then is returned with
 * the death, so that nothing is lost.
 *
 * @param loadId the load of the slice that just ended, for the events
 * @param decide decides after each slice how the load goes on
 */
export async function runWindow(
  ready: ReadyTestbed,
  loadId: () => string,
  order: LoadOrder,
  decide: (slice: LoadSlice) => Decision,
): Promise<MeasuredWindow> {
  const { testbed, target } = ready
  const { run, scenario } = testbed
  let death: MeasuredWindow['death'] = null
  const watching = target.died.then((ended) => {
    death = ended
  })
  watching.catch(() => {}) // the engine is lost, and with it the testbed
  const request: LoadRequest = {
    origin: target.origin,
    order,
    requestTimeoutMs: scenario.requestTimeoutMs,
    sampleEvery: run.plan.rules.sampleEvery,
    stream: scenario.stream,
    sliceMs: SLICE_MS,
  }
  const before = await readCounters(ready)
  const measurement = await testbed.agent.load(request, (slice) => {
    const use = useOf(ready, slice.durationMs)
    run.emit({ kind: 'slice', entry: target.entry.id, ...benchIn(run), loadId: loadId(), slice, use })
    return death === null && testbed.serviceWatch.deaths.length === 0 ? decide(slice) : { kind: 'stop' }
  })
  const { lost, connectErrors } = measurement.counts
  const told = [testbed.serviceWatch.settle(measurement), settleNetwork(testbed.network, measurement)]
  if (death === null && lost + connectErrors > 0) told.push(Promise.race([watching, run.sleep(DEATH_TOLD_MS)]))
  await testbed.unlessLost(Promise.all(told))
  const samples = samplesOf(ready, measurement)
  const serviceDeaths = [...testbed.serviceWatch.deaths]
  // A service that has ended gives no counters.
  const after = serviceDeaths.length === 0 ? await readCounters(ready) : new Map()
  return { measurement, samples, counters: countedBetween(ready, before, after, measurement), death, serviceDeaths }
}

/** Cores used and memory held within the last slice, by role, for the user who watches the run. */
type SliceUse = Extract<RunEvent, { kind: 'slice' }>['use']

function useOf({ sampler, target, testbed }: ReadyTestbed, durationMs: number): SliceUse {
  const toMs = testbed.run.ports.clock.steadyMs()
  const { containers } = sampler.between(toMs - durationMs, toMs)
  return {
    target: summed(target.containers.map(({ name }) => use(containers[name] ?? []))),
    ...Object.fromEntries([...testbed.services.keys()].map((name) => [name, use(containers[name] ?? [])])),
    agent: summed(testbed.agentContainers.map(({ name }) => use(containers[name] ?? []))),
  }
}

/** What several containers use together; null where it is not known of one of them. */
function summed(parts: readonly SliceUse[string][]): SliceUse[string] {
  const sum = (values: readonly (number | null)[]) =>
    values.reduce((a, b) => (a === null || b === null ? null : a + b), 0)
  return {
    cores: sum(parts.map(({ cores }) => cores)),
    memoryBytes: sum(parts.map(({ memoryBytes }) => memoryBytes)),
  }
}

function use(readings: readonly Reading[]): SliceUse[string] {
  return { cores: coresUsed(readings), memoryBytes: readings.at(-1)?.memoryAnonBytes ?? null }
}

/** Cores busy on average from the first reading to the last; null where the readings do not tell. */
export function coresUsed(readings: readonly Reading[]): number | null {
  const [first, last] = [readings[0], readings.at(-1)]
  if (!first || !last || last.atMs <= first.atMs) return null
  if (first.cpuTotalSeconds === null || last.cpuTotalSeconds === null) return null
  return (last.cpuTotalSeconds - first.cpuTotalSeconds) / ((last.atMs - first.atMs) / 1000)
}

/** Records a finished load; a death during it ends the repetition after that. */
export function loadRecordOf(
  ready: ReadyTestbed,
  load: LoadSpec,
  window: MeasuredWindow,
  capacity: LoadRecord['capacity'] = null,
): LoadRecord {
  return {
    loadId: loadIdOf(load),
    load,
    measurement: window.measurement,
    samples: window.samples,
    deaths: window.death === null ? 0 : 1,
    serviceDeaths: [...window.serviceDeaths],
    oomKills: ready.target.containers.reduce((sum, container) => sum + container.oomKills(), 0),
    counters: window.counters,
    capacity,
  }
}

/** @throws BakeoffError SERVICE_DIED or TARGET_DIED with exit code and log when one ended within the window */
export async function throwIfDead({ testbed, target }: ReadyTestbed, window: MeasuredWindow): Promise<void> {
  if (window.serviceDeaths.length > 0) throw await testbed.serviceWatch.failure()
  if (window.death === null) return
  const { container, oomKilled } = window.death
  const { startedAtMs, durationMs } = window.measurement
  const seconds = ((startedAtMs + durationMs - target.startedAtMs) / 1000).toFixed(0)
  throw new BakeoffError(
    'TARGET_DIED',
    `${target.entry.id}: ${containerWords(container)} ${endWords(window.death)} under load`,
    {
      logTail: await logsOf(target, 40),
      hint: oomKilled
        ? 'Raise mem_limit in the scenario, or lower what the target holds.'
        : `It had run for ${seconds} s. Its last lines are above.`,
    },
  )
}

function samplesOf({ sampler, testbed, target }: ReadyTestbed, measurement: LoadMeasurement): Samples {
  const { containers, host, machines, clockErrorMs } = sampler.between(
    measurement.startedAtMs,
    measurement.startedAtMs + measurement.durationMs,
  )
  const pick = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, containers[name] ?? []]))
  const agents = testbed.agentContainers.map(({ name }) => name)
  return {
    target: pick(target.containers.map(({ name }) => name)),
    services: pick([...testbed.services.keys()]),
    agent: containers[agents[0] as string] ?? [],
    host,
    ...(agents.length > 1 ? { agents: pick(agents) } : {}),
    ...(clockErrorMs === undefined ? {} : { clockErrorMs }),
    ...(machines === undefined ? {} : { machines }),
  }
}
