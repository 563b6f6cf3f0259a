import type {
  ContractCase,
  GoldenLine,
  Plan,
  PlannedEntry,
  PlannedScenario,
  RequestLine,
  StateSpec,
  WorkPlaces,
} from '@bakeoff/model'
import type {
  Clock,
  ConnectAgent,
  ConnectAgents,
  ContainerHost,
  ImageRequest,
  MeasureSecond,
  RunSink,
  Work,
} from './ports.js'

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
  /** values of the variables that scenarios have as secrets; absent: none has any */
  readonly secrets?: Readonly<Record<string, string>> | undefined
}

export interface Corpus {
  readonly requests: readonly RequestLine[]
  readonly golden: readonly GoldenLine[]
  readonly contract: readonly ContractCase[]
  /** absent or null: requests are sent as they stand, and none depends on another */
  readonly state?: StateSpec | null | undefined
  /** where they stand; absent: not known */
  readonly places?: WorkPlaces | undefined
}

/** The ports of a run: everything with an effect that it needs. */
export interface Ports {
  readonly host: ContainerHost
  readonly connectAgent: ConnectAgent
  /** on several machines */
  readonly connectAgents: ConnectAgents
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

/** So many numbers of a counter are for each repetition: more than any can send, and 42 repetitions stay within 32 bits. */
const NUMBERS_OF_REPETITION = 50_000_000

/**
 * @param seed       orders the requests, and what is filled in at random
 * @param repetition its number, from 1
 */
export function workOf(scenario: PlannedScenario, materials: Materials, seed: number, repetition = 1): Work {
  const { requests, golden, state } = corpusOf(scenario, materials)
  return {
    requests,
    golden,
    compare: scenario.compare,
    tolerance: scenario.tolerance,
    seed,
    respell: scenario.respell ?? null,
    ...(state
      ? {
          state: {
            ...state,
            secrets: secretsFor(state, materials),
            countFrom: (repetition - 1) * NUMBERS_OF_REPETITION,
          },
        }
      : {}),
  }
}

/** Only what this work sends: a scenario gets no secret of another one. */
function secretsFor({ values }: StateSpec, { secrets = {} }: Materials): Record<string, string> {
  const variables = Object.values(values).flatMap((value) => (value.kind === 'secret' ? [value.variable] : []))
  return Object.fromEntries(
    variables.flatMap((variable) => {
      const secret = secrets[variable]
      return secret === undefined ? [] : [[variable, secret]]
    }),
  )
}

export function corpusOf(scenario: PlannedScenario, materials: Materials): Corpus {
  const corpus = materials.corpora.get(scenario.id)
  if (!corpus) throw new Error(`no corpus for ${scenario.id}`)
  return corpus
}
