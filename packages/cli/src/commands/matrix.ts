import { join } from 'node:path'
import type { Catalogue } from '@bakeoff/core'
import { BakeoffError, type Plan, type Results } from '@bakeoff/model'
import { type Before, runPlan } from '@bakeoff/runner'
import { exitCodes } from '../exit.js'
import { openGate, passesGate } from '../gating.js'
import { openLivePage } from '../live.js'
import { makePlan, type PlanOptions } from '../planning.js'
import { progressOn } from '../progress.js'
import { type Project, readCatalogue } from '../project.js'
import { recordEnd } from '../record-end.js'
import { exitCodeOfRun, whatIsLeft } from '../run-end.js'
import { findRun, RunFolder } from '../run-folder.js'
import type { Stop } from '../signals.js'
import type { Terminal } from '../terminal.js'
import { type Machine, materialsOf, openWorkbench, readMachine, type Workbench } from '../workbench.js'
import { fileLink, rebuildReport, writeIndex } from '../write-report.js'
import { planText } from './plan.js'

export interface MatrixOptions {
  readonly plan: PlanOptions
  /** null: a new run. '': the newest run. else its id or folder */
  readonly resume: string | null
  readonly dryRun: boolean
  readonly json: boolean
  readonly keep: boolean
  /** serve the page while the run goes on */
  readonly live: boolean
  readonly failOn: string | undefined
  readonly baseline: string | undefined
}

/** The main command: plan, build, measure, report. Returns the exit code. */
export async function matrix(
  project: Project,
  options: MatrixOptions,
  terminal: Terminal,
  interruption: Stop,
): Promise<number> {
  const gate = openGate(project.reports, options.failOn, options.baseline)
  const catalogue = readCatalogue(project)
  const machine = await readMachine(terminal, interruption.signal)
  const planned =
    options.resume === null ? start(project, catalogue, machine, options) : resume(project, catalogue, options.resume)
  if (options.dryRun) {
    terminal.print(options.json ? JSON.stringify(planned.plan, null, 2) : planText(planned.plan))
    return exitCodes.fine
  }
  let run: RunFolder
  let failure: unknown = null
  {
    await using bench = await openWorkbench(project, machine, terminal, interruption, options.keep)
    const { plan, folder, before } = planned.begin() // not before the engine is ours: a run that was refused leaves no folder
    run = folder
    const going = run
    interruption.guard({ record: () => recordEnd(project.reports, going, interruption.signal) })
    run.onEvent(progressOn(terminal, Date.now))
    await run.writePlan(JSON.stringify(plan))
    writeContext(run, plan, catalogue, bench)
    await using live = options.live ? await openLivePage(run) : null
    if (live) terminal.say(`Live: ${live.url}`)
    for (const { where, what } of plan.warnings) terminal.say(terminal.colours.yellow(`! ${where}: ${what}`))
    const materials = materialsOf(project, catalogue, plan)
    await runPlan(plan, materials, bench.ports(run), before, interruption.signal).catch((error: unknown) => {
      failure = error // told below: what was measured until then is reported all the same
    })
  }
  const results = rebuildReport(run)
  writeIndex(project.reports)
  if (options.json) terminal.print(JSON.stringify(results))
  else terminal.print(closing(results, run))
  const runs = run.readRuns()
  const left = whatIsLeft(results, runs)
  if (left !== null) terminal.say(left)
  if (failure !== null) throw failure
  if (interruption.signal.aborted) return exitCodes.interrupted
  const passed = gate === null || passesGate(results, gate, terminal)
  return passed ? exitCodeOfRun(results, runs) : exitCodes.failed
}

interface Beginning {
  readonly plan: Plan
  /** makes the folder, when something is to be written; only then the id of a new run is certain */
  begin(): Begun
}

interface Begun {
  readonly plan: Plan
  readonly folder: RunFolder
  readonly before: Before
}

function start(project: Project, catalogue: Catalogue, machine: Machine, options: MatrixOptions): Beginning {
  const plan = makePlan(project, catalogue, machine, options.plan, new Date())
  return {
    plan,
    begin: () => {
      const folder = RunFolder.create(project.reports, plan.runId)
      return { plan: { ...plan, runId: folder.runId }, folder, before: { runs: [], calibrations: [] } }
    },
  }
}

/** The plan of an earlier run, with what it measured. */
function resume(project: Project, catalogue: Catalogue, wanted: string): Beginning {
  const folder = RunFolder.open(findRun(project.reports, wanted === '' ? null : wanted))
  const plan = folder.readPlan()
  for (const planned of plan.scenarios) {
    const now = catalogue.scenarios.find(({ id }) => id === planned.id)
    if (now?.workDigest !== planned.workDigest) {
      throw new BakeoffError(
        'BAD_SPEC',
        `requests or answers of ${planned.id} have changed since run ${plan.runId}: its figures cannot be continued`,
        { hint: 'Start a new run: npm run matrix' },
      )
    }
  }
  const before = { runs: folder.readRuns(), calibrations: folder.readCalibrations() }
  return { plan, begin: () => ({ plan, folder, before }) }
}

function writeContext(run: RunFolder, plan: Plan, catalogue: Catalogue, bench: Workbench): void {
  const names = new Set(plan.entries.map(({ target }) => target))
  const scenarios = new Set(plan.scenarios.map(({ id }) => id))
  const targets = catalogue.targets
    .filter(({ name }) => names.has(name))
    .map(({ name, dockerfile, yaml }) => [name, { dockerfile, yaml }] as const)
  const context = {
    base: { id: bench.base.id, origin: bench.base.origin },
    targets: Object.fromEntries(targets),
    claims: catalogue.claims.filter(({ scenario }) => scenarios.has(scenario)),
  }
  run.write('context.json', JSON.stringify(context))
}

function closing(results: Results, run: RunFolder): string {
  // The long ones, about claims, are read on the page.
  const findings = results.findings.filter(({ tone, kind }) => tone !== 'caveat' && kind !== 'claim').slice(0, 6)
  return [...findings.map(({ text }) => `• ${text}`), '', `Report: ${fileLink(join(run.path, 'index.html'))}`].join(
    '\n',
  )
}
