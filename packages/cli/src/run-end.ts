import { isOfSurroundings } from '@bakeoff/core'
import type { RepetitionRecord, Results } from '@bakeoff/model'
import { exitCodes } from './exit.js'

/**
 * The exit code of a run that came to its end. 1 when any repetition failed, or when a
 * load got no right answer at all. A repetition whose second try was good did not fail, nor did an unsupported target, which says what it needs.
 */
export function exitCodeOfRun(
  { run, cells }: Pick<Results, 'run' | 'cells'>,
  records: readonly RepetitionRecord[],
): number {
  if (run.status === 'aborted') return exitCodes.environment
  const failed = records.some(({ outcome }) => outcome.kind === 'failed')
  const silent = cells.some(({ verdict }) => verdict?.causes.some(({ cause }) => cause === 'no-answers'))
  return failed || silent ? exitCodes.failed : exitCodes.fine
}

/** The command to type when something is still to be measured; null when nothing is. */
export function whatIsLeft({ run }: Pick<Results, 'run'>, records: readonly RepetitionRecord[]): string | null {
  const command = `npm run matrix -- --resume ${run.id}`
  if (run.status === 'aborted') return `Go on where it stopped: ${command}`
  const lost = records.flatMap(({ entry, outcome }) =>
    outcome.kind === 'failed' && isOfSurroundings(outcome) ? [{ entry, message: outcome.error.message }] : [],
  )
  const [first] = lost
  if (first === undefined) return null
  const entries = [...new Set(lost.map(({ entry }) => entry))].join(', ')
  return `${entries} could not be measured, for a reason outside of the target (${first.message}). Measure again: ${command}`
}
