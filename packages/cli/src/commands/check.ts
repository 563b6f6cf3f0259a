import { uncappedProblem } from '@bakeoff/containers'
import { brokenInReach, hideIn, many, shownEntries } from '@bakeoff/core'
import { BakeoffError } from '@bakeoff/model'
import { type CheckReport, checkEntry } from '@bakeoff/runner'
import { exitCodes } from '../exit.js'
import type { Invocation } from '../invocation.js'
import { onEngine } from '../on-engine.js'
import { makePlan, type PlanOptions } from '../planning.js'
import { readSecrets } from '../secrets.js'
import { openSetting } from '../setting.js'
import type { Terminal } from '../terminal.js'
import type { AddCommand } from './shared/command.js'
import { jsonOption, toJson } from './shared/json.js'
import { keepOption } from './shared/keep.js'
import { toPlanOptions } from './shared/planning.js'
import { scenario } from './shared/selection.js'

interface CheckFlags {
  readonly scenario?: readonly string[]
  readonly all?: boolean
  readonly keep?: boolean
  readonly json?: boolean
}

export const addCheck: AddCommand = (program, invocation) =>
  program
    .command('check')
    .description('build, start and verify one or all targets, without load')
    .argument('[target...]', 'names of targets, or name/variant; none: all')
    .addOption(scenario)
    .option('--all', 'all targets, which is also what no name means')
    .addOption(keepOption('check'))
    .addOption(jsonOption('what was found'))
    .action(async (targets: string[], { all = false, json, keep = false, ...chosen }: CheckFlags) => {
      if (all && targets.length > 0) throw allBesideNames(targets)
      const { terminal, leave } = invocation
      const options = toPlanOptions({ ...chosen, target: targets, all: true })
      const { reports, broken } = await check(invocation, options, keep)
      if (json) terminal.print(toJson(reports))
      const count = (wanted: CheckReport['outcome']) => reports.filter(({ outcome }) => outcome === wanted).length
      const failed = count('failed') + broken
      terminal.say(`${count('passed')} passed, ${failed} failed, ${count('unsupported')} unsupported`)
      leave(failed === 0 ? exitCodes.fine : exitCodes.failed)
    })

const allBesideNames = (targets: readonly string[]) =>
  new BakeoffError('BAD_SPEC', `--all means every target, and ${targets.join(', ')} only what is named`, {
    hint: `npm run check -- ${targets.join(' ')}\nnpm run check -- --all`,
  })

/** Builds, starts and asks one or all targets, without load. A named target that is broken counts as failed. */
async function check(
  invocation: Invocation,
  options: PlanOptions,
  keep: boolean,
): Promise<{ readonly reports: CheckReport[]; readonly broken: number }> {
  const { project, terminal } = invocation
  const setting = await openSetting(invocation)
  const { catalogue, machine } = setting
  const uncapped = uncappedProblem(machine.engine.facts)
  if (uncapped !== null && machine.engine.facts.uncapped?.includes('memory')) throw uncapped // builds are capped too
  if (uncapped !== null) terminal.say(terminal.colours.yellow(`! ${uncapped.message}. Answers can still be checked.`))
  const plan = makePlan(setting, options, new Date())
  const secrets = readSecrets(project, catalogue, plan, process.env)
  const reports = await onEngine(invocation, { setting, plan, secrets, keep }, async (run) => {
    const found: CheckReport[] = []
    for (const entry of shownEntries(run.plan.entries)) {
      terminal.live(`checking ${entry.id}`)
      const report = hideIn(await checkEntry(run, entry), secrets.hide)
      found.push(report)
      for (const line of checkLines(report, terminal)) terminal.say(line)
    }
    return found
  })
  return { reports, broken: brokenInReach(catalogue, options.selection).filter(({ kind }) => kind !== 'claim').length }
}

/** The rows of a finished check: one when all is well, else one for each difference. */
export function checkLines(report: CheckReport, { colours }: Pick<Terminal, 'colours'>): string[] {
  const { green, red, yellow, dim } = colours
  const golden = report.verification?.golden
  if (report.outcome === 'unsupported') return [`${yellow('–')} ${report.entry}: ${report.failure?.error.message}`]
  if (report.outcome === 'passed') {
    return [
      `${green('✓')} ${report.entry.padEnd(46)} ${many(golden?.right ?? 0, 'golden answer')}, ${many(report.contract.length, 'contract case')}, ready in ${Math.round(report.readyMs ?? 0)} ms`,
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
