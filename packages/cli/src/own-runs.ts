import { basename, join, resolve } from 'node:path'
import { leftToMeasure } from '@bakeoff/core'
import { BakeoffError } from '@bakeoff/model'
import { relativeHalfWidth } from '@bakeoff/runner'
import { execaSync } from 'execa'
import { findRun, listRuns, RunFolder } from './run-folder.js'

/** As a run is named when it is made: by its time, with a number when two began in the same second. */
const BY_TIME = /^\d{8}-\d{6}(?:-\d+)?$/

/** A run of this checkout that measured nothing of the plan yet, or not all. */
export interface Resumable {
  readonly folder: RunFolder
  /** repetitions that are still to be measured */
  readonly left: number
}

/** The newest run that was made here; examples and attachments that lie beside it are not meant by "the newest". */
export function newestRun(reports: string): string {
  const [newest] = listRuns(reports).filter((name) => BY_TIME.test(name))
  if (newest !== undefined) return join(reports, newest)
  const others = listRuns(reports)
  throw new BakeoffError('BAD_RESULTS', `there is no run in ${reports} yet`, {
    hint: `Make one: npm run matrix -- --quick${others.length > 0 ? `. There is ${others.join(', ')} to look at: npm run report -- ${others[0]}` : ''}`,
  })
}

/**
 * The run that is to go on: the one that is named, or the newest that has something left to measure; the newest when
 * none has.
 *
 * @throws BakeoffError BAD_RESULTS when there is none, or when it is an example or an attachment
 */
export function findResumable(reports: string, wanted: string | null): Resumable {
  if (wanted !== null) {
    const folder = RunFolder.open(findRun(reports, wanted))
    refuseIfNotOwn(folder)
    return { folder, left: leftOf(folder) }
  }
  const newest = newestRun(reports)
  for (const name of listRuns(reports).filter((one) => BY_TIME.test(one))) {
    const folder = RunFolder.open(join(reports, name))
    const left = leftIfReadable(folder)
    if (left > 0) return { folder, left }
  }
  const folder = RunFolder.open(newest)
  refuseIfNotOwn(folder)
  return { folder, left: leftOf(folder) }
}

/** Throws when the folder is not a whole run of this checkout: nothing may be added to what others made or committed. */
export function refuseIfNotOwn(folder: RunFolder): void {
  const name = basename(resolve(folder.path))
  const why = whyNotOwn(folder)
  if (why === null) return
  throw new BakeoffError('BAD_RESULTS', `${name} cannot go on: ${why}`, {
    hint: 'Measure it on this machine, as a run of its own: npm run matrix. Look at it as it is: npm run report',
  })
}

function whyNotOwn(folder: RunFolder): string | null {
  if (!folder.isWhole)
    return 'it is an example or an attachment, with what came out of a run and without its repetitions'
  return isCommitted(folder.path) ? 'it is committed in git, so it is no run of this checkout' : null
}

function isCommitted(path: string): boolean {
  const { exitCode, stdout } = execaSync('git', ['ls-files', '--', '.'], { cwd: path, reject: false })
  return exitCode === 0 && stdout.trim() !== ''
}

function leftOf(folder: RunFolder): number {
  return leftToMeasure(folder.readPlan(), folder.readRuns(), relativeHalfWidth).length
}

/** 0 also for a run that is not ours or cannot be read: it is not picked unless it is named, and then it says why. */
function leftIfReadable(folder: RunFolder): number {
  if (whyNotOwn(folder) !== null) return 0
  try {
    return leftOf(folder)
  } catch (error) {
    if (error instanceof BakeoffError) return 0
    throw error
  }
}
