import { join } from 'node:path'
import { decide, leftToMeasure, nothingOpen } from '@bakeoff/core'
import { type Results, toErrorRecord } from '@bakeoff/model'
import { againstLines } from './against-lines.js'
import { compareWithFirst } from './comparison.js'
import { decisionLines } from './decision-lines.js'
import { exitCodes } from './exit.js'
import { type Gate, passesGate } from './gating.js'
import type { Invocation } from './invocation.js'
import type { Resumable } from './own-runs.js'
import type { Project } from './project.js'
import { exitCodeOfRun, whatIsLeft } from './run-end.js'
import type { RunFolder } from './run-folder.js'
import { serviceLevelLines } from './service-level-lines.js'
import type { Terminal } from './terminal.js'
import { analyseRun, fileLink, isDrawn, type Rebuilt, rebuildReport, tellDamage, writeIndex } from './write-report.js'

export interface EndOptions {
  /** standard output has the results alone, as JSON */
  readonly json: boolean
  /** null: only the run's own failures decide whether it passes */
  readonly gate: Gate | null
}

/** A run that was measured, to its end or until something stopped it. */
export interface Measured {
  readonly folder: RunFolder
  /** what ended it before its end; null when nothing did */
  readonly failure: unknown
}

/** Ends a run, however it stopped: writes the page, prints its summary, and returns the exit code. */
export function reportEnd(
  { project, terminal, stop: { signal } }: Invocation,
  { folder, failure }: Measured,
  { json, gate }: EndOptions,
): number {
  const { results, records, damage } = rebuild(folder, project, failure, terminal)
  tellDamage(damage, terminal)
  const tell = json ? terminal.say : terminal.print // standard output has the results alone
  if (json) terminal.print(JSON.stringify(results))
  const plan = folder.readPlan()
  tell(decisionText(results, terminal))
  compareWithFirst(project, plan, results, tell)
  const isLeft =
    results.run.status === 'aborted' || leftToMeasure(plan, { records, calibrations: [] }, nothingOpen).length > 0
  const left = isLeft ? whatIsLeft(results, records) : null
  if (left !== null) terminal.say(left)
  const goesOn = failure === null && !signal.aborted
  const passed = !goesOn || gate === null || passesGate(results, gate, terminal)
  tell(`\nReport: ${fileLink(join(folder.path, 'index.html'))}`) // last, where the user finds it again
  if (failure !== null) throw failure
  if (signal.aborted) return exitCodes.interrupted
  return passed ? exitCodeOfRun(results, records) : exitCodes.failed
}

/** What a run says at its end: what it decides and how far to trust it, and what changed since another commit. */
function decisionText(results: Results, { colours, columns }: Terminal): string {
  const decision = results.decision ?? decide(results) // older results have none
  const { against } = results
  const levels = serviceLevelLines(results, columns(), colours)
  return [
    '',
    ...(levels.length > 0 ? [...levels, ''] : []),
    ...decisionLines(decision, columns(), colours),
    ...(against ? ['', ...againstLines(against, columns(), colours)] : []),
  ].join('\n')
}

/** Writes the report and releases the run. A report that cannot be written must not hide the error that ended the run. */
function rebuild(folder: RunFolder, project: Project, failure: unknown, { say, colours }: Terminal): Rebuilt {
  try {
    const rebuilt = rebuildReport(folder)
    writeIndex(project.reports)
    return rebuilt
  } catch (error) {
    if (failure === null) throw error
    say(colours.yellow(`The report could not be written: ${toErrorRecord(error).message}`))
    throw failure
  } finally {
    folder.close()
  }
}

/**
 * Prints the results of a complete run again. Nothing is measured and nothing is written, except a report
 * that was being written when the run was killed.
 */
export async function nothingLeft(
  { project, terminal }: Invocation,
  { folder }: Resumable,
  { json, gate }: EndOptions,
): Promise<number> {
  const { results, records, damage } = analyseRun(folder, 'aborted')
  if (!isDrawn(folder, results)) {
    await folder.own()
    rebuild(folder, project, null, terminal)
  }
  tellDamage(damage, terminal)
  const failed = new Set(records.filter(({ outcome }) => outcome.kind === 'failed').map(({ entry }) => entry))
  terminal.say(
    `Run ${folder.runId} has nothing left to measure${failed.size > 0 ? `: ${[...failed].join(', ')} failed for reasons of their own` : ''}. Measure all of it again, and compare: npm run matrix -- --replay ${folder.runId}`,
  )
  const tell = json ? terminal.say : terminal.print
  if (json) terminal.print(JSON.stringify(results))
  tell(decisionText(results, terminal))
  const passed = gate === null || passesGate(results, gate, terminal)
  tell(`\nReport: ${fileLink(join(folder.path, 'index.html'))}`)
  if (!passed) return exitCodes.failed
  return exitCodeOfRun(results, records)
}
