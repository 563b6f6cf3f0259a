import { cpSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Catalogue } from '@bakeoff/core'
import { didYouMean, needKnown } from '@bakeoff/core'
import { BakeoffError, type ScenarioSpec, type TargetSpec } from '@bakeoff/model'
import { asWritten } from '../called-as.js'
import { writeGeneralTarget } from '../general-target.js'
import { needPlaceToAdd, openCatalogue, type Project, shownPath } from '../project.js'
import { filesOf, LEFT_OUT } from '../target-files.js'
import { templateNamedIn, writeCopies } from '../templates.js'
import type { AddCommand } from './shared/command.js'

interface Flags extends Omit<NewTargetOptions, 'scenario'> {
  readonly scenario?: string
}

export const addNewTarget: AddCommand = (program, { project, terminal }) =>
  program
    .command('new-target')
    .description('make a new target: one that passes check as it is, or for another language files to fill in')
    .requiredOption('--name <name>', 'its name, which is its folder in targets/')
    .requiredOption(
      '--language <language>',
      'python, go, elixir, rust, node or java; any other gets a general template',
    )
    .option('--scenario <name>', 'the scenario it serves; predict, or the only one that there is')
    .action((flags: Flags) => {
      const catalogue = openCatalogue(project, terminal)
      const options = { ...flags, scenario: flags.scenario ?? usualScenario(catalogue) }
      const made = newTarget(project, catalogue, options)
      const check = `npm run check -- ${options.name}`
      terminal.print(
        made.from === null
          ? `${shownPath(made.folder)} is there, made from the template for any language. Its README has the contract as a list; fill in the Dockerfile, then: ${check} --watch`
          : `${shownPath(made.folder)} is there, made from ${made.from}. It runs as it is: ${check}`,
      )
      if (made.standsInFor.length > 0)
        terminal.say(
          `It stands in for ${made.standsInFor.join(', ')} as ${made.from} does, so no headline has it: take standIn out of its target.yaml when that is no longer so.`,
        )
    })

/** @throws BakeoffError BAD_SPEC when it is open which scenario is meant */
export function usualScenario({ scenarios }: Pick<Catalogue, 'scenarios'>): string {
  const ids = scenarios.map(({ id }) => id)
  const [only, another] = ids
  if (ids.includes(USUAL_SCENARIO)) return USUAL_SCENARIO
  if (only !== undefined && another === undefined) return only
  throw new BakeoffError('BAD_SPEC', 'it is open which scenario the target serves', {
    hint:
      only === undefined ? 'There is none yet: npm run new-scenario' : `Add --scenario: there are ${ids.join(', ')}.`,
  })
}

/** The smallest of the shipped scenarios. */
const USUAL_SCENARIO = 'predict'

interface NewTargetOptions {
  readonly name: string
  readonly language: string
  readonly scenario: string
}

export interface NewTarget {
  readonly folder: string
  /** the shipped target it was made from; null: the template for any language */
  readonly from: string | null
  /** libraries that it was written without, as its `standIn` says until a contributor takes it out */
  readonly standsInFor: readonly string[]
}

/**
 * Makes a target that passes `check` as it is: a copy of the smallest shipped target of the language that serves the
 * scenario, under the new name; a stand-in is copied only where there is nothing else. The plumbing is taken from
 * templates/. So the contributor changes something that runs already. In a language of which nothing is shipped for the scenario, it gets the
 * template for any language.
 *
 * @throws BakeoffError BAD_SPEC for a name that is taken or impossible, a language that is probably mistyped, or a scenario that is not there
 */
export function newTarget(project: Project, catalogue: Catalogue, options: NewTargetOptions): NewTarget {
  needPlaceToAdd(project)
  const { name, scenario } = options
  const language = languageOf(options.language, catalogue)
  if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) {
    throw new BakeoffError('BAD_SPEC', `"${name}" cannot be the name of a target`, {
      hint: 'Names are lower-case letters, digits and hyphens, such as go-chi.',
    })
  }
  const folder = join(project.root, 'targets', name)
  if (existsSync(folder))
    throw new BakeoffError('BAD_SPEC', `targets/${name} is there already`, {
      hint: 'Choose another name, or remove the folder.',
    })
  const [source] = candidates(catalogue, language, scenario).sort(
    (a, b) => Number(isStandIn(a)) - Number(isStandIn(b)) || sizeOf(a.folder) - sizeOf(b.folder),
  )
  if (!source) return generalTarget(project, catalogue, folder, { name, language, scenario })

  cpSync(source.folder, folder, { recursive: true, filter: (path) => !LEFT_OUT.has(basename(path)) })
  try {
    for (const file of filesOf(folder)) rename(file, source.name, name)
    writeFileSync(join(folder, 'README.md'), asWritten(readme(name, source.name, scenario), project))
    writeCopies(project.root, name)
  } catch (error) {
    rmSync(folder, { recursive: true }) // half a target would be found by the next scan
    throw error
  }
  return {
    folder,
    from: source.name,
    standsInFor: source.variants.find(({ standIn }) => standIn)?.standIn?.for ?? [],
  }
}

/** A README of its own: the figures in the source's README were measured with another service. */
function readme(name: string, from: string, scenario: string): string {
  return `# ${name}

Made from \`${from}\` by \`npm run new-target\`; nothing of it was measured yet.

What belongs here: the server and the libraries, and why these; how many processes and threads it runs under a cap of cores; the settings that
matter, and what happens when a service that it needs is away. Figures come from runs of this target, with their conditions beside them:

    npm run check -- ${name}
    npm run matrix -- --target ${name} --scenario ${scenario}
`
}

function candidates(catalogue: Catalogue, language: string, scenario: string): TargetSpec[] {
  return catalogue.targets.filter(
    (target) =>
      target.language === language &&
      target.scenarios.includes(scenario) &&
      target.requires.length === 0 &&
      target.imageFrom === undefined,
  )
}

function isStandIn({ variants }: TargetSpec): boolean {
  return variants.every(({ standIn }) => standIn !== null)
}

function generalTarget(
  project: Project,
  catalogue: Catalogue,
  folder: string,
  { name, language, scenario }: NewTargetOptions,
): NewTarget {
  needKnown(
    'scenario',
    scenario,
    catalogue.scenarios.map(({ id }) => id),
  )
  const served = catalogue.scenarios.find(({ id }) => id === scenario) as ScenarioSpec
  try {
    writeGeneralTarget(project, folder, { name, language, scenario: served })
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
  return { folder, from: null, standsInFor: [] }
}

/** Names by which people call a language of shipped targets. */
const CALLED: Readonly<Record<string, string>> = {
  golang: 'go',
  javascript: 'node',
  typescript: 'node',
  nodejs: 'node',
  js: 'node',
  ts: 'node',
  py: 'python',
  rs: 'rust',
  ex: 'elixir',
}

/**
 * The language as target.yaml names it.
 *
 * @throws BakeoffError BAD_SPEC for what cannot be a name, and for what is nearly the name of a shipped one
 */
function languageOf(given: string, { targets }: Catalogue): string {
  const typed = given.trim().toLowerCase()
  const language = Object.hasOwn(CALLED, typed) ? (CALLED[typed] as string) : typed
  if (!/^[a-z0-9][a-z0-9-]*$/.test(language)) {
    throw new BakeoffError('BAD_SPEC', `"${given}" cannot be the name of a language`, {
      hint: 'Names are lower-case letters, digits and hyphens, such as cpp, csharp or c.',
    })
  }
  const shipped = [...new Set(targets.map((target) => target.language))]
  const meant = shipped.includes(language) || language.length < 4 ? null : didYouMean(language, shipped)
  if (meant === null) return language
  throw new BakeoffError('BAD_SPEC', `there is no shipped target in "${given}"`, {
    hint: `Did you mean "${meant}"? Any other language gets the general template, by a name that is not so near to one of ${shipped.join(', ')}.`,
  })
}

function rename(file: string, from: string, to: string): void {
  const bytes = readFileSync(file)
  if (bytes.includes(0)) return // binary
  const text = bytes.toString('utf8')
  // What a line names as its template may have the name of a target in it.
  const renamed = text.split('\n').map((line) => (templateNamedIn(line) ? line : line.replaceAll(from, () => to)))
  if (text.includes(from)) writeFileSync(file, renamed.join('\n'))
}

function sizeOf(folder: string): number {
  return filesOf(folder).reduce((sum, file) => sum + statSync(file).size, 0)
}
