/** The points of a check: what is asked of a target, what is expected, what came, and the file to look at. */
import { expectedWords, gotWords, many, requestWords } from '@bakeoff/core'
import {
  type ContractCase,
  type Fetched,
  formatDurationMs,
  type PlannedEntry,
  reachOf,
  type Verification,
  type WorkPlaces,
} from '@bakeoff/model'
import type { InfoAnswer } from './run-repetition.js'

export interface CheckPoint {
  readonly name: string
  /** `POST /predict, body "{"` */
  readonly request: string
  readonly expected: string
  readonly got: string
  /** what is wrong, one line each; empty: the point is passed */
  readonly differences: readonly string[]
  /** the file that says what is expected, from the project, with its line where that is known */
  readonly file: string
  /** what is no fault, and worth knowing; absent: nothing */
  readonly note?: string
}

/** The answer to a case, and what is wrong with it. */
export interface CaseResult {
  readonly answer: Fetched
  readonly differences: readonly string[]
}

const [READY, ANSWERS, INFO] = ['ready', 'golden answers', 'GET /info']
/** The points before the cases, in their order. */
export const NAMES: readonly string[] = [READY, ANSWERS, INFO]
/** The point after the cases, where a scenario cleans up. */
export const AFTER = 'requests of `after`'
const OF_INFO = 'docs/adding-a-target.md'

/** The files that say what an entry must do. */
export class Places {
  readonly target: string
  readonly #entry: PlannedEntry
  readonly #work: WorkPlaces | undefined

  constructor(entry: PlannedEntry, work: WorkPlaces | undefined) {
    this.target = `${entry.folder}/target.yaml`
    this.#entry = entry
    this.#work = work
  }

  get requests(): string {
    return this.#work?.requests ?? this.scenario
  }

  get golden(): string {
    return this.#work?.golden ?? this.scenario
  }

  /** @param index of the case in the contract */
  case(index: number): string {
    return this.#work?.contract[index] ?? this.scenario
  }

  /** the scenario, which says what goes before and after */
  get scenario(): string {
    return `compose/${this.#entry.scenario}.yaml`
  }
}

export function readyPoint(entry: PlannedEntry, readyMs: number, places: Places): CheckPoint {
  const { path, status } = reachOf(entry).health
  return {
    name: READY,
    request: `GET ${path}`,
    expected: `status ${status} within ${formatDurationMs(entry.readyTimeoutMs)}`,
    got: `status ${status} after ${Math.round(readyMs)} ms`,
    differences: [],
    file: places.target,
  }
}

export function answersPoint({ total, right }: Verification['golden'], places: Places): CheckPoint {
  return {
    name: ANSWERS,
    request: `the ${total} requests of ${places.requests}`,
    expected: `the answers of ${places.golden}`,
    got: `${right} of ${total} right`,
    differences: right === total ? [] : [`${total - right} of ${total} answers are wrong`],
    file: places.golden,
  }
}

export function infoPoint({ info, tellsNothing, why }: InfoAnswer, places: Places): CheckPoint {
  return {
    name: INFO,
    request: INFO,
    expected: 'JSON about the runtime, or status 404',
    got: tellsNothing ? 'status 404' : (why ?? `JSON with ${Object.keys(info ?? {}).length} members`),
    differences: why === null ? [] : [why],
    file: why === null ? places.target : OF_INFO,
    ...(tellsNothing
      ? { note: 'it tells nothing of itself, so its threads, workers and build are not checked by lints' }
      : {}),
  }
}

/** @param result null: it was not asked, since the target tells nothing of itself */
export function casePoint(one: ContractCase, result: CaseResult | null, file: string): CheckPoint {
  return {
    name: one.name,
    request: requestWords(one),
    expected: expectedWords(one),
    got: result === null ? 'not asked: it tells nothing of itself' : gotWords(result.answer),
    differences: result?.differences ?? [],
    file,
  }
}

/** @param problem what went wrong; null: nothing */
export function afterPoint(requests: number, problem: string | null, places: Places): CheckPoint {
  return {
    name: AFTER,
    request: `the ${many(requests, 'request')} of \`after\``,
    expected: 'a status of success, or the one that each names',
    got: problem ?? 'all as expected',
    differences: problem === null ? [] : [problem],
    file: places.scenario,
  }
}
