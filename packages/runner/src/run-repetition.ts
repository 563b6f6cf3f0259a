import {
  BakeoffError,
  MOST_INFO_BYTES,
  type Outcome,
  type RepetitionRecord,
  readTargetInfo,
  type TargetInfo,
  toErrorRecord,
} from '@bakeoff/model'
import { ClockWatch } from './clock-watch.js'
import { endsTheRun, outcomeOf, seal } from './draft.js'
import { imageIds } from './image-ids.js'
import { runLoads } from './loads.js'
import { scenarioFor } from './materials.js'
import { plainGet } from './plain-get.js'
import type { Sampler } from './ports.js'
import { quoted } from './quoted.js'
import { type Job, type ReadyTestbed, Repetition } from './repetition.js'
import type { Run } from './run.js'
import { measureSecondInstrument } from './second-instrument.js'
import { deathBehind, unlessItEnds } from './target-death.js'
import { startTarget, type TargetGroup } from './target-group.js'
import { logsOf, waitUntilReady } from './target-ready.js'
import { openTestbed, type Testbed } from './testbed.js'
import { warmUpByBatch } from './warm-up.js'
import { workFor } from './work-for.js'

/** One try at a repetition, and the error that ends the whole run when there is one. */
export interface Tried {
  readonly record: RepetitionRecord
  /** null: the run goes on */
  readonly end: { readonly error: unknown } | null
}

/**
 * Makes one try at a repetition: fresh containers, verification, warm-up, every load, removal. Never throws: however it ends, the
 * record says how, and holds what was measured by then.
 */
export async function runRepetition(run: Run, job: Job): Promise<Tried> {
  const { clock } = run.ports
  const [startedAtMs, steadyStartMs] = [clock.now(), clock.steadyMs()]
  const clocks = new ClockWatch(clock)
  const repetition = new Repetition(run, job, startedAtMs)
  const { draft } = repetition
  let outcome: Outcome = { kind: 'measured' }
  let end: Tried['end'] = null
  try {
    await measure(repetition)
  } catch (error) {
    outcome = outcomeOf(error, draft.stage, run.signal)
    if (outcome.kind === 'aborted') end = { error }
  }
  draft.clockGap = clocks.look()
  return { record: seal(draft, outcome, startedAtMs + clock.steadyMs() - steadyStartMs), end }
}

async function measure(repetition: Repetition): Promise<void> {
  const { run, job, draft } = repetition
  const { entry } = job
  const scenario = scenarioFor(run.plan, entry)

  repetition.step('build', 'image')
  draft.image = run.images.of(entry.image)
  draft.images = imageIds(run, entry)

  repetition.step('start', 'start')
  await using testbed = await openTestbed(run, entry.id, scenario)
  await testbed.agent.prepare(workFor(run, entry, repetition.seed, job.block.repetition))
  run.signal.throwIfAborted()
  const target = await startTarget(testbed, entry)
  try {
    const ready = await makeReady(repetition, testbed, target)
    await verify(ready)
    await measureLoads(ready)
  } catch (error) {
    const toThrow = await testbed.blame(error)
    if (toThrow !== error && draft.stage === 'verify') draft.verification = null // the answers were wrong because a service was missing
    throw toThrow
  } finally {
    await cleanUp(repetition, testbed, target)
    draft.logTail = await logsOf(target, 40).catch(() => [])
  }
}

/** Sends the requests of `after`, however the repetition went: what they clean up may lie outside of it. They spoil no figure. */
async function cleanUp(repetition: Repetition, testbed: Testbed, target: TargetGroup): Promise<void> {
  const { scenario, agent, run } = testbed
  if ((scenario.state?.after ?? 0) === 0 || run.signal.aborted) return
  const problem = await agent.cleanUp(target.origin, scenario.requestTimeoutMs).catch((error: unknown) => {
    if (endsTheRun(error)) throw error
    return toErrorRecord(error).message
  })
  if (problem !== null) repetition.note(`not cleaned up: ${problem}`)
}

/** Waits until the target answers. From then on every container is sampled. */
async function makeReady(repetition: Repetition, testbed: Testbed, target: TargetGroup): Promise<ReadyTestbed> {
  const { run, draft } = repetition
  repetition.step('ready', 'wait until ready')
  const readyAtMs = await testbed.serviceWatch.during(waitUntilReady(testbed, target))
  draft.coldStart = { startCallMs: target.startCallMs, readyMs: Math.max(0, readyAtMs - target.startedAtMs) }
  const watched = [...target.containers, ...testbed.services.values(), ...testbed.agentContainers]
  const sampler = testbed.hold(await run.ports.host.sample(watched, run.plan.rules.samplingHz))
  return { repetition, testbed, target, sampler }
}

/** Asks the target about itself, and verifies its answers. */
async function verify({ repetition, testbed, target, sampler }: ReadyTestbed): Promise<void> {
  const { run, draft } = repetition
  const { agent, scenario, serviceWatch } = testbed
  repetition.step('verify', 'verify')
  const { info, isCut, tellsNothing } = await serviceWatch.during(unlessItEnds(target, askInfo(testbed, target)))
  draft.info = info
  if (tellsNothing) draft.tellsNothing = true
  if (isCut) repetition.note('its answer to GET /info is longer than a report keeps, and was cut')
  const answering = unlessItEnds(target, agent.verify(target.origin, scenario.requestTimeoutMs))
  const golden = await serviceWatch.during(answering)
  if (golden.right < golden.total) {
    const death = await deathBehind(run, target)
    if (death !== null) throw death
  }
  draft.verification = { golden }
  if (golden.right < golden.total) throw wrongAnswers(target.entry.id, golden)
  draft.idleMemoryBytes = idleMemory(sampler, target, run.ports.clock.steadyMs())
}

/** Runs the warm-up, every load, and the second instrument if it is this repetition's turn. */
async function measureLoads(ready: ReadyTestbed): Promise<void> {
  const { run, job, draft } = ready.repetition
  ready.repetition.step('warm-up', 'warm up')
  draft.warmUp = await warmUpByBatch(ready)
  if (draft.warmUp !== null) ready.repetition.step('load', 'load')
  await runLoads(ready)
  if (!job.secondInstrument) return
  ready.repetition.step('load', 'second instrument')
  draft.secondInstrument = await measureSecondInstrument(ready)
  const { name } = run.materials.wrkImage
  if (draft.secondInstrument.kind === 'measured') draft.images = { ...draft.images, [name]: run.images.of(name).id }
}

/** The answer to `GET /info`. */
export interface InfoAnswer {
  readonly info: TargetInfo | null
  /** whether something of it is missing, because it was too long */
  readonly isCut: boolean
  /** the answer was 404: the target has nothing of the kind, and need not */
  readonly tellsNothing: boolean
  /** what is wrong with the answer; null when nothing is */
  readonly why: string | null
}

/** What the runtime believes about itself, cut where it is too long. A run goes on without it, and a lint reports that; a check fails. */
export async function askInfo({ agent }: Testbed, target: TargetGroup): Promise<InfoAnswer> {
  const answer = await agent.fetch(plainGet(target.origin, '/info', { timeoutMs: 5000, mostBytes: MOST_INFO_BYTES }))
  const without = { info: null, isCut: false, tellsNothing: false }
  if (answer.status === 404) return { ...without, tellsNothing: true, why: null }
  if (answer.status !== 200) return { ...without, why: `expected status 200, got ${answer.status ?? answer.error}` }
  if (answer.bodyTruncated) return { ...without, isCut: true, why: `longer than ${MOST_INFO_BYTES / 1024} KiB` }
  const read = readTargetInfo(answer.body)
  return {
    ...read,
    tellsNothing: false,
    why: read.info === null ? `expected JSON as docs/adding-a-target.md shows it, got ${quoted(answer.body)}` : null,
  }
}

/**
 * The error for answers that differ, with the first difference.
 *
 * @param hint what to do next; default: to compare all of them, which `check` itself has done
 */
export function wrongAnswers(
  entry: string,
  golden: {
    readonly total: number
    readonly right: number
    readonly differences: readonly { request: string; difference: string }[]
  },
  hint = `Compare them with the golden answers of the scenario: npm run check -- ${entry.split('/')[1]}`,
): BakeoffError {
  const [first] = golden.differences
  const example = first ? `; ${first.request}: ${first.difference}` : ''
  return new BakeoffError(
    'WRONG_ANSWERS',
    `${entry} gave ${golden.total - golden.right} of ${golden.total} answers wrong${example}`,
    { hint },
  )
}

/** Anonymous memory of all containers of the target at the last reading; null when it cannot be read. */
function idleMemory(sampler: Sampler, target: TargetGroup, nowMs: number): number | null {
  const { containers } = sampler.between(0, nowMs)
  const latest = target.containers.map(({ name }) => containers[name]?.at(-1)?.memoryAnonBytes ?? null)
  return latest.includes(null) ? null : (latest as number[]).reduce((a, b) => a + b, 0)
}
