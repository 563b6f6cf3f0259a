import { basename, join, resolve } from 'node:path'
import { leftToMeasure, nothingOpen, openDecisions } from '@bakeoff/core'
import { BakeoffError } from '@bakeoff/model'
import { execaSync } from 'execa'
import { findRun, listRuns, RunFolder } from './run-folder.js'

/** The name of a run: its time, with a number when two began in the same second. */
const BY_TIME = /^\d{8}-\d{6}(?:-\d+)?$/

/** A run of this checkout. */
export interface Resumable {
  readonly folder: RunFolder
  /** repetitions that are still to be measured */
  readonly left: number
  /** nothing is left to measure and the end is recorded; a run that was killed between the two only needs its end */
  readonly isOver: boolean
}

/** The newest run that was made here. Examples and attachments that lie beside it do not count. */
export function newestRun(reports: string): string {
  const [newest] = listRuns(reports).filter((name) => BY_TIME.test(name))
  if (newest !== undefined) return join(reports, newest)
  const others = listRuns(reports)
  throw new BakeoffError('BAD_RESULTS', `there is no run in ${reports} yet`, {
    hint: `Make one: npm run matrix -- --quick${others.length > 0 ? `. There is ${others.join(', ')} to look at: npm run report -- ${others[0]}` : ''}`,
  })
}

/**
 * The run to resume: the one that is named, else the newest that has something left to measure, else the newest
 * run.
 *
 * @throws BakeoffError BAD_RESULTS when there is none, or when it is an example or an attachment
 */
export function findResumable(reports: string, wanted: string | null): Resumable {
  if (wanted !== null) {
    const folder = RunFolder.open(findRun(reports, wanted))
    refuseIfNotOwn(folder)
    return stateOf(folder)
  }
  const newest = newestRun(reports)
  const states = listRuns(reports)
    .filter((name) => BY_TIME.test(name))
    .flatMap((name) => stateIfReadable(RunFolder.open(join(reports, name))) ?? [])
  const found = states.find(({ isOver }) => !isOver) ?? states[0]
  if (found) return found
  const folder = RunFolder.open(newest)
  refuseIfNotOwn(folder)
  return stateOf(folder)
}

/** Throws when the folder is not a whole run of this checkout: nothing may be added to runs that were made elsewhere or committed. */
function refuseIfNotOwn(folder: RunFolder): void {
  const name = basename(resolve(folder.path))
  const why = whyNotOwn(folder)
  if (why === null) return
  throw new BakeoffError('BAD_RESULTS', `${name} cannot go on: ${why}`, {
    hint: `Measure it on this machine, as a run of its own: npm run matrix. To look at it as it is: npm run report -- ${name}`,
  })
}

function whyNotOwn(folder: RunFolder): string | null {
  if (!folder.isWhole) return 'it is an example or an attachment: it has the results of a run without its repetitions'
  return isCommitted(folder.path) ? 'it is committed in git, so it is no run of this checkout' : null
}

function isCommitted(path: string): boolean {
  const { exitCode, stdout } = execaSync('git', ['ls-files', '--', '.'], { cwd: path, reject: false })
  return exitCode === 0 && stdout.trim() !== ''
}

function stateOf(folder: RunFolder): Resumable {
  const { plan, context, records, calibrations, events } = folder.read()
  const last = events.findLast(({ kind }) => kind === 'run-ended' || kind === 'run-started')
  const hasEnded = last?.kind === 'run-ended' && last.status !== 'aborted'
  const isOpen = hasEnded ? nothingOpen : openDecisions(plan, context.claims)
  const left = leftToMeasure(plan, { records, calibrations }, isOpen).length
  return { folder, left, isOver: left === 0 && hasEnded }
}

/** Null for a run that was made elsewhere or cannot be read. It is used only when it is named, and then the error says why. */
function stateIfReadable(folder: RunFolder): Resumable | null {
  if (whyNotOwn(folder) !== null) return null
  try {
    return stateOf(folder)
  } catch (error) {
    if (error instanceof BakeoffError) return null
    throw error
  }
}
