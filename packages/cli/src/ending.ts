import { join } from 'node:path'
import { leftToMeasure } from '@bakeoff/core'
import { type Results, toErrorRecord } from '@bakeoff/model'
import { relativeHalfWidth } from '@bakeoff/runner'
import type { Setting } from './beginning.js'
import { compareWithFirst } from './compare-with-first.js'
import { exitCodes } from './exit.js'
import { type Gate, passesGate } from './gating.js'
import type { Resumable } from './own-runs.js'
import type { Project } from './project.js'
import { exitCodeOfRun, whatIsLeft } from './run-end.js'
import type { RunFolder } from './run-folder.js'
import type { Terminal } from './terminal.js'
import { analyseRun, fileLink, isDrawn, type Rebuilt, rebuildReport, tellDamage, writeIndex } from './write-report.js'

export interface EndOptions {
  /** standard output has the results alone, as JSON */
  readonly json: boolean
}

/** The end of a run, whatever ended it: the page, what it says in short, and the exit code. */
export function reportEnd(
  folder: RunFolder,
  failure: unknown,
  { project, signal }: Setting,
  options: EndOptions,
  gate: Gate | null,
  terminal: Terminal,
): number {
  const { results, runs, damage } = rebuild(folder, project, failure, terminal)
  tellDamage(damage, terminal)
  const tell = options.json ? terminal.say : terminal.print // standard output has the results alone
  if (options.json) terminal.print(JSON.stringify(results))
  else terminal.print(closing(results, folder))
  const plan = folder.readPlan()
  compareWithFirst(project, plan, results, tell)
  const isLeft = results.run.status === 'aborted' || leftToMeasure(plan, runs, relativeHalfWidth).length > 0
  const left = isLeft ? whatIsLeft(results, runs) : null
  if (left !== null) terminal.say(left)
  if (failure !== null) throw failure
  if (signal.aborted) return exitCodes.interrupted
  const passed = gate === null || passesGate(results, gate, terminal)
  return passed ? exitCodeOfRun(results, runs) : exitCodes.failed
}

/** Writes the report and gives the run back. A report that cannot be written must not hide what ended the run. */
function rebuild(folder: RunFolder, project: Project, failure: unknown, { say, colours }: Terminal): Rebuilt {
  try {
    const rebuilt = rebuildReport(folder)
    writeIndex(project.reports)
    return rebuilt
  } catch (error) {
    if (failure === null) throw error
    say(colours.yellow(`There is no report: ${toErrorRecord(error).message}`))
    throw failure
  } finally {
    folder.close()
  }
}

/**
 * A run that is complete stays as it is: its results are told again, and nothing is measured or written, but a report
 * that was being written when the run was killed.
 */
export async function nothingLeft(
  project: Project,
  { folder }: Resumable,
  options: EndOptions,
  gate: Gate | null,
  terminal: Terminal,
): Promise<number> {
  const { results, runs, damage } = analyseRun(folder, 'aborted')
  if (!isDrawn(folder, results)) {
    await folder.own()
    rebuild(folder, project, null, terminal)
  }
  tellDamage(damage, terminal)
  const failed = new Set(runs.filter(({ outcome }) => outcome.kind === 'failed').map(({ entry }) => entry))
  terminal.say(
    `Run ${folder.runId} has nothing left to measure${failed.size > 0 ? `: ${[...failed].join(', ')} failed for reasons of their own` : ''}. Measure all of it again, and compare: npm run matrix -- --replay ${folder.runId}`,
  )
  if (options.json) terminal.print(JSON.stringify(results))
  else terminal.print(`Report: ${fileLink(join(folder.path, 'index.html'))}`)
  if (gate !== null && !passesGate(results, gate, terminal)) return exitCodes.failed
  return exitCodeOfRun(results, runs)
}

function closing(results: Results, run: RunFolder): string {
  // The long ones, about claims, are read on the page.
  const findings = results.findings.filter(({ tone, kind }) => tone !== 'caveat' && kind !== 'claim').slice(0, 6)
  return [...findings.map(({ text }) => `• ${text}`), '', `Report: ${fileLink(join(run.path, 'index.html'))}`].join(
    '\n',
  )
}
