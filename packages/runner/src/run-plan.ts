import { bestRates, curveLoads, earlierOf, entriesLeft, leftMs, meanInterval } from '@bakeoff/core'
import {
  BakeoffError,
  type Block,
  type Calibration,
  type ErrorCode,
  type Plan,
  type PlannedEntry,
  type RunRecord,
  toErrorRecord,
} from '@bakeoff/model'
import { tryBoundary } from './boundary.js'
import type { BuiltImages } from './build-images.js'
import { canary } from './calibrate.js'
import { ClockWatch, clockGapNote } from './clock-watch.js'
import { endOfRun, newDraft, reasonOf, seal } from './draft.js'
import type { Materials, Ports } from './materials.js'
import { MeasuredTime } from './measured-time.js'
import { repetitionEvent } from './repetition-event.js'
import { type ImageSource, StageImages } from './stage-images.js'
import { tries } from './tries.js'

export interface Before {
  /** repetitions that are on disk already, when a run is resumed; those that say nothing of their target are run again */
  readonly runs: readonly RunRecord[]
  readonly calibrations: readonly Calibration[]
  /** default: all are built, found or pulled */
  readonly images?: ImageSource
}

export interface Ended {
  readonly status: 'complete' | 'partial' | 'aborted'
  readonly reason: string | null
  readonly runs: readonly RunRecord[]
  readonly calibrations: readonly Calibration[]
}

/** Ends of a run that need no more words than its reason. */
const QUIET_ENDS: readonly ErrorCode[] = ['ENGINE_LOST', 'ABORTED']

/**
 * Runs a plan to its end, block after block: the images that it needs and that are not there yet, its canary, its repetitions.
 * Nothing is built while something is measured. Every repetition is handed to the sink before the next begins. An entry that fails never stops the others; a lost engine, a full disk, an abort or a bug does, and what is
 * missing then is recorded as aborted.
 *
 * @throws what ended the run, when it takes more to go on than to say so again: OUT_OF_RESOURCES, a bug
 */
export async function runPlan(
  plan: Plan,
  materials: Materials,
  ports: Ports,
  before: Before,
  signal: AbortSignal,
): Promise<Ended> {
  const runs = [...earlierOf(before.runs).runs]
  const calibrations = [...before.calibrations]
  const emit = (status: Ended['status'], reason: string | null): Ended => {
    ports.sink.event({ kind: 'run-ended', at: now(ports), status, reason })
    return { status, reason, runs, calibrations }
  }
  ports.sink.event({
    kind: 'run-started',
    at: now(ports),
    runId: plan.runId,
    entries: plan.entries.length,
    blocks: plan.blocks.length,
    estimateMs: plan.estimateMs.most,
  })
  try {
    await runBlocks({ plan, materials, ports, before, runs, calibrations, signal })
  } catch (error) {
    const reason = signal.aborted ? reasonOf(signal) : endOfRun(toErrorRecord(error))
    // Where even that cannot be written, the error that ended the run says why.
    await recordRest(plan, before, runs, reason, ports).catch(() => {})
    const ended = emit('aborted', reason)
    if (!signal.aborted && !(error instanceof BakeoffError && QUIET_ENDS.includes(error.code))) throw error
    return ended
  }
  const failed = plan.entries.filter(
    ({ id }) => !runs.some((run) => run.entry === id && run.outcome.kind === 'measured'),
  )
  return failed.length === 0
    ? emit('complete', null)
    : emit('partial', `not measured: ${failed.map(({ id }) => id).join(', ')}`)
}

interface Run {
  readonly plan: Plan
  readonly materials: Materials
  readonly ports: Ports
  readonly before: Before
  /** what stands by now; grows */
  readonly runs: RunRecord[]
  readonly calibrations: Calibration[]
  readonly signal: AbortSignal
}

async function runBlocks(run: Run): Promise<void> {
  const { plan, materials, ports, before, runs, signal } = run
  const behind = earlierOf(before.runs)
  const measured = new MeasuredTime(ports.clock, behind.spentMs)
  const stageImages = new StageImages(plan, materials, ports, signal, before.images)
  const clocks = new ClockWatch(ports.clock)
  let isBoundaryTried = false
  for (const block of plan.blocks) {
    const wanted = entriesLeft(plan, block, runs, behind, measured.ms, relativeHalfWidth)
    if (wanted.length === 0) continue
    signal.throwIfAborted()
    const tellStage = (state: 'building' | 'measuring' | 'over', images: number | null = null) =>
      ports.sink.event({ kind: 'stage', at: now(ports), ...placeOf(plan, block), state, images })
    const entries = wanted.map((id) => entryOf(plan, id))
    tellStage('building', stageImages.missing(entries).length)
    const images = await stageImages.forEntries(entries)
    tellStage('measuring')
    measured.start()
    if (!isBoundaryTried) await tryBoundary(plan, images, materials, ports, signal)
    isBoundaryTried = true
    await measureBlock(run, block, entries, images, clocks, measured)
    measured.stop()
    tellStage('over')
  }
}

async function measureBlock(
  { plan, materials, ports, before, runs, calibrations, signal }: Run,
  block: Block,
  entries: readonly PlannedEntry[],
  images: BuiltImages,
  clocks: ClockWatch,
  measured: MeasuredTime,
): Promise<void> {
  const tellGap = (where: string) => {
    const gap = clocks.look()
    if (gap) ports.sink.event({ kind: 'note', at: now(ports), level: 'warning', message: clockGapNote(gap, where) })
  }
  calibrations.push(...(await canary(plan, block, calibrations, images, materials, ports, signal)))
  await ports.sink.writeCalibration(JSON.stringify(calibrations))
  tellGap(`before the first repetition of ${block.id}`)
  for (const entry of entries) {
    const { id } = entry
    signal.throwIfAborted()
    const earlier = bestRates(runs.filter((run) => run.entry === id))
    const secondInstrument =
      plan.rules.secondInstrument === true && !runs.some((run) => run.entry === id && run.secondInstrument)
    const curve = curveLoads(plan, block, id, runs)
    const job = { plan, block, entry, earlier, curve, secondInstrument }
    const onDisk = before.runs.filter((run) => run.entry === id && run.block === block.id)
    for await (const { record, end, triedAgain } of tries(job, onDisk, images, materials, ports, signal)) {
      tellGap(`while ${id} was measured, repetition ${block.repetition}`)
      await ports.sink.writeRun(record)
      if (!triedAgain) runs.push(record)
      const left = leftMs(plan, runs, measured.ms)
      ports.sink.event({ ...repetitionEvent(plan, entry, record, left, now(ports)), triedAgain })
      if (end !== null) throw end.error
    }
  }
}

/** Which block of its repetition it is. */
function placeOf({ blocks }: Plan, { id, scenario, repetition }: Block) {
  const round = blocks.filter((block) => block.repetition === repetition)
  return { scenario, repetition, number: round.findIndex((block) => block.id === id) + 1, of: round.length }
}

/**
 * An entry that was never started because the run ended is recorded as aborted, so that it is not missing in silence. What
 * is on disk of an earlier try stays there.
 */
async function recordRest(plan: Plan, before: Before, runs: RunRecord[], reason: string, ports: Ports): Promise<void> {
  for (const entry of plan.entries) {
    if (runs.some((run) => run.entry === entry.id)) continue
    const onDisk = before.runs.filter((run) => run.entry === entry.id)
    runs.push(...onDisk)
    if (onDisk.length > 0) continue
    const block = plan.blocks.find((one) => one.order.includes(entry.id)) as Block
    const run = seal(
      newDraft(),
      { kind: 'aborted', reason },
      { plan, block, entry },
      ports.clock.now(),
      ports.clock.now(),
    )
    await ports.sink.writeRun(run)
    runs.push(run)
  }
}

/** Relative half width of the t interval of the mean. */
export function relativeHalfWidth(values: readonly number[]): number | null {
  const interval = meanInterval(values)
  if (interval === null) return null
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  return mean > 0 ? (interval.high - interval.low) / 2 / mean : null
}

function entryOf(plan: Plan, id: string): PlannedEntry {
  const entry = plan.entries.find((one) => one.id === id)
  if (!entry) throw new Error(`the plan has no entry ${id}`)
  return entry
}

function now(ports: Ports): string {
  return new Date(ports.clock.now()).toISOString()
}
