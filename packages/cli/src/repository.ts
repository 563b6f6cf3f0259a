/** The repository around a project, within which folders of other services lie that targets are built from. */
import { existsSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { readInside, realInside } from '@bakeoff/containers'
import { type FoundBuild, PROJECT_FOLDER, type WantedBuild } from '@bakeoff/core'
import { BakeoffError } from '@bakeoff/model'

/** The nearest folder around the project with a `.git` in it; where there is none the folder that has the project as its `bakeoff/`, else the project itself. */
export function repositoryOf(root: string): string {
  const project = resolve(root)
  for (let folder = project; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder
    if (folder === dirname(folder)) return basename(project) === PROJECT_FOLDER ? dirname(project) : project
  }
}

/**
 * Looks at the folder that a target wants to have built.
 *
 * @param folder     the target's own, to which the wanted one is relative
 * @param repository nothing outside of it is read, since what is built is published in reports
 */
export function lookAtBuild(folder: string, wanted: WantedBuild, repository: string): FoundBuild {
  const context = resolve(folder, wanted.context)
  const way = relative(repository, context)
  const hint = `Name a folder within ${repository}, relative to that of target.yaml, such as ../../services/orders.`
  if (way === '..' || way.startsWith(`..${sep}`)) return { why: `${wanted.context} leads out of the repository`, hint }
  try {
    if (realInside(repository, way) === null || !statSync(context).isDirectory())
      return { why: `there is no folder ${wanted.context}`, hint }
    return { context, dockerfile: readInside(context, wanted.dockerfile) }
  } catch (error) {
    if (!(error instanceof BakeoffError)) throw error
    return { why: error.message, hint: error.hint ?? hint }
  }
}

/** The text of a Dockerfile that a plan names, relative to the project; null: there is none. */
export function readDockerfileAt(root: string, path: string): string | null {
  const repository = repositoryOf(root)
  return readInside(repository, relative(repository, join(root, path)))
}
