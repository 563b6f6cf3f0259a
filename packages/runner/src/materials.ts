import type { ContractCase, GoldenLine, Plan, PlannedEntry, PlannedScenario, RequestLine } from '@bakeoff/model'
import type { Clock, ConnectAgent, ContainerHost, ImageRequest, MeasureSecond, RunSink, Work } from './ports.js'

/** The materials of a plan, to which it only refers: the corpora, and Bakeoff's own images. */
export interface Materials {
  /** absolute path of the project, against which the plan's folders are resolved */
  readonly root: string
  /** corpora by scenario id */
  readonly corpora: ReadonlyMap<string, Corpus>
  readonly agentImage: ImageRequest
  readonly nullServerImage: ImageRequest
  readonly caddyImage: ImageRequest
  readonly wrkImage: ImageRequest
}

export interface Corpus {
  readonly requests: readonly RequestLine[]
  readonly golden: readonly GoldenLine[]
  readonly contract: readonly ContractCase[]
}

/** The ports of a run: everything with an effect that it needs. */
export interface Ports {
  readonly host: ContainerHost
  readonly connectAgent: ConnectAgent
  readonly measureSecond: MeasureSecond
  readonly clock: Clock
  readonly sink: RunSink
}

/** The scenario of an entry: with the services of its commit, where that is another one, or with its own. */
export function scenarioFor(plan: Plan, entry: PlannedEntry): PlannedScenario {
  const scenario = scenarioOf(plan, entry.scenario)
  return { ...scenario, services: entry.ofRef?.services ?? entry.services ?? scenario.services }
}

export function scenarioOf(plan: Plan, id: string): PlannedScenario {
  const scenario = plan.scenarios.find((one) => one.id === id)
  if (!scenario) throw new Error(`the plan has no scenario ${id}`)
  return scenario
}

export function entryOf(plan: Plan, id: string): PlannedEntry {
  const entry = plan.entries.find((one) => one.id === id)
  if (!entry) throw new Error(`the plan has no entry ${id}`)
  return entry
}

/** @param seed orders the requests */
export function workOf(scenario: PlannedScenario, materials: Materials, seed: number): Work {
  const { requests, golden } = corpusOf(scenario, materials)
  return {
    requests,
    golden,
    compare: scenario.compare,
    tolerance: scenario.tolerance,
    seed,
    respell: scenario.respell ?? null,
  }
}

export function corpusOf(scenario: PlannedScenario, materials: Materials): Corpus {
  const corpus = materials.corpora.get(scenario.id)
  if (!corpus) throw new Error(`no corpus for ${scenario.id}`)
  return corpus
}
