import { type Dirent, existsSync, readdirSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ImageFolders, readInside } from '@bakeoff/containers'
import {
  type BrokenPart,
  brokenPart,
  type Catalogue,
  checkCatalogue,
  leftOutWords,
  type PartPlace,
  PROJECT_FOLDER,
  parseClaim,
  parseMatrix,
  parseScenario,
  parseTarget,
  type ScenarioTexts,
} from '@bakeoff/core'
import { BakeoffError, type MatrixSpec, type ScenarioSpec, type TargetSpec } from '@bakeoff/model'
import { lookAtBuild, repositoryOf } from './repository.js'
import type { Terminal } from './terminal.js'

/** The folders of the project, of what the program brings along, and of the project's reports. */
export interface Project extends ImageFolders {
  readonly reports: string
  /** no project is where the program was started, so that this is the checkout that it lies in */
  readonly isElsewhere?: true
}

/** Names a project: its folder has one. */
export const MATRIX = 'matrix.yaml'

/**
 * The project that a command is for: the one that `from` is in, looked for upwards as git does, else the checkout that this program is in. BAKEOFF_ROOT and
 * BAKEOFF_REPORTS name other places. Where there is none it is `from`, and reading its catalogue says what is missing.
 *
 * @param from the folder in which the program was started
 */
export function findProject(env: Readonly<Record<string, string | undefined>>, from = process.cwd()): Project {
  const home = homeFolder()
  const found = env.BAKEOFF_ROOT ? resolve(env.BAKEOFF_ROOT) : projectAbove(from)
  const root = found ?? (isCheckout(home) ? home : from)
  return {
    root,
    home,
    reports: resolve(env.BAKEOFF_REPORTS ?? join(root, 'reports')),
    ...(found === null && root === home ? { isElsewhere: true as const } : {}),
  }
}

/**
 * Refuses to add something to a folder that is no project, and to the checkout for a user who is elsewhere: their own service would lie in Bakeoff's repository.
 *
 * @throws BakeoffError BAD_SPEC
 */
export function needPlaceToAdd({ root, isElsewhere }: Pick<Project, 'root' | 'isElsewhere'>): void {
  needRoot(root)
  if (!isElsewhere) return
  throw new BakeoffError('BAD_SPEC', `there is no project here, and nothing is added to ${root} from elsewhere`, {
    hint: `Begin a project in your repository: npm run init. To add to ${root} itself, go there.`,
  })
}

/** What the program brings along: the folder `home` of its package, or the checkout that it is built in. */
function homeFolder(): string {
  const own = join(dirname(fileURLToPath(import.meta.url)), '..')
  const packed = join(own, 'home')
  return existsSync(packed) ? packed : join(own, '../..')
}

/** The nearest project at or above a folder; null when there is none. */
export function projectAbove(folder: string): string | null {
  const within = join(folder, PROJECT_FOLDER)
  if (isProject(folder)) return folder
  if (isProject(within) && !isClone(within)) return within
  const above = dirname(folder)
  return above === folder ? null : projectAbove(above)
}

function isProject(folder: string): boolean {
  return existsSync(join(folder, MATRIX)) && existsSync(join(folder, 'compose'))
}

/** A clone of Bakeoff beside a repository, which has the name of the folder that a project has within one. */
function isClone(folder: string): boolean {
  return existsSync(join(folder, 'packages/cli/package.json'))
}

/** What a package brings along has no targets. */
function isCheckout(home: string): boolean {
  return existsSync(join(home, 'targets'))
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
export function readCatalogue({ root, home }: ImageFolders, drafts: readonly ScenarioSpec[] = []): Catalogue {
  needRoot(root)
  const matrix = readMatrix(root, root === home ? {} : readMatrix(home, {}).profiles)
  const broken: BrokenPart[] = []
  const parts = readParts({ root, repository: repositoryOf(root) }, broken)
  const claims = yamlFiles(root, 'claims').flatMap(({ name, file }) =>
    collect(broken, { kind: 'claim', name, file }, () => parseClaim(file, mustRead(root, file))),
  )
  // One that is not written yet takes the place of one of its name.
  const written = parts.scenarios.filter(({ id }) => drafts.every((draft) => draft.id !== id))
  return checkCatalogue({ matrix, ...parts, scenarios: [...written, ...drafts], claims, broken })
}

/** @param brought profiles that the program brings along, for those that the file does not have */
function readMatrix(root: string, brought: MatrixSpec['profiles']): MatrixSpec {
  const scenarios = yamlFiles(root, 'compose').map(({ name }) => name)
  return parseMatrix(MATRIX, mustRead(root, MATRIX), scenarios, brought)
}

/**
 * Says what to do in a folder that is no project.
 *
 * @throws BakeoffError BAD_SPEC
 */
function needRoot(root: string): void {
  if (existsSync(join(root, MATRIX))) return
  throw new BakeoffError('BAD_SPEC', `${MATRIX} is missing in ${root}`, {
    hint: `There is no project here or above. Begin one for the services of a repository: npm run init. In a checkout, git status shows what is gone. What a project has: docs/adding-a-scenario.md`,
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
    collect(broken, { kind: 'scenario', name, file }, () => readScenario(place, name, file)),
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

function readScenario(place: PartsPlace, id: string, file: string): ScenarioSpec {
  const { root } = place
  return parseScenario({
    ...scenarioPlace(place, id),
    yaml: mustRead(root, file),
    read: (path) => readInside(root, `compose/${path}`, CORPUS_BYTES),
  })
}

/** What a scenario of this name is read with, beside its texts. */
export function scenarioPlace(
  place: PartsPlace,
  id: string,
): Pick<ScenarioTexts, 'id' | 'file' | 'resolve' | 'buildable'> {
  const { root } = place
  return {
    id,
    file: `compose/${id}.yaml`,
    resolve: (path) => join(root, 'compose', path),
    buildable: (path) => isBuildable(place, path),
  }
}

/** Whether a scenario can build a service from a folder, which may lie elsewhere in the repository. */
function isBuildable({ root, repository }: PartsPlace, path: string): boolean {
  const compose = join(root, 'compose')
  const isOfProject = !relative(root, join(compose, path)).startsWith('..')
  if (isOfProject) return readInside(root, `compose/${path}/Dockerfile`) !== null
  const found = lookAtBuild(compose, { context: path, dockerfile: 'Dockerfile', stage: null }, repository)
  return 'context' in found && found.dockerfile !== null
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
