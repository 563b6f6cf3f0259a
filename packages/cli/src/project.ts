import { type Dirent, existsSync, readdirSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readInside } from '@bakeoff/containers'
import {
  type BrokenPart,
  brokenPart,
  type Catalogue,
  checkCatalogue,
  leftOutWords,
  type PartPlace,
  parseClaim,
  parseMatrix,
  parseScenario,
  parseTarget,
  type ScenarioTexts,
} from '@bakeoff/core'
import { BakeoffError, type ScenarioSpec, type TargetSpec } from '@bakeoff/model'
import { lookAtBuild, repositoryOf } from './repository.js'
import type { Terminal } from './terminal.js'

/** The folders of the project and of its reports. */
export interface Project {
  readonly root: string
  readonly reports: string
}

/** The checkout this program is in; BAKEOFF_ROOT and BAKEOFF_REPORTS name other places. */
export function findProject(env: Readonly<Record<string, string | undefined>>): Project {
  const root = resolve(env.BAKEOFF_ROOT ?? join(dirname(fileURLToPath(import.meta.url)), '../../..'))
  return { root, reports: resolve(env.BAKEOFF_REPORTS ?? join(root, 'reports')) }
}

/** Requests and golden answers may be long: those of the largest shipped scenario are 2.5 MB. */
const CORPUS_BYTES = 256 * 1024 ** 2

/**
 * Reads targets/, compose/, claims/ and matrix.yaml. Nothing is registered: a folder with a target.yaml is a target, a
 * YAML file in compose/ is a scenario. A part that cannot be used is `broken`, and the others are still read.
 *
 * @param drafts scenarios that are not written yet, and that targets may name
 * @throws BakeoffError BAD_SPEC for matrix.yaml, without which there is no plan
 */
export function readCatalogue({ root }: Pick<Project, 'root'>, drafts: readonly ScenarioSpec[] = []): Catalogue {
  needRoot(root)
  const matrix = parseMatrix(
    'matrix.yaml',
    mustRead(root, 'matrix.yaml'),
    yamlFiles(root, 'compose').map(({ name }) => name),
  )
  const broken: BrokenPart[] = []
  const parts = readParts({ root, repository: repositoryOf(root) }, broken)
  const claims = yamlFiles(root, 'claims').flatMap(({ name, file }) =>
    collect(broken, { kind: 'claim', name, file }, () => parseClaim(file, mustRead(root, file))),
  )
  return checkCatalogue({ matrix, ...parts, scenarios: [...parts.scenarios, ...drafts], claims, broken })
}

/** What a run needs in its root, beside scenarios and targets. The last two are for variants behind a proxy and for the second instrument. */
const OF_ROOT = ['matrix.yaml', 'compose/base', 'compose/null-server', 'compose/caddy', 'compose/wrk']

/**
 * Says at once all that is missing in a folder that is no project yet.
 *
 * @throws BakeoffError BAD_SPEC
 */
function needRoot(root: string): void {
  if (existsSync(join(root, 'matrix.yaml'))) return
  const [, ...others] = OF_ROOT.filter((path) => !existsSync(join(root, path)))
  const more = others.length === 0 ? '' : `, and so ${others.length === 1 ? 'is' : 'are'} ${others.join(', ')}`
  throw new BakeoffError('BAD_SPEC', `matrix.yaml is missing in ${root}${more}`, {
    hint: `In a checkout, git status shows what is gone. A project of your own (BAKEOFF_ROOT) has the folders as copies of a checkout's, and a matrix.yaml with the profiles default and quick.`,
  })
}

/** A folder with targets/ and compose/, and the repository that it is part of, within which targets are built. */
export interface PartsPlace {
  readonly root: string
  readonly repository: string
}

/** Reads targets/ and compose/ of a folder. Parts that cannot be used are added to `broken`. */
export function readParts(place: PartsPlace, broken: BrokenPart[]): Pick<Catalogue, 'scenarios' | 'targets'> {
  const { root } = place
  const scenarios = yamlFiles(root, 'compose').flatMap(({ name, file }) =>
    collect(broken, { kind: 'scenario', name, file }, () => readScenario(root, name, file)),
  )
  const targets = targetFolders(root).flatMap((name) =>
    collect(broken, { kind: 'target', name, file: `targets/${name}/target.yaml` }, () => readTarget(place, name)),
  )
  return { scenarios, targets }
}

function collect<T>(broken: BrokenPart[], place: PartPlace, read: () => T): T[] {
  try {
    return [read()]
  } catch (error) {
    if (!(error instanceof BakeoffError)) throw error
    broken.push(brokenPart(place, error))
    return []
  }
}

/** Reads the project and prints which parts are left out, with everything that is wrong and what to do. Called once in a command. */
export function openCatalogue(
  project: Project,
  terminal: Pick<Terminal, 'say' | 'colours'>,
  drafts: readonly ScenarioSpec[] = [],
): Catalogue {
  const catalogue = readCatalogue(project, drafts)
  for (const part of catalogue.broken) for (const line of brokenLines(part, terminal)) terminal.say(line)
  return catalogue
}

function brokenLines(part: BrokenPart, { colours }: Pick<Terminal, 'colours'>): string[] {
  const lines = [...part.message.split('\n'), part.hint]
  return [colours.yellow(`! ${leftOutWords(part)}:`), ...lines.map((line) => `    ${line}`)]
}

function readTarget({ root, repository }: PartsPlace, name: string): TargetSpec {
  const folder = join(root, 'targets', name)
  const file = `targets/${name}/target.yaml`
  return parseTarget({
    name,
    folder,
    file,
    yaml: mustRead(root, file, 'Write one (docs/adding-a-target.md), or move the folder out of targets/.'),
    dockerfile: readInside(root, `targets/${name}/Dockerfile`),
    lookAt: (wanted) => lookAtBuild(folder, wanted, repository),
    buildable: (path) => readInside(root, `compose/${path}/Dockerfile`) !== null,
  })
}

function readScenario(root: string, id: string, file: string): ScenarioSpec {
  return parseScenario({
    ...scenarioPlace(root, id),
    yaml: mustRead(root, file),
    read: (path) => readInside(root, `compose/${path}`, CORPUS_BYTES),
  })
}

/** What a scenario of this name is read with, beside its texts. */
export function scenarioPlace(root: string, id: string): Pick<ScenarioTexts, 'id' | 'file' | 'resolve' | 'buildable'> {
  return {
    id,
    file: `compose/${id}.yaml`,
    resolve: (path) => join(root, 'compose', path),
    buildable: (path) => readInside(root, `compose/${path}/Dockerfile`) !== null,
  }
}

/** The entries of a folder of the project, sorted by name. */
function entriesOf(root: string, folder: string): Dirent[] {
  const path = join(root, folder)
  if (!existsSync(path)) return []
  return readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
}

function yamlFiles(root: string, folder: string): { name: string; file: string }[] {
  return entriesOf(root, folder)
    .filter(({ name }) => name.endsWith('.yaml'))
    .map(({ name }) => ({ name: name.replace(/\.yaml$/, ''), file: `${folder}/${name}` }))
}

/**
 * Folders, and links in the place of one, that are meant to be a target: those with a target.yaml, be it a link to nothing, or
 * a Dockerfile, and those that cannot be read. Other folders are ignored, such as what a build left.
 */
function targetFolders(root: string): string[] {
  return entriesOf(root, 'targets')
    .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
    .filter(({ name }) => {
      try {
        return readdirSync(join(root, 'targets', name)).some((file) => file === 'target.yaml' || file === 'Dockerfile')
      } catch (error) {
        return (error as NodeJS.ErrnoException).code !== 'ENOTDIR' // a link to a file
      }
    })
    .map(({ name }) => name)
}

function mustRead(
  root: string,
  file: string,
  hint = 'Is this a whole checkout? git status shows what is gone.',
): string {
  const text = readInside(root, file)
  if (text === null) throw new BakeoffError('BAD_SPEC', `${file} is missing in ${root}`, { hint })
  return text
}

/** A path as a person types it: relative to the folder they are in. */
export function shownPath(path: string): string {
  const short = relative(process.cwd(), path)
  return short.startsWith('..') ? path : short || '.'
}
