import { join } from 'node:path'
import { uncappedProblem } from '@bakeoff/containers'
import { firstRunWords, needWhole } from '@bakeoff/core'
import { Run, runPlan } from '@bakeoff/runner'
import { type Beginning, newRun, type Setting } from '../beginning.js'
import { nothingLeft, reportEnd } from '../ending.js'
import { exitCodes } from '../exit.js'
import { readFirstRuns } from '../first-run.js'
import { openGate } from '../gating.js'
import { openLivePage } from '../live.js'
import { findResumable, type Resumable } from '../own-runs.js'
import type { PlanOptions } from '../planning.js'
import { openProgress } from '../progress.js'
import { openCatalogue, type Project } from '../project.js'
import { recordEnd } from '../record-end.js'
import { type Replay, replayRun } from '../replay.js'
import { ReportSoFar } from '../report-so-far.js'
import { resumeRun } from '../resume.js'
import type { RunFolder } from '../run-folder.js'
import type { Stop } from '../signals.js'
import type { Terminal } from '../terminal.js'
import { materialsOf, openWorkbench, readMachine } from '../workbench.js'
import { fileLink } from '../write-report.js'
import { leftOutText, planText } from './plan.js'

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
  const catalogue = openCatalogue(project, terminal)
  const told = new Set(catalogue.broken.map(({ file }) => file))
  const machine = await readMachine(terminal, interruption.signal)
  using progress = openProgress(terminal)
  const { show } = progress
  const setting = { project, catalogue, machine, show, signal: interruption.signal }
  const beginning = beginningOf(setting, which, earlier)
  needWhole(catalogue, beginning.plan)
  if (options.dryRun) {
    if (earlier)
      terminal.say(`Of run ${earlier.folder.runId} ${repetitions(earlier.left)} would be measured; its plan:`)
    terminal.print(options.json ? JSON.stringify(beginning.plan, null, 2) : planText(beginning.plan, told))
    return exitCodes.fine
  }
  const uncapped = uncappedProblem(machine.engine.facts)
  if (uncapped !== null) throw uncapped
  if (which.kind === 'new') {
    const [first] = await readFirstRuns(project, catalogue, [beginning.plan], machine)
    if (first && first.missing.length > 0) terminal.say(`first run here: ${firstRunWords(first)}`)
  }
  let folder: RunFolder
  let failure: unknown = null
  {
    await using bench = await openWorkbench(project, machine, terminal, interruption, options.keep)
    const begun = await beginning.begin(bench)
    folder = begun.folder
    const going = folder
    interruption.guard({ record: () => recordEnd(project.reports, going, interruption.signal) })
    progress.knows(begun.plan)
    const soFar = new ReportSoFar(folder, project.reports)
    folder.onEvent((event) => {
      const isFirst = soFar.hear(event)
      show(event)
      if (isFirst) terminal.say(`Report so far: ${fileLink(join(going.path, 'index.html'))}`)
    })
    if (earlier) terminal.say(`Going on with run ${earlier.folder.runId}: ${repetitions(earlier.left)} to be measured`)
    await using live = options.live ? await openLivePage(folder) : null
    if (live) terminal.say(`Live: ${live.url}`)
    const leftOut = leftOutText(begun.plan)
    if (leftOut) terminal.say(leftOut)
    for (const { where, what } of begun.plan.warnings.filter((warning) => !told.has(warning.where)))
      terminal.say(terminal.colours.yellow(`! ${where}: ${what}`))
    const materials = materialsOf(project, catalogue, begun.plan)
    const run = new Run({ plan: begun.plan, materials, ports: bench.ports(folder), signal: interruption.signal })
    await runPlan(run, begun.before).catch((error: unknown) => {
      failure = error // told below: what was measured until then is reported all the same
    })
  }
  progress[Symbol.dispose]() // what is told from here on stays
  return reportEnd(folder, failure, setting, options, gate, terminal)
}

function beginningOf(setting: Setting, which: Which, earlier: Resumable | null): Beginning {
  if (earlier) return resumeRun(setting, earlier.folder)
  if (which.kind === 'replay') return replayRun(setting, which)
  if (which.kind === 'new') return newRun(setting, which.plan)
  throw new Error('a run that goes on was looked for and not found')
}

function repetitions(count: number): string {
  return `${count} ${count === 1 ? 'repetition' : 'repetitions'}`
}
