import { isOfSurroundings, reasonOf } from '@bakeoff/core'
import type { RepetitionRecord, RepetitionTry } from '@bakeoff/model'
import type { Job } from './repetition.js'
import type { Run } from './run.js'
import { runRepetition, type Tried } from './run-repetition.js'

/** How often a repetition is tried within a run. */
const TRIES = 2

/**
 * The tries at one repetition: a second one when the first failed for a reason outside of the target. It comes at once
 * and not at the end of the block: the entry keeps its place in the order, beside those that it is compared with.
 * Each record holds the tries before it, so that nothing that was measured is lost.
 *
 * @param onDisk records of this repetition that count no more: from before the run was resumed, or of a bench that left it
 */
export async function* tries(
  run: Run,
  job: Job,
  onDisk: readonly RepetitionRecord[],
): AsyncGenerator<Tried & { readonly record: RepetitionRecord; readonly triedAgain: boolean }> {
  let earlier = onDisk.filter(wasBegun).flatMap(flattened)
  for (let triesLeft = TRIES; triesLeft > 0; triesLeft--) {
    const tried = await runRepetition(run, job)
    const triedAgain = triesLeft > 1 && tried.end === null && isWorthAnotherTry(tried.record)
    yield { ...tried, record: after(earlier, tried.record), triedAgain }
    if (!triedAgain) return
    earlier = [...earlier, tried.record]
  }
}

/** Whether a second try can help: an image that could not be had is not tried again within a run. */
function isWorthAnotherTry({ outcome }: RepetitionTry): boolean {
  return isOfSurroundings(outcome) && outcome.kind === 'failed' && outcome.stage !== 'build'
}

/** The tries from before; none when the run ended before this repetition's turn. */
function wasBegun({ outcome, image }: RepetitionTry): boolean {
  return outcome.kind !== 'aborted' || image !== null
}

function flattened({ earlierTries, ...last }: RepetitionRecord): RepetitionTry[] {
  return [...(earlierTries ?? []), last]
}

function after(earlierTries: readonly RepetitionTry[], record: RepetitionTry): RepetitionRecord {
  if (earlierTries.length === 0) return record
  const notes = earlierTries.map(
    ({ outcome }) => `tried again; an earlier try ended before its end: ${reasonOf(outcome)}`,
  )
  return { ...record, notes: [...notes, ...record.notes], earlierTries: [...earlierTries] }
}
