import { join } from 'node:path'
import { leftToMeasure } from '@bakeoff/core'
import { type Results, toErrorRecord } from '@bakeoff/model'
import { relativeHalfWidth, runPlan } from '@bakeoff/runner'
import { type Beginning, newRun, type Setting } from '../beginning.js'
import { compareWithFirst } from '../compare-with-first.js'
import { exitCodes } from '../exit.js'
import { type Gate, openGate, passesGate } from '../gating.js'
import { openLivePage } from '../live.js'
import { findResumable, type Resumable } from '../own-runs.js'
import type { PlanOptions } from '../planning.js'
import { progressOn } from '../progress.js'
import { type Project, readCatalogue } from '../project.js'
import { recordEnd } from '../record-end.js'
import { type Replay, replayRun } from '../replay.js'
import { resumeRun } from '../resume.js'
import { exitCodeOfRun, whatIsLeft } from '../run-end.js'
import type { RunFolder } from '../run-folder.js'
import type { Stop } from '../signals.js'
import type { Terminal } from '../terminal.js'
import { materialsOf, openWorkbench, readMachine } from '../workbench.js'
import { analyseRun, fileLink, isDrawn, type Rebuilt, rebuildReport, tellDamage, writeIndex } from '../write-report.js'
import { planText } from './plan.js'

/** Which run: a new one, one that goes on, or one that is measured again. */
export type Which =
  | { readonly kind: 'new'; readonly plan: PlanOptions }
  /** null: the newest */
  | { readonly kind: 'resume'; readonly run: string | null }
  | ({ readonly kind: 'replay' } & Replay)

export interface MatrixOptions {
  readonly which: Which
  readonly dryRun: boolean
  readonly json: boolean
  readonly keep: boolean
  /** serve the page while the run goes on */
  readonly live: boolean
  readonly failOn: string | undefined
  /** of `failOn`; a replay is judged against the run that it repeats when none is named */
  readonly baseline: string | undefined
}

/** The main command: plan, build, measure, report. Returns the exit code. */
export async function matrix(
  project: Project,
  options: MatrixOptions,
  terminal: Terminal,
  interruption: Stop,
): Promise<number> {
  const { which } = options
  const firstRun = which.kind === 'replay' && options.failOn !== undefined ? which.run : undefined
  const gate = openGate(project.reports, options.failOn, options.baseline ?? firstRun)
  const earlier = which.kind === 'resume' ? findResumable(project.reports, which.run) : null
  if (earlier?.isOver) return nothingLeft(project, earlier, options, gate, terminal)
  const catalogue = readCatalogue(project)
  const machine = await readMachine(terminal, interruption.signal)
  const show = progressOn(terminal, Date.now)
  const setting = { project, catalogue, machine, show, signal: interruption.signal }
  const beginning = beginningOf(setting, which, earlier)
  if (options.dryRun) {
    if (earlier)
      terminal.say(`Of run ${earlier.folder.runId} ${repetitions(earlier.left)} would be measured; its plan:`)
    terminal.print(options.json ? JSON.stringify(beginning.plan, null, 2) : planText(beginning.plan))
    return exitCodes.fine
  }
  let folder: RunFolder
  let failure: unknown = null
  {
    await using bench = await openWorkbench(project, machine, terminal, interruption, options.keep)
    const begun = await beginning.begin(bench)
    folder = begun.folder
    const going = folder
    interruption.guard({ record: () => recordEnd(project.reports, going, interruption.signal) })
    folder.onEvent(show)
    if (earlier) terminal.say(`Going on with run ${earlier.folder.runId}: ${repetitions(earlier.left)} to be measured`)
    await using live = options.live ? await openLivePage(folder) : null
    if (live) terminal.say(`Live: ${live.url}`)
    for (const { where, what } of begun.plan.warnings) terminal.say(terminal.colours.yellow(`! ${where}: ${what}`))
    const materials = materialsOf(project, catalogue, begun.plan)
    await runPlan(begun.plan, materials, bench.ports(folder), begun.before, interruption.signal).catch(
      (error: unknown) => {
        failure = error // told below: what was measured until then is reported all the same
      },
    )
  }
  return report(folder, failure, setting, options, gate, terminal)
}

function beginningOf(setting: Setting, which: Which, earlier: Resumable | null): Beginning {
  if (earlier) return resumeRun(setting, earlier.folder)
  if (which.kind === 'replay') return replayRun(setting, which)
  if (which.kind === 'new') return newRun(setting, which.plan)
  throw new Error('a run that goes on was looked for and not found')
}

/** The end of a run, whatever ended it: the page, what it says in short, and the exit code. */
function report(
  folder: RunFolder,
  failure: unknown,
  { project, signal }: Setting,
  options: MatrixOptions,
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
async function nothingLeft(
  project: Project,
  { folder }: Resumable,
  options: MatrixOptions,
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

function repetitions(count: number): string {
  return `${count} ${count === 1 ? 'repetition' : 'repetitions'}`
}

function closing(results: Results, run: RunFolder): string {
  // The long ones, about claims, are read on the page.
  const findings = results.findings.filter(({ tone, kind }) => tone !== 'caveat' && kind !== 'claim').slice(0, 6)
  return [...findings.map(({ text }) => `• ${text}`), '', `Report: ${fileLink(join(run.path, 'index.html'))}`].join(
    '\n',
  )
}
