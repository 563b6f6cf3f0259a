import { cpSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Catalogue } from '@bakeoff/core'
import { didYouMean } from '@bakeoff/core'
import { BakeoffError, type TargetSpec } from '@bakeoff/model'
import { openCatalogue, type Project, shownPath } from '../project.js'
import { filesOf, LEFT_OUT } from '../target-files.js'
import { templateNamedIn, writeCopies } from '../templates.js'
import type { AddCommand } from './shared/command.js'

export const addNewTarget: AddCommand = (program, { project, terminal }) =>
  program
    .command('new-target')
    .description('make a new target, which passes check as it is')
    .requiredOption('--name <name>', 'its name, which is its folder in targets/')
    .requiredOption('--language <language>', 'python, go, elixir, rust, node or java')
    .option('--scenario <name>', 'the scenario it serves', 'predict')
    .action((options: NewTargetOptions) => {
      const made = newTarget(project, openCatalogue(project, terminal), options)
      terminal.print(
        `${shownPath(made.folder)} is there, made from ${made.from}. It runs as it is: npm run check -- ${options.name}`,
      )
      if (made.standsInFor.length > 0)
        terminal.say(
          `It stands in for ${made.standsInFor.join(', ')} as ${made.from} does, so no headline has it: take standIn out of its target.yaml when that is no longer so.`,
        )
    })

interface NewTargetOptions {
  readonly name: string
  readonly language: string
  readonly scenario: string
}

export interface NewTarget {
  readonly folder: string
  /** the shipped target it was made from */
  readonly from: string
  /** libraries that it was written without, as its `standIn` says until a contributor takes it out */
  readonly standsInFor: readonly string[]
}

/**
 * Makes a target that passes `check` as it is: a copy of the smallest shipped target of the language that serves the
 * scenario, under the new name; a stand-in is copied only where there is nothing else. The plumbing is taken from
 * templates/. So the contributor changes something that runs already.
 *
 * @throws BakeoffError BAD_SPEC for a name that is taken or impossible, or a language that no target is written in
 */
export function newTarget(project: Project, catalogue: Catalogue, options: NewTargetOptions): NewTarget {
  const { name, language, scenario } = options
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
  if (!source) throw noSource(catalogue, language, scenario)

  cpSync(source.folder, folder, { recursive: true, filter: (path) => !LEFT_OUT.has(basename(path)) })
  try {
    for (const file of filesOf(folder)) rename(file, source.name, name)
    writeFileSync(join(folder, 'README.md'), readme(name, source.name, scenario))
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
    (target) => target.language === language && target.scenarios.includes(scenario) && target.requires.length === 0,
  )
}

function isStandIn({ variants }: TargetSpec): boolean {
  return variants.every(({ standIn }) => standIn !== null)
}

function noSource(catalogue: Catalogue, language: string, scenario: string): BakeoffError {
  const languages = [
    ...new Set(
      catalogue.targets.filter((target) => target.scenarios.includes(scenario)).map((target) => target.language),
    ),
  ]
  const meant = didYouMean(language, languages)
  return new BakeoffError('BAD_SPEC', `no shipped target serves ${scenario} in "${language}"`, {
    hint: meant
      ? `Did you mean "${meant}"?`
      : `There are ${languages.join(', ')}. For any other language write the folder yourself: docs/adding-a-target.md`,
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
