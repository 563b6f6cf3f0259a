/** The scenario that init began, in whose place another one is written. */
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type ScenarioDraft, servicesOfBegun, withScenario } from '@bakeoff/core'
import { BakeoffError } from '@bakeoff/model'
import { writeWhole } from './durable-file.js'
import { type NewFile, writeNew } from './new-files.js'
import { MATRIX, shownPath } from './project.js'

export interface ReplacedScenario {
  readonly name: string
  readonly services: ScenarioDraft['services']
  /** its files, the one that makes it a scenario first */
  readonly files: readonly NewFile[]
  /** the files of targets that serve it, by the names of these */
  readonly targets: Readonly<Record<string, string>>
}

/** @throws BakeoffError BAD_SPEC where there is no such scenario, or its user has written more into it than services */
export function readReplaced(root: string, name: string): ReplacedScenario {
  const [yaml, folder] = [`compose/${name}.yaml`, `compose/${name}`]
  const paths = [yaml, `${folder}/requests.ndjson`, `${folder}/golden.ndjson`]
  if (!existsSync(join(root, yaml)))
    throw new BakeoffError('BAD_SPEC', `there is no scenario ${name} whose place could be taken`, {
      hint: 'npm run list shows what there is. Without --replace nothing is removed.',
    })
  const isWhole = paths.every((path) => existsSync(join(root, path))) && readdirSync(join(root, folder)).length === 2
  const files = isWhole ? paths.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') })) : []
  const [written = '', requests = '', golden = ''] = files.map(({ text }) => text)
  const services = servicesOfBegun({ name, yaml: written, requests, golden })
  if (services === null)
    throw new BakeoffError('BAD_SPEC', `${shownPath(join(root, yaml))} is not as init wrote it, and is not removed`, {
      hint: 'Leave --replace out, and choose another name. What is not needed any more you remove yourself.',
    })
  return { name, services, files, targets: targetsServing(root, name) }
}

/** Writes the files of a scenario in the place of the one that was begun: that is removed, and targets and matrix.yaml name this one. */
export function takeItsPlace(
  root: string,
  { name: old, files, targets }: ReplacedScenario,
  { name, texts }: { readonly name: string; readonly texts: readonly NewFile[] },
): void {
  for (const { path } of files) rmSync(join(root, path))
  rmdirSync(join(root, 'compose', old))
  try {
    writeNew(root, texts)
  } catch (error) {
    writeNew(root, files.toReversed())
    throw error
  }
  for (const path of [...Object.values(targets), MATRIX]) {
    const text = withScenario(readFileSync(join(root, path), 'utf8'), old, name)
    if (text !== null) writeWhole(join(root, path), text)
  }
}

function targetsServing(root: string, scenario: string): Record<string, string> {
  const folder = join(root, 'targets')
  const names = existsSync(folder) ? readdirSync(folder).sort() : []
  return Object.fromEntries(
    names.flatMap((name) => {
      const path = `targets/${name}/target.yaml`
      const isServing =
        existsSync(join(root, path)) &&
        withScenario(readFileSync(join(root, path), 'utf8'), scenario, scenario) !== null
      return isServing ? [[name, path] as const] : []
    }),
  )
}
