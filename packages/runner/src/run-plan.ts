import { bestRates, brokenPromise, curveLoads, earlierOf, entriesLeft, leftMs } from '@bakeoff/core'
import {
  BakeoffError,
  type Block,
  type Calibration,
  type ErrorCode,
  type Plan,
  type PlannedEntry,
  type RepetitionRecord,
  toErrorRecord,
} from '@bakeoff/model'
import { tryBoundary } from './boundary.js'
import { buildImages, requestsOf } from './build-images.js'
import { canary } from './calibrate.js'
import { ClockWatch, clockGapNote } from './clock-watch.js'
import { endOfRun, newDraft, reasonOf, seal } from './draft.js'
import { entryOf } from './materials.js'
import { MeasuredTime } from './measured-time.js'
import type { Job } from './repetition.js'
import { repetitionEvent } from './repetition-event.js'
import type { Run } from './run.js'
import type { ImageSource } from './stage-images.js'
import { tries } from './tries.js'

export interface Before {
  /** repetitions that are on disk already, when a run is resumed; those that say nothing about their target are run again */
  readonly records: readonly RepetitionRecord[]
  readonly calibrations: readonly Calibration[]
  /** the images of the run; default: all are built, found or pulled */
  readonly images?: ImageSource
}

export interface Ended {
  readonly status: 'complete' | 'partial' | 'aborted'
  readonly reason: string | null
  readonly records: readonly RepetitionRecord[]
  readonly calibrations: readonly Calibration[]
}

/** The codes of errors that end a run and whose reason says enough. */
const QUIET_ENDS: readonly ErrorCode[] = ['ENGINE_LOST', 'ABORTED']

/**
 * Runs a plan to its end, block after block: first the images of the block that are not there yet, then its canary, then its repetitions.
 * Nothing is built while something is measured. Every repetition is handed to the sink before the next begins. An entry that fails never stops the others; a lost engine, a full disk, an abort or a bug does, and what is
 * still missing is recorded as aborted.
 *
 * @throws the error that ended the run, when the user must act before it can go on: OUT_OF_RESOURCES, a bug
 */
export async function runPlan(run: Run, before: Before): Promise<Ended> {
  const { plan, signal } = run
  const behind = earlierOf(before.records)
  const records = [...behind.records]
  const calibrations = [...before.calibrations]
  const end = (status: Ended['status'], reason: string | null): Ended => {
    run.emit({ kind: 'run-ended', status, reason })
    return { status, reason, records, calibrations }
  }
  run.emit({
    kind: 'run-started',
    runId: plan.runId,
    entries: plan.entries.length,
    blocks: plan.blocks.length,
    estimateMs: plan.estimateMs.most,
  })
  const { clock } = run.ports
  const measured = new MeasuredTime(clock, behind.spentMs)
  const course: Course = { before, records, calibrations, measured, clocks: new ClockWatch(clock) }
  try {
    await runBlocks(run, course)
  } catch (error) {
    const reason = signal.aborted ? reasonOf(signal) : endOfRun(toErrorRecord(error))
    // Where even this cannot be written, the error that ended the run says why.
    await recordRest(run, course, reason).catch(() => {})
    const ended = end('aborted', reason)
    if (!signal.aborted && !(error instanceof BakeoffError && QUIET_ENDS.includes(error.code))) throw error
    return ended
  }
  const failed = plan.entries.filter(
    ({ id }) => !records.some(({ entry, outcome }) => entry === id && outcome.kind === 'measured'),
  )
  const missing = [
    failed.length === 0 ? null : `not measured: ${failed.map(({ id }) => id).join(', ')}`,
    brokenPromise(plan, records),
  ].filter((reason) => reason !== null)
  return missing.length === 0 ? end('complete', null) : end('partial', missing.join('; '))
}

/** The progress of a run. */
interface Course {
  readonly before: Before
  /** the records by now; grows */
  readonly records: RepetitionRecord[]
  readonly calibrations: Calibration[]
  readonly measured: MeasuredTime
  readonly clocks: ClockWatch
}

async function runBlocks(run: Run, course: Course): Promise<void> {
  const { plan, materials, ports, signal, isOpen } = run
  const { before, measured } = course
  const { begun } = earlierOf(before.records)
  const source = before.images ?? ((requests) => buildImages(requests, ports, signal))
  let isBoundaryTried = false
  for (const block of plan.blocks) {
    const wanted = entriesLeft(plan, block, { known: course, begun, elapsedMs: measured.ms, isOpen })
    if (wanted.length === 0) continue
    signal.throwIfAborted()
    const tellStage = (state: 'building' | 'measuring' | 'over', images: number | null = null) =>
      run.emit({ kind: 'stage', ...placeOf(plan, block), state, images })
    const entries = wanted.map((id) => entryOf(plan, id))
    const missing = run.images.missing(requestsOf(plan, materials, entries))
    tellStage('building', missing.length)
    if (missing.length > 0) run.images.add(await source(missing))
    tellStage('measuring')
    measured.start()
    if (!isBoundaryTried) await tryBoundary(run)
    isBoundaryTried = true
    await measureBlock(run, course, block, entries)
    measured.stop()
    tellStage('over')
  }
}

async function measureBlock(run: Run, course: Course, block: Block, entries: readonly PlannedEntry[]): Promise<void> {
  const { plan, signal } = run
  const { sink } = run.ports
  const { before, records, calibrations, measured, clocks } = course
  const tellGap = (where: string) => {
    const gap = clocks.look()
    if (gap) run.emit({ kind: 'note', level: 'warning', message: clockGapNote(gap, where) })
  }
  calibrations.push(...(await canary(run, block, calibrations)))
  await sink.writeCalibration(JSON.stringify(calibrations))
  tellGap(`before the first repetition of ${block.id}`)
  for (const entry of entries) {
    signal.throwIfAborted()
    const onDisk = before.records.filter((record) => record.entry === entry.id && record.block === block.id)
    for await (const { record, end, triedAgain } of tries(run, jobOf(plan, block, entry, records), onDisk)) {
      tellGap(`while ${entry.id} was measured, repetition ${block.repetition}`)
      await sink.writeRecord(record)
      if (!triedAgain) records.push(record)
      run.emit({ ...repetitionEvent(plan, record, leftMs(plan, records, measured.ms)), triedAgain })
      if (end !== null) throw end.error
    }
  }
}

function jobOf(plan: Plan, block: Block, entry: PlannedEntry, records: readonly RepetitionRecord[]): Job {
  const earlier = records.filter((record) => record.entry === entry.id)
  return {
    block,
    entry,
    earlier: bestRates(earlier),
    curve: curveLoads(plan, block, entry.id, records),
    secondInstrument: plan.rules.secondInstrument === true && !earlier.some((record) => record.secondInstrument),
  }
}

/** The place of a block among those of its repetition. */
function placeOf({ blocks }: Plan, { id, scenario, repetition }: Block) {
  const round = blocks.filter((block) => block.repetition === repetition)
  return { scenario, repetition, number: round.findIndex((block) => block.id === id) + 1, of: round.length }
}

/**
 * Records an entry that was never started because the run ended as aborted, so that it is not silently missing. A record
 * of an earlier try stays on disk.
 */
async function recordRest(run: Run, { before, records }: Course, reason: string): Promise<void> {
  const { plan, ports } = run
  for (const entry of plan.entries) {
    if (records.some((record) => record.entry === entry.id)) continue
    const onDisk = before.records.filter((record) => record.entry === entry.id)
    records.push(...onDisk)
    if (onDisk.length > 0) continue
    const block = plan.blocks.find((one) => one.order.includes(entry.id)) as Block
    const nowMs = ports.clock.now()
    const record = seal(newDraft(plan, { block, entry }, nowMs), { kind: 'aborted', reason }, nowMs)
    await ports.sink.writeRecord(record)
    records.push(record)
  }
}
