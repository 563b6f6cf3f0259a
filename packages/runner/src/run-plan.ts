import { brokenPromise, earlierOf, entriesLeft } from '@bakeoff/core'
import {
  BakeoffError,
  type Block,
  benchesOf,
  type Calibration,
  type ErrorCode,
  type PlannedBench,
  type RepetitionRecord,
  toErrorRecord,
} from '@bakeoff/model'
import { tryBoundary } from './boundary.js'
import { buildImages, requestsOf } from './build-images.js'
import { ClockWatch } from './clock-watch.js'
import { endOfRun, newDraft, reasonOf, seal } from './draft.js'
import { entryOf } from './materials.js'
import { MeasuredTime } from './measured-time.js'
import type { Run } from './run.js'
import { type Course, measureBlock, tellStage } from './run-block.js'
import { runFleet } from './run-fleet.js'
import type { ImageSource } from './stage-images.js'

export interface Before {
  /** repetitions that are on disk already, when a run is resumed; those that say nothing about their target are run again */
  readonly records: readonly RepetitionRecord[]
  readonly calibrations: readonly Calibration[]
  /** the benches of the plan that are there when a run is resumed; default: all */
  readonly benches?: readonly PlannedBench[]
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
  const benches = before.benches ?? benchesOf(plan)
  const isFleet = benchesOf(plan).length > 1
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
    ...(isFleet ? { benches: benches.map(({ id }) => id) } : {}),
  })
  const { clock } = run.ports
  const measured = new MeasuredTime(clock, behind.spentMs)
  const course: Course = {
    before: [...before.records],
    records,
    calibrations,
    measured,
    clocks: new ClockWatch(clock),
  }
  const source = before.images ?? ((requests) => buildImages(requests, run.ports, signal))
  try {
    if (isFleet) await runFleet(run, course, { benches, source })
    else await runBlocks(run, course, source)
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

/** Runs block after block on the only bench. */
async function runBlocks(run: Run, course: Course, source: ImageSource): Promise<void> {
  const { plan, materials, signal, isOpen } = run
  const { before, measured } = course
  const { begun } = earlierOf(before)
  let isBoundaryTried = false
  for (const block of plan.blocks) {
    const wanted = entriesLeft(plan, block, { known: course, begun, elapsedMs: measured.ms, isOpen })
    if (wanted.length === 0) continue
    signal.throwIfAborted()
    const entries = wanted.map((id) => entryOf(plan, id))
    const missing = run.images.missing(requestsOf(plan, materials, entries))
    tellStage(run, block, 'building', missing.length)
    if (missing.length > 0) run.images.add(await source(missing))
    tellStage(run, block, 'measuring')
    measured.start()
    if (!isBoundaryTried) run.emit({ kind: 'boundary', boundary: await tryBoundary(run) })
    isBoundaryTried = true
    await measureBlock(run, course, block, entries)
    measured.stop()
    tellStage(run, block, 'over')
  }
}

/**
 * Records an entry that was never started because the run ended as aborted, so that it is not silently missing. A record
 * of an earlier try stays on disk.
 */
async function recordRest(run: Run, { before, records }: Course, reason: string): Promise<void> {
  const { plan, ports } = run
  for (const entry of plan.entries) {
    if (records.some((record) => record.entry === entry.id)) continue
    const onDisk = before.filter((record) => record.entry === entry.id)
    records.push(...onDisk)
    if (onDisk.length > 0) continue
    const block = plan.blocks.find((one) => one.order.includes(entry.id)) as Block
    const nowMs = ports.clock.now()
    const record = seal(newDraft(plan, { block, entry }, nowMs), { kind: 'aborted', reason }, nowMs)
    await ports.sink.writeRecord(record)
    records.push(record)
  }
}
