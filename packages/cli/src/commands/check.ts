import { uncappedProblem } from '@bakeoff/containers'
import { brokenInReach } from '@bakeoff/core'
import { buildImages, type CheckReport, checkEntry, Run, requestsOf } from '@bakeoff/runner'
import type { RunSink } from '@bakeoff/runner/ports'
import { makePlan, type PlanOptions } from '../planning.js'
import { openProgress, type Progress } from '../progress.js'
import { openCatalogue, type Project } from '../project.js'
import type { Stop } from '../signals.js'
import type { Terminal } from '../terminal.js'
import { materialsOf, openWorkbench, readMachine } from '../workbench.js'

/** Builds, starts and asks one or all targets, without load. What is broken in what was to be checked is as good as failed. */
export async function check(
  project: Project,
  options: PlanOptions,
  keep: boolean,
  terminal: Terminal,
  interruption: Stop,
): Promise<{ readonly reports: CheckReport[]; readonly broken: number }> {
  const { signal } = interruption
  const catalogue = openCatalogue(project, terminal)
  const machine = await readMachine(terminal, signal)
  const uncapped = uncappedProblem(machine.engine.facts)
  if (uncapped !== null && machine.engine.facts.uncapped?.includes('memory')) throw uncapped // builds are capped too
  if (uncapped !== null)
    terminal.say(terminal.colours.yellow(`! ${uncapped.message}. Answers can be checked all the same.`))
  const whole = makePlan(project, catalogue, machine, options, new Date())
  const plan = { ...whole, rules: { ...whole.rules, secondInstrument: false } } // no load, so its image is not needed
  await using bench = await openWorkbench(project, machine, terminal, interruption, keep)
  const materials = materialsOf(project, catalogue, plan)
  using progress = openProgress(terminal)
  const ports = bench.ports(showingOnly(progress))
  const images = await buildImages(requestsOf(plan, materials), ports, signal)
  const run = new Run({ plan, images, materials, ports, signal })
  const reports: CheckReport[] = []
  for (const entry of plan.entries) {
    terminal.live(`checking ${entry.id}`)
    const report = await checkEntry(run, entry)
    reports.push(report)
    for (const line of checkLines(report, terminal)) terminal.say(line)
  }
  return { reports, broken: brokenInReach(catalogue, options.selection).filter(({ kind }) => kind !== 'claim').length }
}

/** A finished check as rows: one when all is well, what differs otherwise. */
export function checkLines(report: CheckReport, { colours }: Pick<Terminal, 'colours'>): string[] {
  const { green, red, yellow, dim } = colours
  const golden = report.verification?.golden
  if (report.outcome === 'unsupported') return [`${yellow('–')} ${report.entry}: ${report.failure?.error.message}`]
  if (report.outcome === 'passed') {
    return [
      `${green('✓')} ${report.entry.padEnd(46)} ${golden?.right} golden answers, ${report.contract.length} contract cases, ready in ${Math.round(report.readyMs ?? 0)} ms`,
    ]
  }
  return [
    `${red('✗')} ${report.entry}${report.failure ? ` (${report.failure.stage}): ${report.failure.error.message}` : ''}`,
    ...report.contract
      .filter(({ differences }) => differences.length > 0)
      .flatMap(({ name, differences }) => [`    ${name}:`, ...differences.map((difference) => `      ${difference}`)]),
    ...(golden?.differences ?? []).flatMap(({ request, difference, expected, actual }) => [
      `    ${request}: ${difference}`,
      `      expected ${expected}`,
      `      got      ${actual}`,
    ]),
    ...[...(report.failure?.error.logTail ?? report.logTail)].map((line) => dim(`    | ${line}`)),
    ...(report.failure?.error.hint ? [`    ${report.failure.error.hint}`] : []),
  ]
}

/** A sink for commands that leave no run behind. */
function showingOnly({ show }: Progress): RunSink {
  return { writePlan: async () => {}, writeRun: async () => {}, writeCalibration: async () => {}, event: show }
}
