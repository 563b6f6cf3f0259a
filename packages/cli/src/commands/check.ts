import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { uncappedProblem } from '@bakeoff/containers'
import { brokenInReach, buildOf, type Catalogue, hideIn, shownEntries } from '@bakeoff/core'
import { BakeoffError, type ErrorCode, type Plan } from '@bakeoff/model'
import { type CheckReport, checkEntry } from '@bakeoff/runner'
import { Option } from 'commander'
import { inLanes, lanesOf } from '../check-lanes.js'
import { checkLines } from '../check-lines.js'
import { exitCodes, showError } from '../exit.js'
import type { Invocation } from '../invocation.js'
import { onEngine } from '../on-engine.js'
import { makePlan, type PlanOptions } from '../planning.js'
import { shownPath } from '../project.js'
import { readSecrets } from '../secrets.js'
import { openSetting } from '../setting.js'
import { FolderWatch } from '../watch-folders.js'
import { enginesOf } from '../workbench.js'
import type { AddCommand } from './shared/command.js'
import { type HostsFlags, hostsOption } from './shared/hosts.js'
import { jsonOption, toJson } from './shared/json.js'
import { keepOption } from './shared/keep.js'
import { toPlanOptions } from './shared/planning.js'
import { scenario } from './shared/selection.js'

interface CheckFlags extends HostsFlags {
  readonly scenario?: readonly string[]
  readonly all?: boolean
  readonly keep?: boolean
  readonly json?: boolean
  readonly watch?: boolean
}

const watchOption = new Option(
  '--watch',
  'check again whenever a file of the targets, of what they are built from or of what is asked changes; Ctrl-C ends',
).conflicts(['keep', 'json'])

export const addCheck: AddCommand = (program, invocation) =>
  program
    .command('check')
    .description('build, start and verify one or all targets, without load')
    .argument('[target...]', 'names of targets, or name/variant; none: all')
    .addOption(scenario)
    .option('--all', 'all targets, which is also what no name means')
    .addOption(watchOption)
    .addOption(hostsOption)
    .addOption(keepOption('check'))
    .addOption(jsonOption('what was found'))
    .action(
      async (targets: string[], { all = false, json, keep = false, watch = false, hosts, ...chosen }: CheckFlags) => {
        if (all && targets.length > 0) throw allBesideNames(targets)
        const { terminal, leave } = invocation
        const options = toPlanOptions({ ...chosen, target: targets, all: true })
        const how = { keep, isFull: targets.length > 0, hosts: hosts ?? null }
        if (watch) return watchAndCheck(invocation, options, how)
        const checked = await check(invocation, options, how)
        if (json) terminal.print(toJson(checked.reports))
        leave(tell(checked, invocation) ? exitCodes.fine : exitCodes.failed)
      },
    )

const allBesideNames = (targets: readonly string[]) =>
  new BakeoffError('BAD_SPEC', `--all means every target, and ${targets.join(', ')} only what is named`, {
    hint: `npm run check -- ${targets.join(' ')}\nnpm run check -- --all`,
  })

/** How a check is made and shown. */
interface How {
  readonly keep: boolean
  /** every point of the contract has a line */
  readonly isFull: boolean
  /** the file that names the machines; null: this one */
  readonly hosts: string | null
}

interface Checked {
  readonly reports: readonly CheckReport[]
  readonly broken: number
  /** folders from which something was built, and those of what was asked */
  readonly folders: readonly string[]
}

/** Says how many passed. @returns whether none failed */
function tell({ reports, broken }: Checked, { terminal }: Invocation): boolean {
  const count = (wanted: CheckReport['outcome']) => reports.filter(({ outcome }) => outcome === wanted).length
  const failed = count('failed') + broken
  terminal.say(`${count('passed')} passed, ${failed} failed, ${count('unsupported')} unsupported`)
  return failed === 0
}

/** Errors of a round that a change of a file may mend, or that pass by themselves. */
const MAY_MEND: readonly ErrorCode[] = ['BAD_SPEC', 'BUILD_FAILED', 'DOWNLOAD_FAILED', 'ENGINE_HELD']

/**
 * Checks, waits for a change and checks again, until it is stopped. The engine is held only while something is checked. A round that cannot
 * be made, as where a file is half written, is told, and the next change makes another.
 */
async function watchAndCheck(invocation: Invocation, options: PlanOptions, how: How): Promise<void> {
  const { project, terminal, stop } = invocation
  const named = (options.selection.targets ?? []).map((name) => name.split('/', 1)[0] as string)
  const folders = (named.length > 0 ? named : ['']).map((name) => join(project.root, 'targets', name))
  const areThere = folders.every((folder) => existsSync(folder))
  const watched = new Set(folders)
  using watch = new FolderWatch(folders)
  watch.addFlat(join(project.root, 'compose')) // the files of scenarios; those that they name come with the first round
  for (;;) {
    try {
      const checked = await check(invocation, options, how)
      tell(checked, invocation)
      watch.add(checked.folders)
      for (const folder of checked.folders) watched.add(folder)
    } catch (error) {
      stop.signal.throwIfAborted()
      if (!areThere || !(error instanceof BakeoffError) || !MAY_MEND.includes(error.code)) throw error
      showError(error, terminal)
    }
    terminal.say(terminal.colours.dim(`Watching ${[...watched].map(shownPath).join(', ')}. Ctrl-C ends.`))
    const changed = await watch.next(stop.signal)
    terminal.say(`${changed.slice(0, 3).map(shownPath).join(', ')}${changed.length > 3 ? ' and more' : ''} changed`)
  }
}

/** Builds, starts and asks one or all targets, without load. A named target that is broken counts as failed. */
async function check(invocation: Invocation, options: PlanOptions, { keep, isFull, hosts }: How): Promise<Checked> {
  const { project, terminal } = invocation
  await using setting = await openSetting(invocation, hosts)
  const { catalogue, machine } = setting
  for (const { facts } of enginesOf(machine)) {
    const uncapped = uncappedProblem(facts)
    if (uncapped !== null && facts.uncapped?.includes('memory')) throw uncapped // builds are capped too
    if (uncapped !== null) terminal.say(terminal.colours.yellow(`! ${uncapped.message}. Answers can still be checked.`))
  }
  const plan = makePlan(setting, options, new Date())
  const secrets = readSecrets(project, catalogue, plan, process.env)
  const entries = shownEntries(plan.entries)
  const reports = await onEngine(invocation, { setting, plan, secrets, keep }, async (run) => {
    const told = new Set<string>()
    const underWay = new Set<string>()
    // What is kept is what was started last: one at a time.
    return inLanes(entries, keep ? 1 : lanesOf({ ...plan, entries }), async (entry) => {
      underWay.add(entry.id)
      terminal.live(`checking ${[...underWay].join(', ')}`)
      const report = hideIn(await checkEntry(run, entry), secrets.hide)
      underWay.delete(entry.id)
      for (const line of checkLines(report, terminal, { isFull, told })) terminal.say(line)
      return report
    })
  })
  return {
    reports,
    broken: brokenInReach(catalogue, options.selection).filter(({ kind }) => kind !== 'claim').length,
    folders: [...entries.flatMap((entry) => buildOf(entry)?.context ?? []), ...foldersOfWork(catalogue, plan)].map(
      (folder) => join(project.root, folder),
    ),
  }
}

/** The folders of requests and golden answers, and those that services are built from. */
function foldersOfWork({ scenarios }: Pick<Catalogue, 'scenarios'>, plan: Plan): string[] {
  return plan.scenarios.flatMap(({ id, services }) => {
    const places = scenarios.find((one) => one.id === id)?.places
    const files = places ? [places.requests, places.golden] : []
    return [
      ...files.map(dirname).filter((folder) => folder !== 'compose'),
      ...services.flatMap(({ build }) => build ?? []),
    ]
  })
}
