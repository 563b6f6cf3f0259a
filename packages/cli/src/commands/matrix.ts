import { join } from 'node:path'
import { uncappedProblem } from '@bakeoff/containers'
import { conditionsOf, firstRunWords, needWhole, openDecisions } from '@bakeoff/core'
import type { Plan } from '@bakeoff/model'
import { Run, runPlan } from '@bakeoff/runner'
import { type Beginning, newRun, type RunSetting } from '../beginning.js'
import { type Measured, nothingLeft, reportEnd } from '../ending.js'
import { exitCodes } from '../exit.js'
import { readFirstRuns } from '../first-run.js'
import { type Gate, openGate, refuseOtherSetting, refuseWithoutLevel } from '../gating.js'
import type { Invocation } from '../invocation.js'
import { openLivePage } from '../live.js'
import { findResumable, type Resumable } from '../own-runs.js'
import { openProgress, type Progress } from '../progress.js'
import type { Project } from '../project.js'
import { replayRun } from '../replay.js'
import { ReportSoFar } from '../report-so-far.js'
import { resumeRun } from '../resume.js'
import { findRun, RunFolder } from '../run-folder.js'
import { hiddenError, hidingSink, readSecrets, type Secrets } from '../secrets.js'
import { brokenFiles, openSetting, type Setting } from '../setting.js'
import type { Terminal } from '../terminal.js'
import { enginesOf, materialsOf, openWorkbench } from '../workbench.js'
import { writeEnd } from '../write-end.js'
import { fileLink } from '../write-report.js'
import { leftOutText, planText, samplesOf } from './plan.js'
import { type AddCommand, withOptions } from './shared/command.js'
import { type GateFlags, gateOptions } from './shared/gate.js'
import { type HostsFlags, hostsOption } from './shared/hosts.js'
import { jsonOption, toJson } from './shared/json.js'
import { keepOption } from './shared/keep.js'
import { againstOption, planOptions } from './shared/planning.js'
import { toWhich, type Which, type WhichFlags, whichOptions } from './which-run.js'

interface MatrixFlags extends WhichFlags, GateFlags, HostsFlags {
  readonly dryRun?: boolean
  readonly json?: boolean
  readonly keep?: boolean
  readonly live?: boolean
}

export const addMatrix: AddCommand = (program, invocation) => {
  const command = program
    .command('matrix')
    .description('measure, and write a report')
    .argument('[cell...]', 'with --replay: scenario/target/variant, or one load of it: scenario/target/variant@load')
  withOptions(command, [...planOptions, againstOption, hostsOption, ...whichOptions])
    .option('--dry-run', 'show the plan and measure nothing')
    .addOption(jsonOption('the results'))
    .addOption(keepOption('repetition'))
    .option('--live', 'serve the report on 127.0.0.1 while the run goes on')
  withOptions(command, gateOptions).action(async (cells: string[], flags: MatrixFlags) =>
    invocation.leave(await matrix(invocation, toWhich(cells, flags), flags)),
  )
}

/** The main command: it plans, builds, measures and reports. Returns the exit code. */
async function matrix(invocation: Invocation, which: Which, flags: MatrixFlags): Promise<number> {
  const { project, terminal, stop } = invocation
  const earlier = which.kind === 'resume' ? findResumable(project.reports, which.run) : null
  const gate = await gateOf(project, { which, earlier }, flags)
  const end = { json: flags.json ?? false, gate }
  if (earlier?.isOver) return nothingLeft(invocation, earlier, end)
  await using found = await openSetting(invocation, hostsFile(project, { which, earlier }, flags))
  using progress = openProgress(terminal)
  const setting: RunSetting = { ...found, show: progress.show, signal: stop.signal }
  const beginning = beginningOf(setting, which, earlier)
  needWhole(setting.catalogue, beginning.plan)
  refuseOtherSetting(gate, conditionsOf(beginning.plan))
  refuseWithoutLevel(gate, beginning.plan)
  if (flags.dryRun) {
    if (earlier) terminal.say(`Run ${earlier.folder.runId} would go on with ${repetitions(earlier.left)}; its plan:`)
    terminal.print(
      flags.json
        ? toJson(beginning.plan)
        : planText(beginning.plan, brokenFiles(setting), samplesOf(beginning.plan, setting)),
    )
    return exitCodes.fine
  }
  const secrets = readSecrets(project, setting.catalogue, beginning.plan, process.env)
  for (const { facts } of enginesOf(setting.machine)) {
    const uncapped = uncappedProblem(facts)
    if (uncapped !== null) throw uncapped
  }
  if (which.kind === 'new') await tellFirstRun(setting, beginning.plan, terminal)
  const { keep = false, live = false } = flags
  const measured = await measure(invocation, setting, { earlier, beginning, progress, secrets, keep, live })
  progress[Symbol.dispose]() // lines printed from here on stay
  return reportEnd(invocation, measured, end)
}

/** The file that names the machines: the given one, or that of the run that goes on or is measured again. Null: there is one machine. */
function hostsFile({ reports }: Project, { which, earlier }: Again, { hosts }: HostsFlags): string | null {
  const again = which.kind === 'replay' ? RunFolder.open(findRun(reports, which.run)) : earlier?.folder
  return hosts ?? again?.readPlan().site?.file ?? null
}

interface Again {
  readonly which: Which
  /** the run that goes on */
  readonly earlier: Resumable | null
}

/** The gate of a run. What it compares with is named, or part of the plan that is measured to its end or again. */
async function gateOf(
  { reports }: Project,
  { which, earlier }: Again,
  { failOn, baseline = [] }: GateFlags,
): Promise<Gate | null> {
  if (which.kind === 'new') return openGate(reports, failOn, { baseline, against: which.plan.against })
  const again = which.kind === 'replay' ? RunFolder.open(findRun(reports, which.run)) : earlier?.folder
  const planned = again?.readPlan().against?.ref ?? null
  // The commit of a plan cannot be left out, so a baseline that is named goes before it.
  if (baseline.length === 0 && planned !== null) return openGate(reports, failOn, { baseline, against: planned })
  // A replay is judged against the run that it repeats when no other is named.
  const repeated = which.kind === 'replay' && failOn !== undefined ? [which.run] : []
  return openGate(reports, failOn, { baseline: baseline.length > 0 ? baseline : repeated, against: null })
}

function beginningOf(setting: RunSetting, which: Which, earlier: Resumable | null): Beginning {
  if (earlier) return resumeRun(setting, earlier.folder)
  if (which.kind === 'replay') return replayRun(setting, which)
  if (which.kind === 'new') return newRun(setting, which.plan)
  throw new Error('a run that goes on was looked for and not found')
}

async function tellFirstRun({ project, catalogue, machine }: Setting, plan: Plan, terminal: Terminal): Promise<void> {
  const [first] = await readFirstRuns(project, catalogue, [plan], machine)
  if (first && first.missing.length > 0) terminal.say(`first run here: ${firstRunWords(first)}`)
}

interface Measuring {
  /** the run that goes on; null: it is a new one */
  readonly earlier: Resumable | null
  readonly beginning: Beginning
  readonly progress: Progress
  readonly secrets: Secrets
  /** leave the containers of the last repetition running */
  readonly keep: boolean
  /** serve the page while the run goes on */
  readonly live: boolean
}

/** Measures what was planned, to its end or until something stops it. What was measured until then is reported either way. */
async function measure(
  invocation: Invocation,
  setting: RunSetting,
  { earlier, beginning, progress, secrets, keep, live }: Measuring,
): Promise<Measured> {
  const { project, terminal, stop } = invocation
  await using workbench = await openWorkbench(invocation, setting.machine, keep)
  const { plan, folder, before } = await beginning.begin(workbench)
  stop.guard({ writeEnd: () => writeEnd(project.reports, folder, stop.signal) })
  progress.knows(plan)
  const soFar = new ReportSoFar(folder, project.reports)
  folder.onEvent((event) => {
    const isFirst = soFar.hear(event)
    progress.show(event)
    if (isFirst) terminal.say(`Report so far: ${fileLink(join(folder.path, 'index.html'))}`)
  })
  if (earlier) terminal.say(`Going on with run ${earlier.folder.runId}: ${repetitions(earlier.left)} to be measured`)
  await using page = live ? await openLivePage(folder) : null
  if (page) terminal.say(`Live: ${page.url}`)
  const leftOut = leftOutText(plan)
  if (leftOut) terminal.say(leftOut)
  const told = brokenFiles(setting)
  for (const { where, what } of plan.warnings.filter((warning) => !told.has(warning.where)))
    terminal.say(terminal.colours.yellow(`! ${where}: ${what}`))
  const materials = { ...materialsOf(project, setting.catalogue, plan), secrets: secrets.values }
  const isOpen = openDecisions(plan, folder.readContext().claims)
  const ports = workbench.ports(hidingSink(folder, secrets))
  const run = new Run({ plan, materials, ports, signal: stop.signal, isOpen })
  const failure = await runPlan(run, before).then(
    () => null,
    (error: unknown) => hiddenError(error, secrets),
  )
  return { folder, failure }
}

function repetitions(count: number): string {
  return `${count} ${count === 1 ? 'repetition' : 'repetitions'}`
}
