import {
  type Calibration,
  calibrationKeyOf,
  connectionsOf,
  kindOf,
  type Link,
  type LoadRecord,
  type LoadSpec,
  loadIdOf,
  type Plan,
  type PlannedEntry,
  type PlannedScenario,
  plannedBenchOf,
  type RepetitionRecord,
} from '@bakeoff/model'
import { mainLoadOf } from '../plan/main-load.js'
import { type Distribution, decodeHistogram, rightAnswers } from '../stats/index.js'
import { type MachineUse, otherMachines, othersOf, usesOn } from './machines.js'
import { type HostUse, hostUseOf, sumOfUses, type Use, useOf } from './use.js'

/** A view of one repetition of a cell, with its counters turned into use. Figures and verdicts read it. */
export interface Repetition {
  readonly number: number
  readonly block: string
  /** the record of the repetition, with its other loads */
  readonly whole: RepetitionRecord
  /** the part of it that this load left */
  readonly record: LoadRecord
  /** length of the window; for a batch, the time until its answer */
  readonly seconds: number
  /** right answers, each with the share of its life within the window; for a batch, tasks that were done right */
  readonly right: number
  /** all containers of the target together, its proxy included */
  readonly target: Use
  readonly containers: Readonly<Record<string, Use>>
  readonly services: Readonly<Record<string, Use>>
  /** all load agents together */
  readonly agent: Use
  /** each of several load agents, in the order of the bench; of the only one, it alone */
  readonly agents: readonly Use[]
  /** the target's machine */
  readonly host: HostUse
  /** cores used by anything that is not part of the run (the orchestrator's few per cent included); null: unknown */
  readonly othersCores: number | null
  /** the other machines of the bench; empty where there is one machine */
  readonly machines: readonly MachineUse[]
  readonly serviceTime: Distribution
  readonly responseTime: Distribution | null
}

/** A view of a cell: everything that is known about it before anything is judged. */
export interface CellView {
  readonly id: string
  readonly plan: Plan
  readonly scenario: PlannedScenario
  readonly entry: PlannedEntry
  readonly load: LoadSpec
  readonly loadId: string
  /** records of this entry, by repetition, failed ones included */
  readonly records: readonly RepetitionRecord[]
  /** repetitions with this load */
  readonly repetitions: readonly Repetition[]
  /** the agent's ceiling with these connections on these cores; null: not calibrated */
  readonly ceiling: Ceiling | null
  /** the network from the agents to the target before any load; null: one machine, or not measured */
  readonly link: Link | null
}

/** The agent's ceiling against the null server, over the canaries of a run. */
export interface Ceiling {
  /** requests a second: the most of all canaries, by their best half second */
  readonly throughput: number
  /** over the windows of the canaries */
  readonly low: number
  readonly high: number
  /** whether the agent limited the canaries: only then is this a limit of the agent; null when unknown */
  readonly isAgents: boolean | null
}

/** All cells of a plan, measured or not, in the plan's order. */
export function viewCells(
  plan: Plan,
  records: readonly RepetitionRecord[],
  calibrations: readonly Calibration[],
): CellView[] {
  const scenarios = new Map(plan.scenarios.map((scenario) => [scenario.id, scenario]))
  return plan.entries.flatMap((entry) => {
    const scenario = scenarios.get(entry.scenario)
    if (!scenario) return []
    const own = recordsOf(records, entry.id)
    return [...scenario.loads, ...addedLoads(scenario, own)].map((load): CellView => {
      const loadId = loadIdOf(load)
      return {
        id: `${entry.id}/${loadId}`,
        plan,
        scenario,
        entry,
        load,
        loadId,
        records: own,
        repetitions: own.flatMap((whole) =>
          whole.loads.filter((record) => record.loadId === loadId).map((record) => viewRepetition(plan, whole, record)),
        ),
        ceiling: ceilingOf(plan, { scenario, load }, calibrations),
        link: calibrations.find((each) => each.link && each.scenario === scenario.id)?.link ?? null,
      }
    })
  })
}

/** Loads that a run adds to those of its plan: the rates of latency–throughput curves, ascending. */
function addedLoads(scenario: PlannedScenario, records: readonly RepetitionRecord[]): LoadSpec[] {
  const planned = new Set(scenario.loads.map(loadIdOf))
  const added = new Map(
    records.flatMap(({ loads }) =>
      loads.flatMap(({ load, loadId, measurement }) =>
        kindOf(load).sameRate && !planned.has(loadId)
          ? [[loadId, { load, perSecond: measurement.offeredPerSecond ?? 0 }] as const]
          : [],
      ),
    ),
  )
  return [...added.values()].sort((a, b) => a.perSecond - b.perSecond).map(({ load }) => load)
}

/**
 * Records of an entry by repetition. A repetition that was aborted and run again by --resume counts once: the later one.
 */
export function recordsOf(records: readonly RepetitionRecord[], entry: string): RepetitionRecord[] {
  const byRepetition = new Map<number, RepetitionRecord>()
  for (const record of [...records].sort((a, b) => a.startedAt.localeCompare(b.startedAt))) {
    if (record.entry === entry) byRepetition.set(record.repetition, record)
  }
  return [...byRepetition.values()].sort((a, b) => a.repetition - b.repetition)
}

/** Failed requests of any kind, without wrong answers and those still under way. */
export function failuresOf({ record }: Repetition): number {
  const { errorStatus, timeouts, lost } = record.measurement.counts
  return errorStatus + timeouts + lost
}

/**
 * The requests that were due in a window, and how many of them had no right answer: failed in any way, wrong, or never sent
 * since no connection became free.
 */
export function unansweredOf(repetition: Repetition): { readonly count: number; readonly of: number } {
  const { sent, unsent, wrong } = repetition.record.measurement.counts
  return { count: failuresOf(repetition) + wrong + unsent, of: sent + unsent }
}

function viewRepetition(plan: Plan, whole: RepetitionRecord, record: LoadRecord): Repetition {
  const { measurement, samples } = record
  const { startedAtMs, durationMs, batch } = measurement
  const span = { fromMs: startedAtMs, toMs: startedAtMs + durationMs }
  const useEach = (series: LoadRecord['samples']['target']) =>
    Object.fromEntries(Object.entries(series).map(([name, readings]) => [name, useOf(readings, span)]))
  const containers = useEach(samples.target)
  const services = useEach(samples.services)
  const target = sumOfUses(Object.values(containers))
  const agents = Object.values(samples.agents ?? { agent: samples.agent }).map((readings) => useOf(readings, span))
  const agent = sumOfUses(agents)
  const bench = plannedBenchOf(plan, whole.bench ?? null)
  const roles = { target, services: Object.values(services), agents }
  const host = hostUseOf(samples.host, span)
  return {
    number: whole.repetition,
    block: whole.block,
    whole,
    record,
    seconds: (batch?.wallMs ?? durationMs) / 1000,
    right: rightAnswers(measurement),
    target,
    containers,
    services,
    agent,
    agents,
    host,
    othersCores: othersOf(host, usesOn(bench, bench?.target ?? null, roles)),
    machines: otherMachines(plan, samples, { bench, roles, span }),
    serviceTime: decodeHistogram(measurement.serviceTime),
    responseTime: measurement.responseTime === null ? null : decodeHistogram(measurement.responseTime),
  }
}

function ceilingOf(
  { site }: Plan,
  { scenario, load }: { readonly scenario: PlannedScenario; readonly load: LoadSpec },
  calibrations: readonly Calibration[],
): Ceiling | null {
  const keys = (site?.benches ?? [null]).map((bench) => calibrationKeyOf(scenario, bench))
  const found = calibrations.filter(
    (each) =>
      keys.includes(each.key) &&
      (each.scenario ?? scenario.id) === scenario.id &&
      each.connections === connectionsOf(load),
  )
  if (found.length === 0) return null
  const rates = found.map(({ throughput }) => throughput)
  const limits = found.flatMap(({ limit }) => limit ?? [])
  return {
    throughput: Math.max(...found.map(({ best, throughput }) => best ?? throughput)),
    low: Math.min(...rates),
    high: Math.max(...rates),
    isAgents: limits.length === 0 ? null : limits.some((limit) => limit === 'agent' || limit === 'both'),
  }
}

/** Connections of the load by which a scenario is ranked; null for a batch. */
export function mainConnections({ loads }: PlannedScenario): number | null {
  const main = mainLoadOf(loads)
  const load = loads.find((each) => loadIdOf(each) === main)
  return load ? connectionsOf(load) : null
}
