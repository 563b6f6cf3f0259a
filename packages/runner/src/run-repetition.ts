import {
  BakeoffError,
  type Block,
  type LoadSpec,
  MOST_INFO_BYTES,
  type Outcome,
  type Plan,
  type PlannedEntry,
  type RunRecord,
  readTargetInfo,
  type TargetInfo,
} from '@bakeoff/model'
import { type BuiltImages, imageOf } from './build-images.js'
import { type Cell, openCell, startTarget, type TargetGroup } from './cell.js'
import { ClockWatch } from './clock-watch.js'
import { Disposables } from './disposables.js'
import { type Draft, newDraft, outcomeOf, seal } from './draft.js'
import { imageIds } from './image-ids.js'
import { runLoads } from './loads.js'
import { type Materials, type Ports, scenarioOf, workOf } from './materials.js'
import type { Sampler } from './ports.js'
import { measureSecondInstrument } from './second-instrument.js'
import { type Asked, deathBehind, unlessItEnds } from './target-death.js'
import { logsOf, waitUntilReady } from './target-ready.js'
import { warmUpByBatch, warmUpRecord } from './warm-up.js'
import type { Bench } from './windows.js'

/** One repetition to be run. */
export interface Job {
  readonly plan: Plan
  readonly block: Block
  readonly entry: PlannedEntry
  /** best closed throughput of its earlier repetitions */
  readonly earlier: readonly number[]
  /** its part of the latency–throughput curve, beside the scenario's loads */
  readonly curve: readonly LoadSpec[]
  /** whether the second instrument is to come after the loads; it does so once for an entry */
  readonly secondInstrument: boolean
}

/** One try at a repetition, and the error that ends the whole run when there is one. */
export interface Tried {
  readonly record: RunRecord
  /** null: the run goes on */
  readonly end: { readonly error: unknown } | null
}

/**
 * One try at a repetition: fresh containers, verification, warm-up, every load, removal. Never throws: however it ends, the
 * record says how, and holds what was measured by then.
 */
export async function runRepetition(
  job: Job,
  images: BuiltImages,
  materials: Materials,
  ports: Ports,
  signal: AbortSignal,
): Promise<Tried> {
  const [startedAtMs, steadyStartMs] = [ports.clock.now(), ports.clock.steadyMs()]
  const clocks = new ClockWatch(ports.clock)
  const draft = newDraft()
  let outcome: Outcome = { kind: 'measured' }
  let end: Tried['end'] = null
  try {
    await measure(job, draft, images, materials, ports, signal)
  } catch (error) {
    outcome = outcomeOf(error, draft.stage, signal)
    if (outcome.kind === 'aborted') end = { error }
  }
  draft.clockGap = clocks.look()
  return { record: seal(draft, outcome, job, startedAtMs, startedAtMs + ports.clock.steadyMs() - steadyStartMs), end }
}

async function measure(
  job: Job,
  draft: Draft,
  images: BuiltImages,
  materials: Materials,
  ports: Ports,
  signal: AbortSignal,
): Promise<void> {
  const { plan, entry } = job
  const scenario = scenarioOf(plan, entry.scenario)
  const step = (stage: Draft['stage'], name: string) => {
    signal.throwIfAborted()
    draft.stage = stage
    ports.sink.event({
      kind: 'step',
      at: new Date(ports.clock.now()).toISOString(),
      entry: entry.id,
      block: job.block.id,
      step: name,
      detail: null,
    })
  }

  step('build', 'image')
  draft.image = imageOf(images, entry.image)
  draft.images = imageIds(entry, scenario, images, materials)

  step('start', 'start')
  await using cell = await openCell(entry.id, scenario, images, materials, ports, signal)
  const seed = plan.seed * 1000 + job.block.repetition
  await cell.agent.prepare(workOf(scenario, materials, seed), signal)
  signal.throwIfAborted()
  await using held = new Disposables()
  const target = await startTarget(cell.network, entry, images, materials, ports, held)
  try {
    step('ready', 'wait until ready')
    const readyAtMs = await cell.serviceWatch.during(entry.id, waitUntilReady(cell, target, entry, signal))
    draft.coldStart = { startCallMs: target.startCallMs, readyMs: Math.max(0, readyAtMs - target.startedAtMs) }

    const watched = [...target.containers, ...cell.services.values(), cell.agentContainer]
    const sampler = held.use(await ports.host.sample(watched, plan.rules.samplingHz))

    step('verify', 'verify')
    const asked: Asked = { entry: entry.id, target, sleep: (ms) => ports.clock.sleep(ms, signal) }
    const told = unlessItEnds(asked, askInfo(cell, target, signal))
    const { info, isCut } = await cell.serviceWatch.during(entry.id, told)
    draft.info = info
    if (isCut) draft.notes.push('its answer to GET /info is longer than a report keeps, and was cut')
    await verify(cell, asked, draft, scenario.requestTimeoutMs, signal)
    draft.idleMemoryBytes = idleMemory(sampler, target, ports.clock.steadyMs())

    const bench: Bench = {
      cell,
      target,
      sampler,
      scenario,
      rules: plan.rules,
      signal,
      now: () => ports.clock.steadyMs(),
      sleep: (ms) => ports.clock.sleep(ms, signal),
      onWarm: () => step('load', 'load'),
      note: (text) => {
        if (!draft.notes.includes(text)) draft.notes.push(text)
      },
      onWindow: (loadId, window, use) =>
        ports.sink.event({
          kind: 'window',
          at: new Date(ports.clock.now()).toISOString(),
          entry: entry.id,
          loadId,
          window,
          use,
        }),
    }
    step('warm-up', 'warm up')
    draft.warmUp = await warmUpByBatch(bench, entry.id, seed)
    if (draft.warmUp !== null) bench.onWarm()
    await runLoads({
      bench,
      entry: entry.id,
      seed,
      earlier: job.earlier,
      curve: job.curve,
      warm: (window) => {
        draft.warmUp = warmUpRecord(window, plan.rules, scenario)
      },
      keep: (load) => draft.loads.push(load),
    })
    if (job.secondInstrument) {
      step('load', 'second instrument')
      const { name } = materials.wrkImage
      draft.secondInstrument = await measureSecondInstrument(bench, plan, images, materials, ports, draft.loads)
      if (draft.secondInstrument.kind === 'measured')
        draft.images = { ...draft.images, [name]: imageOf(images, name).id }
    }
  } catch (error) {
    const toThrow = await cell.serviceWatch.blame(entry.id, error, (ms) => ports.clock.sleep(ms, signal))
    if (toThrow !== error && draft.stage === 'verify') draft.verification = null // wrong for want of a service
    throw toThrow
  } finally {
    draft.logTail = await logsOf(target, 40).catch(() => [])
  }
}

/** What the runtime believes about itself; null when it does not say, which a lint reports. Cut where it says too much. */
export async function askInfo(
  cell: Cell,
  target: TargetGroup,
  signal: AbortSignal,
): Promise<{ readonly info: TargetInfo | null; readonly isCut: boolean }> {
  const request = {
    origin: target.origin,
    method: 'GET',
    path: '/info',
    headers: {},
    body: null,
    encoding: 'utf8' as const,
    timeoutMs: 5000,
    abandonAfterMs: null,
    mostBytes: MOST_INFO_BYTES,
  }
  const answer = await cell.agent.fetch(request, signal)
  if (answer.status !== 200) return { info: null, isCut: false }
  if (answer.bodyTruncated) return { info: null, isCut: true }
  return readTargetInfo(answer.body)
}

async function verify(cell: Cell, asked: Asked, draft: Draft, timeoutMs: number, signal: AbortSignal): Promise<void> {
  const { entry, target } = asked
  const answering = unlessItEnds(asked, cell.agent.verify(target.origin, timeoutMs, signal))
  const golden = await cell.serviceWatch.during(entry, answering)
  if (golden.right < golden.total) {
    const death = await deathBehind(asked)
    if (death !== null) throw death
  }
  draft.verification = { golden }
  if (golden.right < golden.total) throw wrongAnswers(entry, golden)
}

/** What to tell about answers that differ, with the first difference. */
export function wrongAnswers(
  entry: string,
  golden: {
    readonly total: number
    readonly right: number
    readonly differences: readonly { request: string; difference: string }[]
  },
): BakeoffError {
  const [first] = golden.differences
  const example = first ? `; ${first.request}: ${first.difference}` : ''
  return new BakeoffError(
    'WRONG_ANSWERS',
    `${entry} gave ${golden.total - golden.right} of ${golden.total} answers wrong${example}`,
    {
      hint: `Compare them with the golden answers of the scenario: npm run check -- ${entry.split('/')[1]}`,
    },
  )
}

/** Anonymous memory of all containers of the target at the last reading; null when it cannot be read. */
function idleMemory(sampler: Sampler, target: TargetGroup, nowMs: number): number | null {
  const { containers } = sampler.window(0, nowMs)
  const latest = target.containers.map(({ name }) => containers[name]?.at(-1)?.memoryAnonBytes ?? null)
  return latest.includes(null) ? null : (latest as number[]).reduce((a, b) => a + b, 0)
}
