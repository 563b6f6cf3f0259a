import { checkContract } from '@bakeoff/core'
import {
  type ContractCase,
  type ErrorRecord,
  type Fetched,
  type PlannedEntry,
  type Stage,
  type TargetInfo,
  toErrorRecord,
  type Verification,
} from '@bakeoff/model'
import { PORT } from './container-request.js'
import { endsTheRun } from './draft.js'
import { corpusOf, scenarioFor, workOf } from './materials.js'
import { type FetchRequest, UnsupportedBuild } from './ports.js'
import type { Run } from './run.js'
import { askInfo, wrongAnswers } from './run-repetition.js'
import { startTarget, type TargetGroup } from './target-group.js'
import { logsOf, waitUntilReady } from './target-ready.js'
import { openTestbed, type Testbed } from './testbed.js'
import type { WatchedAgent } from './watched-agent.js'

/** How long a target may take to answer right again after a service has come back. */
const RECOVERY_MS = 15_000

/** The result of a check of one entry: everything that is wrong, not only the first thing. */
export interface CheckReport {
  readonly entry: string
  readonly outcome: 'passed' | 'failed' | 'unsupported'
  readonly verification: Verification | null
  readonly info: TargetInfo | null
  readonly contract: readonly { readonly name: string; readonly differences: readonly string[] }[]
  /** the reason why the check did not come to its end */
  readonly failure: { readonly stage: Stage; readonly error: ErrorRecord } | null
  readonly logTail: readonly string[]
  readonly readyMs: number | null
}

/** Starts an entry, asks every golden question and every case of the contract, without load. Throws only errors that would end a run: an abort, a lost engine, a bug. */
export async function checkEntry(run: Run, entry: PlannedEntry): Promise<CheckReport> {
  const { plan, materials, signal } = run
  const scenario = scenarioFor(plan, entry)
  let stage: Stage = 'build'
  let report: CheckReport = {
    entry: entry.id,
    outcome: 'failed',
    verification: null,
    info: null,
    contract: [],
    failure: null,
    logTail: [],
    readyMs: null,
  }
  try {
    run.images.need(entry.image, materials.agentImage.name)
    stage = 'start'
    await using testbed = await openTestbed(run, entry.id, scenario)
    const { agent, serviceWatch } = testbed
    await agent.prepare(workOf(scenario, materials, plan.seed))
    const target = await startTarget(testbed, entry)
    try {
      stage = 'ready'
      const readyAtMs = await serviceWatch.during(waitUntilReady(testbed, target))
      stage = 'verify'
      const golden = await serviceWatch.during(agent.verify(target.origin, scenario.requestTimeoutMs))
      report = {
        ...report,
        readyMs: readyAtMs - target.startedAtMs,
        verification: { golden },
      }
      const { info, why } = await askInfo(testbed, target)
      const contract = [{ name: 'GET /info', differences: why === null ? [] : [why] }]
      for (const one of corpusOf(scenario, materials).contract)
        contract.push({ name: one.name, differences: await checkCase(testbed, target, one) })
      if ((scenario.state?.after ?? 0) > 0) {
        const problem = await agent.cleanUp(target.origin, scenario.requestTimeoutMs)
        contract.push({ name: 'requests of `after`', differences: problem === null ? [] : [problem] })
      }
      report = { ...report, info, contract }
      if (golden.right < golden.total) throw wrongAnswers(entry.id, golden, askYourself(entry))
      const passed = contract.every(({ differences }) => differences.length === 0)
      return { ...report, outcome: passed ? 'passed' : 'failed', logTail: passed ? [] : await logsOf(target, 40) }
    } catch (error) {
      report = { ...report, logTail: await logsOf(target, 40).catch(() => []) }
      throw await serviceWatch.blame(error)
    }
  } catch (error) {
    signal.throwIfAborted()
    if (endsTheRun(error)) throw error
    return {
      ...report,
      outcome: error instanceof UnsupportedBuild ? 'unsupported' : 'failed',
      failure: { stage, error: toErrorRecord(error) },
    }
  }
}

/** The next step after wrong answers, which stand above it. */
function askYourself({ target }: PlannedEntry): string {
  return `Requests are asked several at a time, so that one may overtake another, unless it needs a value from its answer. To ask it yourself, leave its containers running: npm run check -- ${target} --keep`
}

async function checkCase(testbed: Testbed, target: TargetGroup, one: ContractCase): Promise<string[]> {
  const away = one.while === null ? undefined : testbed.services.get(one.while.stopped)
  if (away) await away.pause()
  const answer = await ask(testbed.agent, toFetch(testbed, target, one))
  if (!away) return checkContract(one, answer)
  const differences = checkContract(one, answer)
  await away.resume()
  return [...differences, ...(await recovered(testbed, target))]
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
