import { existsSync, lstatSync, readdirSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readInside } from '@bakeoff/containers'
import { type Catalogue, checkCatalogue, parseClaim, parseMatrix, parseScenario, parseTarget } from '@bakeoff/core'
import { BakeoffError, type ScenarioSpec, type TargetSpec } from '@bakeoff/model'

/** Where the project and its reports are. */
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
 * YAML file in compose/ is a scenario.
 *
 * @throws BakeoffError BAD_SPEC with the problems of every file, so that they can be corrected in one go
 */
export function readCatalogue({ root }: Project): Catalogue {
  const problems: BakeoffError[] = []
  const collect = <T>(read: () => T): T[] => {
    try {
      return [read()]
    } catch (error) {
      if (!(error instanceof BakeoffError)) throw error
      problems.push(error)
      return []
    }
  }
  const scenarioFiles = yamlFiles(root, 'compose')
  const [matrix] = collect(() =>
    parseMatrix('matrix.yaml', mustRead(root, 'matrix.yaml'), scenarioFiles.map(scenarioIdOf)),
  )
  const scenarios = scenarioFiles.flatMap((file) => collect(() => readScenario(root, file)))
  const targets = foldersWith(root, 'targets', 'target.yaml').flatMap((name) => collect(() => readTarget(root, name)))
  const claims = yamlFiles(root, 'claims').flatMap((file) => collect(() => parseClaim(file, mustRead(root, file))))
  if (problems.length > 0 || !matrix) {
    throw new BakeoffError('BAD_SPEC', problems.map(({ message }) => message).join('\n\n'), {
      hint: problems[0]?.hint ?? '',
    })
  }
  return checkCatalogue({ matrix, scenarios, targets, claims })
}

function readTarget(root: string, name: string): TargetSpec {
  const folder = join(root, 'targets', name)
  const file = `targets/${name}/target.yaml`
  return parseTarget({
    name,
    folder,
    file,
    yaml: mustRead(root, file),
    dockerfile: readInside(root, `targets/${name}/Dockerfile`),
  })
}

function readScenario(root: string, file: string): ScenarioSpec {
  const beside = (path: string) => join(root, 'compose', path)
  return parseScenario({
    id: scenarioIdOf(file),
    file,
    yaml: mustRead(root, file),
    resolve: beside,
    read: (path) => readInside(root, `compose/${path}`, CORPUS_BYTES),
    buildable: (path) => readInside(root, `compose/${path}/Dockerfile`) !== null,
  })
}

function scenarioIdOf(file: string): string {
  return file.replace(/^compose\//, '').replace(/\.yaml$/, '')
}

function yamlFiles(root: string, folder: string): string[] {
  const path = join(root, folder)
  if (!existsSync(path)) return []
  return readdirSync(path)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => `${folder}/${name}`)
}

function foldersWith(root: string, folder: string, file: string): string[] {
  const path = join(root, folder)
  if (!existsSync(path)) return []
  return readdirSync(path)
    .filter((name) => isThere(join(path, name, file)))
    .sort()
}

/** Also a link to nothing is there: reading it says what is wrong. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

function mustRead(root: string, file: string): string {
  const text = readInside(root, file)
  if (text === null)
    throw new BakeoffError('BAD_SPEC', `${file} is missing in ${root}`, {
      hint: 'Is this a whole checkout? git status shows what is gone.',
    })
  return text
}

/** A path as a person types it: relative to the folder they are in. */
export function shownPath(path: string): string {
  const short = relative(process.cwd(), path)
  return short.startsWith('..') ? path : short || '.'
}
