import { BakeoffError } from '@bakeoff/model'
import { Command, InvalidArgumentError, Option } from 'commander'
import { check } from './commands/check.js'
import { clean } from './commands/clean.js'
import { runDoctor } from './commands/doctor.js'
import { type ImagesAction, images } from './commands/images.js'
import { listJson, listText } from './commands/list.js'
import { matrix, type Which } from './commands/matrix.js'
import { newTarget } from './commands/new-target.js'
import { planText } from './commands/plan.js'
import { compare, report } from './commands/report.js'
import { exitCodes } from './exit.js'
import { openGate } from './gating.js'
import { makePlan, type PlanOptions } from './planning.js'
import { findProject, openCatalogue, readCatalogue, shownPath } from './project.js'
import type { Stop } from './signals.js'
import type { Terminal } from './terminal.js'
import { readMachine } from './workbench.js'

/** Options that choose what is planned, as commander gives them. */
interface PlanFlags {
  quick?: boolean
  claims?: boolean
  all?: boolean
  profile?: string
  scenario?: string[]
  target?: string[]
  repetitions?: number
  capacity?: boolean
  rate?: number[]
  seed?: number
  json?: boolean
}

type ImagesFlags = Pick<PlanFlags, 'scenario' | 'target' | 'claims' | 'all' | 'json'>

interface GateFlags {
  failOn?: string
  baseline?: string
}

export interface MatrixFlags extends PlanFlags, GateFlags {
  resume?: string | true
  replay?: string
  dryRun?: boolean
  keep?: boolean
  live?: boolean
}

/** The command line. `leave` sets the exit code; nothing else here decides it. */
export function createProgram(terminal: Terminal, interruption: Stop, leave: (code: number) => void): Command {
  const project = findProject(process.env)
  const program = new Command('npm run')
    .description('Which language and stack should serve this? Measured, under equal caps.')
    .usage('<command> -- [options]')
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.say(text.trimEnd()),
    })
    .exitOverride()
    .showHelpAfterError('(--help shows what there is)')

  planning(program.command('matrix').description('measure, and write a report'))
    .argument('[cell...]', 'with --replay: scenario/target/variant, or one load of it: scenario/target/variant@load')
    .option('--resume [run]', 'go on with a run that stopped, the newest when none is named')
    .option('--replay <run>', 'measure the plan of a run again with the same images, and compare the two')
    .option('--dry-run', 'show the plan and measure nothing')
    .option('--json', 'the results as JSON on standard output')
    .option('--keep', 'leave the containers of the last repetition running')
    .option('--live', 'serve the report on 127.0.0.1 while the run goes on')
    .option('--fail-on <rules>', 'end with 1 when a rule is broken, e.g. regression=5%,errors=0')
    .option('--baseline <run>', 'the run or results.json that --fail-on compares with')
    .action(async (cells: string[], flags: MatrixFlags) => {
      const options = {
        which: toWhich(cells, flags),
        dryRun: flags.dryRun ?? false,
        json: flags.json ?? false,
        keep: flags.keep ?? false,
        live: flags.live ?? false,
        failOn: flags.failOn,
        baseline: flags.baseline,
      }
      leave(await matrix(project, options, terminal, interruption))
    })

  planning(program.command('plan').description('what a run would do, and how long it would take'))
    .addOption(new Option('--json', 'the whole plan as JSON'))
    .action(async (flags: PlanFlags) => {
      const catalogue = openCatalogue(project, terminal)
      const machine = await readMachine(terminal, interruption.signal)
      const plan = makePlan(project, catalogue, machine, toPlanOptions(flags), new Date())
      const told = new Set(catalogue.broken.map(({ file }) => file))
      terminal.print(flags.json ? JSON.stringify(plan, null, 2) : planText(plan, told))
    })

  program
    .command('list')
    .description('scenarios, and the targets that serve them')
    .option('--json', 'as JSON')
    .action(({ json }: { json?: boolean }) => {
      const catalogue = readCatalogue(project)
      terminal.print(json ? JSON.stringify(listJson(catalogue), null, 2) : listText(catalogue, terminal.colours))
    })

  program
    .command('check')
    .description('build, start and verify one or all targets, without load')
    .argument('[target...]', 'names of targets, or name/variant')
    .option('--scenario <name>', 'only this scenario; may be repeated', repeated, [])
    .option('--keep', 'leave the containers of the last check running')
    .option('--json', 'what was found as JSON')
    .action(async (targets: string[], flags: { scenario: string[]; keep?: boolean; json?: boolean }) => {
      const selection = { scenarios: orNull(flags.scenario), targets: orNull(targets), all: true }
      const { reports, broken } = await check(
        project,
        { ...toPlanOptions({}), selection },
        flags.keep ?? false,
        terminal,
        interruption,
      )
      if (flags.json) terminal.print(JSON.stringify(reports, null, 2))
      const failed = reports.filter(({ outcome }) => outcome === 'failed').length + broken
      terminal.say(
        `${reports.filter(({ outcome }) => outcome === 'passed').length} passed, ${failed} failed, ${reports.filter(({ outcome }) => outcome === 'unsupported').length} unsupported`,
      )
      leave(failed === 0 ? exitCodes.fine : exitCodes.failed)
    })

  program
    .command('report')
    .description('rebuild the report of a run, without measuring')
    .argument('[run...]', 'its folder or id, the newest when none is named; or `compare A B`')
    .option('--fail-on <rules>', 'end with 1 when a rule is broken, e.g. regression=5%,errors=0')
    .option('--baseline <run>', 'the run or results.json that --fail-on compares with')
    .action(async (runs: string[], { failOn, baseline }: GateFlags) => {
      if (runs[0] === 'compare') compare(project, runs.slice(1), null, terminal)
      else {
        const gate = openGate(project.reports, failOn, baseline)
        let passed = true
        for (const run of runs.length > 0 ? runs : [null])
          passed = (await report(project, run, gate, terminal)) && passed
        leave(passed ? exitCodes.fine : exitCodes.failed)
      }
    })

  program
    .command('compare')
    .description('one page that sets runs side by side')
    .argument('<run...>', 'folders or ids of two or more runs, or their results.json')
    .option('--output <file>', 'where to write it')
    .action((runs: string[], { output }: { output?: string }) => compare(project, runs, output ?? null, terminal))

  program
    .command('doctor')
    .description('what this machine has, what is wrong and what to do')
    .option('--json', 'as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      leave(
        (await runDoctor(project, json ?? false, terminal, interruption.signal))
          ? exitCodes.fine
          : exitCodes.environment,
      )
    })

  program
    .command('clean')
    .description('remove what killed runs left on the engine')
    .option('--images', 'and every image that was built')
    .option('--all', 'and what runs on other machines or in other containers made; asks before')
    .option('--yes', 'without being asked')
    .action((flags: { images?: boolean; all?: boolean; yes?: boolean }) => {
      const options = { images: flags.images ?? false, all: flags.all ?? false, yes: flags.yes ?? false }
      return clean(project, options, terminal, interruption.signal)
    })

  const imagesCommand = program
    .command('images')
    .description('images by their content key: between machines, by file or registry')
  const onImages = (name: string, description: string, toAction: (where: string) => ImagesAction) =>
    choosing(imagesCommand.command(name, { isDefault: name === 'list' }).description(description)).action(
      async (...given: unknown[]) => {
        const where = typeof given[0] === 'string' ? given[0] : ''
        const flags = given.find((one): one is ImagesFlags => typeof one === 'object') ?? {}
        const action = toAction(where)
        const chosen = action.kind === 'list' ? { ...action, json: flags.json ?? false } : action
        const isFine = await images(project, chosen, toPlanOptions(flags), terminal, interruption)
        leave(isFine ? exitCodes.fine : exitCodes.failed)
      },
    )
  onImages('list', 'what the plan needs, and what of it is here (the default)', () => ({
    kind: 'list',
    json: false,
  })).option('--json', 'as JSON')
  onImages('save <file>', 'build what is missing and write all to one file: .tar, .tar.gz or .tar.zst', (file) => ({
    kind: 'save',
    file,
  }))
  onImages('load <file>', 'take images from a file that save has written', (file) => ({ kind: 'load', file }))
  onImages('push <registry>', 'build what is missing and put all into a registry', (registry) => ({
    kind: 'push',
    registry,
  }))
  onImages('pull <registry>', 'take from a registry what the folders here want now', (registry) => ({
    kind: 'pull',
    registry,
  }))

  program
    .command('new-target')
    .description('make a target that passes check as it is')
    .requiredOption('--name <name>', 'its name, which is its folder in targets/')
    .requiredOption('--language <language>', 'python, go, elixir, rust or node')
    .option('--scenario <name>', 'the scenario it serves', 'predict')
    .action((options: { name: string; language: string; scenario: string }) => {
      const made = newTarget(project, openCatalogue(project, terminal), options)
      terminal.print(
        `${shownPath(made.folder)} is there, made from ${made.from}. It runs as it is: npm run check -- ${options.name}`,
      )
      if (made.standsInFor.length > 0)
        terminal.say(
          `It stands in for ${made.standsInFor.join(', ')} as ${made.from} does, so no headline has it: take standIn out of its target.yaml when that is no longer so.`,
        )
    })

  return program
}

/** The options that matrix and plan have in common. */
export function planning(command: Command): Command {
  return command
    .option('--quick', 'a smoke run of a few minutes')
    .option('--claims', 'what published claims are about, under the loads of their sources')
    .option('--all', 'every entry whatever its role; with --claims also the loads of the sources')
    .option('--profile <name>', 'a profile of matrix.yaml')
    .option('--scenario <name>', 'only this scenario; may be repeated', repeated, [])
    .option('--target <name>', 'only this target, or name/variant; may be repeated', repeated, [])
    .option('--repetitions <n>', 'exactly so many fresh starts of each', positiveInteger)
    .option('--capacity', 'search the highest rate within each slo')
    .option('--rate <perSecond>', 'offer this rate to every target; may be repeated', repeatedNumber, [])
    .option('--seed <n>', 'seed of order and arrivals', integer)
}

/** The options that choose targets and nothing about how they are measured. */
function choosing(command: Command): Command {
  return command
    .option('--scenario <name>', 'only what this scenario needs; may be repeated', repeated, [])
    .option('--target <name>', 'only what this target, or name/variant, needs; may be repeated', repeated, [])
    .option('--claims', 'what published claims are about')
    .option('--all', 'every target whatever its role')
}

/** Options that choose what is planned; a plan that is there already cannot be chosen. */
const PLANNING = [
  'quick',
  'claims',
  'all',
  'profile',
  'scenario',
  'target',
  'repetitions',
  'capacity',
  'rate',
  'seed',
] as const

/**
 * Which run is meant. An option that the run could not follow is refused, not left aside.
 *
 * @throws BakeoffError BAD_SPEC
 */
export function toWhich(cells: readonly string[], flags: MatrixFlags): Which {
  const { resume, replay } = flags
  if (resume === undefined && replay === undefined) {
    if (cells.length === 0) return { kind: 'new', plan: toPlanOptions(flags) }
    throw new BakeoffError('BAD_SPEC', `matrix takes no names by themselves: ${cells.join(' ')}`, {
      hint: `Choose with options: npm run matrix -- --target ${cells[0]?.split('/')[1] ?? cells[0]}. Names of cells come with --replay.`,
    })
  }
  if (resume !== undefined && replay !== undefined) {
    throw new BakeoffError('BAD_SPEC', '--resume goes on with a run and --replay begins a new one: only one of them', {
      hint: `A replay that stopped is a run of its own: npm run matrix -- --resume ${resume === true ? '' : resume}`.trim(),
    })
  }
  const option = resume === undefined ? '--replay' : '--resume'
  const refused = PLANNING.filter((name) => {
    const value = flags[name]
    return Array.isArray(value) ? value.length > 0 : value !== undefined
  })
  if (refused.length > 0) {
    throw new BakeoffError(
      'BAD_SPEC',
      `${option} measures the plan of an earlier run, so ${refused.map((name) => `--${name}`).join(', ')} cannot change it`,
      {
        hint:
          replay === undefined
            ? 'Leave it out, or begin a new run: npm run matrix'
            : `Leave it out. Narrow a replay to cells by their names: npm run matrix -- --replay ${replay} scenario/target/variant`,
      },
    )
  }
  if (replay !== undefined) return { kind: 'replay', run: replay, cells }
  if (cells.length > 0) {
    throw new BakeoffError('BAD_SPEC', `--resume measures all that is left of a run, not ${cells.join(', ')} alone`, {
      hint: `Measure only that again, as a new run: npm run matrix -- --replay RUN ${cells.join(' ')}`,
    })
  }
  return { kind: 'resume', run: resume === true ? null : (resume ?? null) }
}

export function toPlanOptions(flags: PlanFlags): PlanOptions {
  return {
    selection: {
      scenarios: orNull(flags.scenario ?? []),
      targets: orNull(flags.target ?? []),
      all: flags.all ?? false,
      claims: flags.claims ?? false,
    },
    profile: flags.profile ?? (flags.quick ? 'quick' : 'default'),
    repetitions: flags.repetitions ?? null,
    capacity: flags.capacity ?? false,
    rates: flags.rate ?? [],
    seed: flags.seed ?? null,
  }
}

function orNull(names: readonly string[]): readonly string[] | null {
  return names.length > 0 ? names : null
}

function repeated(value: string, before: readonly string[]): string[] {
  return [...before, ...value.split(',').map((name) => name.trim())]
}

function repeatedNumber(value: string, before: readonly number[]): number[] {
  const number = Number(value)
  if (!(number > 0)) throw new InvalidArgumentError('It is requests a second, above 0.')
  return [...before, number]
}

function positiveInteger(value: string): number {
  const number = Number(value)
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('It is a whole number from 1 on.')
  return number
}

function integer(value: string): number {
  const number = Number(value)
  if (!Number.isInteger(number)) throw new InvalidArgumentError('It is a whole number.')
  return number
}
