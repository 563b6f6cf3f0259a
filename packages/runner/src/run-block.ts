import { bestRates, curveLoads, leftMs } from '@bakeoff/core'
import {
  type Block,
  benchesOf,
  type Calibration,
  type Plan,
  type PlannedEntry,
  type RepetitionRecord,
} from '@bakeoff/model'
import { canary } from './calibrate.js'
import { type ClockWatch, clockGapNote } from './clock-watch.js'
import type { MeasuredTime } from './measured-time.js'
import { benchIn } from './placement.js'
import type { Job } from './repetition.js'
import { repetitionEvent } from './repetition-event.js'
import type { Run } from './run.js'
import { tries } from './tries.js'

/** The progress of a run. */
export interface Course {
  /** records on disk from before the run was resumed, and of benches that left it since: tries at what is measured again */
  readonly before: RepetitionRecord[]
  /** the records by now; grows */
  readonly records: RepetitionRecord[]
  readonly calibrations: Calibration[]
  readonly measured: MeasuredTime
  readonly clocks: ClockWatch
  /** how many benches measure now; default: those of the plan */
  readonly benches?: () => number
}

/** Measures a block on the bench of this run: its canary, then a repetition of each entry. */
export async function measureBlock(
  run: Run,
  course: Course,
  block: Block,
  entries: readonly PlannedEntry[],
): Promise<void> {
  const { plan, signal } = run
  const { sink } = run.ports
  const { before, records, measured, clocks, benches } = course
  const tellGap = (where: string) => {
    const gap = clocks.look()
    if (gap) run.emit({ kind: 'note', level: 'warning', message: clockGapNote(gap, where) })
  }
  await addCanary(run, course, block)
  tellGap(`before the first repetition of ${block.id}`)
  for (const entry of entries) {
    signal.throwIfAborted()
    const onDisk = before.filter((record) => record.entry === entry.id && record.block === block.id)
    for await (const { record, end, triedAgain } of tries(run, jobOf(plan, block, entry, records), onDisk)) {
      tellGap(`while ${entry.id} was measured, repetition ${block.repetition}`)
      await sink.writeRecord(record)
      if (!triedAgain) records.push(record)
      const left = leftMs(plan, records, measured.ms, benches?.())
      run.emit({ ...repetitionEvent(plan, record, left), ...benchIn(run), triedAgain })
      if (end !== null) throw end.error
    }
  }
}

/** Measures the canary of a block where it is not known, and keeps it. */
export async function addCanary(run: Run, { calibrations }: Pick<Course, 'calibrations'>, block: Block): Promise<void> {
  calibrations.push(...(await canary(run, block, calibrations)))
  await run.ports.sink.writeCalibration(JSON.stringify(calibrations))
}

function jobOf(plan: Plan, block: Block, entry: PlannedEntry, known: readonly RepetitionRecord[]): Job {
  // Benches measure side by side: what a later repetition goes by must not depend on which of them was done first.
  const isFleet = benchesOf(plan).length > 1
  const records = isFleet ? known.filter(({ repetition }) => repetition === 1) : known
  const earlier = records.filter((record) => record.entry === entry.id)
  const hasBeen = earlier.some((record) => record.secondInstrument)
  // In a fleet once as well: of the later repetitions, which go on side by side, only the second makes up for a first that failed.
  const isItsTurn = !isFleet || block.repetition === 1 || (block.repetition === 2 && earlier.length > 0)
  return {
    block,
    entry,
    earlier: bestRates(earlier),
    curve: curveLoads(plan, block, entry.id, records),
    secondInstrument: plan.rules.secondInstrument === true && isItsTurn && !hasBeen,
  }
}

/** Reports that a stage of a block begins. What is built for several benches is built for all of them. */
export function tellStage(
  run: Run,
  block: Block,
  state: 'building' | 'measuring' | 'over',
  images: number | null = null,
): void {
  const bench = state === 'building' && benchesOf(run.plan).length > 1 ? {} : benchIn(run)
  run.emit({ kind: 'stage', ...placeOf(run.plan, block), ...bench, state, images })
}

/** The place of a block among those of its repetition. */
function placeOf({ blocks }: Plan, { id, scenario, repetition }: Block) {
  const round = blocks.filter((block) => block.repetition === repetition)
  return { scenario, repetition, number: round.findIndex((block) => block.id === id) + 1, of: round.length }
}
