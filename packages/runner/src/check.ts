import { checkContract } from '@bakeoff/core'
import {
  type ContractCase,
  type ErrorRecord,
  type Fetched,
  type PlannedEntry,
  type PlannedScenario,
  reachOf,
  type Stage,
  type TargetInfo,
  toErrorRecord,
  USUAL_REACH,
  type Verification,
} from '@bakeoff/model'
import {
  AFTER,
  afterPoint,
  answersPoint,
  type CaseResult,
  type CheckPoint,
  casePoint,
  infoPoint,
  NAMES,
  Places,
  readyPoint,
} from './check-points.js'
import { PORT } from './container-request.js'
import { endsTheRun } from './draft.js'
import { corpusOf, scenarioFor } from './materials.js'
import { type FetchRequest, UnsupportedBuild } from './ports.js'
import type { Run } from './run.js'
import { askInfo, wrongAnswers } from './run-repetition.js'
import { startTarget, type TargetGroup } from './target-group.js'
import { logsOf, waitUntilReady } from './target-ready.js'
import { openTestbed, type Testbed } from './testbed.js'
import type { WatchedAgent } from './watched-agent.js'
import { workFor } from './work-for.js'

/** How long a target may take to answer right again after a service has come back. */
const RECOVERY_MS = 15_000

/** The result of a check of one entry: everything that is wrong, not only the first thing. */
export interface CheckReport {
  readonly entry: string
  readonly outcome: 'passed' | 'failed' | 'unsupported'
  readonly verification: Verification | null
  readonly info: TargetInfo | null
  /** every point of the contract that was asked, in order */
  readonly points: readonly CheckPoint[]
  /** names of the points that were not asked, since the check had ended before */
  readonly unasked: readonly string[]
  /** the reason why the check did not come to its end */
  readonly failure: { readonly stage: Stage; readonly error: ErrorRecord } | null
  readonly logTail: readonly string[]
  readonly readyMs: number | null
}

/** Starts an entry, asks every golden question and every case of the contract, without load. Throws only errors that would end a run: an abort, a lost engine, a bug. */
export async function checkEntry(run: Run, entry: PlannedEntry): Promise<CheckReport> {
  const { plan, materials, signal } = run
  const scenario = scenarioFor(plan, entry)
  const checking = new Checking(run, entry, scenario)
  let stage: Stage = 'build'
  try {
    run.images.need(entry.image, materials.agentImage.name)
    stage = 'start'
    await using testbed = await openTestbed(run, entry.id, scenario)
    const { agent, serviceWatch } = testbed
    await agent.prepare(workFor(run, entry, plan.seed))
    const target = await startTarget(testbed, entry)
    try {
      stage = 'ready'
      checking.ready((await serviceWatch.during(waitUntilReady(testbed, target))) - target.startedAtMs)
      stage = 'verify'
      const golden = await serviceWatch.during(agent.verify(target.origin, scenario.requestTimeoutMs))
      checking.verified({ golden })
      await checking.askContract(testbed, target)
      if (checking.cleansUp) checking.cleanedUp(await agent.cleanUp(target.origin, scenario.requestTimeoutMs))
      if (golden.right < golden.total) throw wrongAnswers(entry.id, golden, askYourself(entry))
      return checking.report(null, checking.isPassed ? [] : await logsOf(target, 40))
    } catch (error) {
      checking.logTail = await logsOf(target, 40).catch(() => [])
      throw await testbed.blame(error)
    }
  } catch (error) {
    signal.throwIfAborted()
    if (endsTheRun(error)) throw error
    const ended = checking.report({ stage, error: toErrorRecord(error) }, checking.logTail)
    return error instanceof UnsupportedBuild ? { ...ended, outcome: 'unsupported' } : ended
  }
}

/** The course of a check: the points that were asked so far, and what they gave. */
class Checking {
  readonly #entry: PlannedEntry
  readonly #cases: readonly ContractCase[]
  /** how many requests clean up */
  readonly #after: number
  readonly #places: Places
  readonly #points: CheckPoint[] = []
  #verification: Verification | null = null
  #info: TargetInfo | null = null
  #readyMs: number | null = null
  logTail: readonly string[] = []

  constructor(run: Run, entry: PlannedEntry, scenario: PlannedScenario) {
    const { contract, places } = corpusOf(scenario, run.materials)
    this.#entry = entry
    this.#cases = contract
    this.#after = scenario.state?.after ?? 0
    this.#places = new Places(entry, places)
  }

  get cleansUp(): boolean {
    return this.#after > 0
  }

  get isPassed(): boolean {
    return this.#points.every(({ differences }) => differences.length === 0)
  }

  ready(readyMs: number): void {
    this.#readyMs = readyMs
    this.#points.push(readyPoint(this.#entry, readyMs, this.#places))
  }

  verified(verification: Verification): void {
    this.#verification = verification
    this.#points.push(answersPoint(verification.golden, this.#places))
  }

  /** Asks the target about itself, and every case. */
  async askContract(testbed: Testbed, target: TargetGroup): Promise<void> {
    const answer = await askInfo(testbed, target)
    this.#info = answer.info
    this.#points.push(infoPoint(answer, this.#places))
    for (const [index, one] of this.#cases.entries()) {
      const asked = askedOf(one, target.entry)
      const isNeedless = answer.tellsNothing && isAbout(one, '/info')
      const result = isNeedless ? null : await checkCase(testbed, target, asked)
      this.#points.push(casePoint(asked, result, this.#places.case(index)))
    }
  }

  /** @param problem of the requests of `after`; null: none */
  cleanedUp(problem: string | null): void {
    this.#points.push(afterPoint(this.#after, problem, this.#places))
  }

  report(failure: CheckReport['failure'], logTail: readonly string[]): CheckReport {
    const names = [...NAMES, ...this.#cases.map(({ name }) => name), ...(this.#after > 0 ? [AFTER] : [])]
    return {
      entry: this.#entry.id,
      outcome: failure === null && this.isPassed ? 'passed' : 'failed',
      verification: this.#verification,
      info: this.#info,
      points: this.#points,
      unasked: names.slice(this.#points.length),
      failure,
      logTail,
      readyMs: this.#readyMs,
    }
  }
}

/** Whether a case asks the target for this, in the plainest way. */
function isAbout({ request }: ContractCase, path: string): boolean {
  return request.service === null && request.method === 'GET' && request.path === path
}

/** The case as a target is asked that has a health check of its own. */
function askedOf(one: ContractCase, entry: PlannedEntry): ContractCase {
  const { path, status } = reachOf(entry).health
  if (!isAbout(one, USUAL_REACH.health.path)) return one
  const expect = one.expect?.status === USUAL_REACH.health.status ? { ...one.expect, status } : one.expect
  return { ...one, request: { ...one.request, path }, expect }
}

/** The next step after wrong answers, which stand above it. */
function askYourself({ target }: PlannedEntry): string {
  return `Requests are asked several at a time, so that one may overtake another, unless it needs a value from its answer. To ask it yourself, leave its containers running: npm run check -- ${target} --keep`
}

async function checkCase(testbed: Testbed, target: TargetGroup, one: ContractCase): Promise<CaseResult> {
  const away = one.while === null ? undefined : testbed.services.get(one.while.stopped)
  if (away) await away.pause()
  const answer = await ask(testbed.agent, toFetch(testbed, target, one))
  const differences = checkContract(one, answer)
  if (!away) return { answer, differences }
  await away.resume()
  return { answer, differences: [...differences, ...(await recovered(testbed, target))] }
}

/** The errors of a client when the other end closed a connection that the client was still writing to. */
const CUT_WHILE_WRITING = ['EPIPE', 'ECONNRESET']
/** So many bytes fit into the buffers of a connection: they are written even if the other end does not read. */
const LONG_BODY = 64 * 1024
const TRIES = 3

/**
 * Whether a lost answer may be a race and not the target's fault. A server may answer a long body before it has read it and close, which is right for 413. The unread rest then
 * resets the connection, and the answer can be lost with it (RFC 9112, 9.6).
 */
async function ask(agent: WatchedAgent, request: FetchRequest): Promise<Fetched> {
  const isLong = (request.body?.length ?? 0) > LONG_BODY
  for (let tried = 1; ; tried++) {
    const answer = await agent.fetch(request)
    const isCut = answer.status === null && CUT_WHILE_WRITING.includes(answer.error ?? '')
    if (!isLong || !isCut || tried === TRIES) return answer
  }
}

/**
 * Checks that the golden answers are right again after a service is back. A pass counts when it began in time: a slow
 * target takes longer for a pass than it may take to recover.
 */
async function recovered({ run, agent }: Testbed, target: TargetGroup): Promise<string[]> {
  const { clock } = run.ports
  const until = clock.steadyMs() + RECOVERY_MS
  for (;;) {
    const isLast = clock.steadyMs() >= until
    const golden = await agent.verify(target.origin, 5000)
    if (golden.right === golden.total) return []
    if (isLast)
      return [
        `${RECOVERY_MS / 1000} s after the service is back ${golden.total - golden.right} of ${golden.total} answers are still wrong: ${golden.differences[0]?.difference ?? ''}`,
      ]
    await run.sleep(250)
  }
}

function toFetch({ services }: Testbed, target: TargetGroup, one: ContractCase): FetchRequest {
  const { request } = one
  const service = request.service === null ? null : services.get(request.service)
  const padded = request.bodyPad
    ? request.bodyPad.prefix + request.bodyPad.unit.repeat(request.bodyPad.times) + request.bodyPad.suffix
    : null
  return {
    origin: service ? `http://${service.address}:${PORT}` : target.origin,
    method: request.method,
    path: request.path,
    headers: request.headers,
    body: request.bodyBase64 ?? padded ?? request.body,
    encoding: request.bodyBase64 === null ? 'utf8' : 'base64',
    timeoutMs: one.withinMs,
    abandonAfterMs: request.abandonAfterMs,
    isFilled: true,
  }
}
