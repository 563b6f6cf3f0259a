import { dockerfileOf, shownEntries } from '@bakeoff/core'
import type { Plan, StoredFingerprint } from '@bakeoff/model'
import { type BuiltImages, buildImages, type ImageSource, type Ports } from '@bakeoff/runner'
import { withImages } from './fingerprints.js'
import { readDockerfileAt } from './repository.js'
import type { RunFolder } from './run-folder.js'
import type { Setting } from './setting.js'

export interface RunImages {
  /** the images that the run has by now; none of them is built again */
  readonly given: BuiltImages
  /** grows with each built image, and is written before that image is measured. Null: the run keeps no fingerprint */
  readonly fingerprint: StoredFingerprint | null
  readonly folder: RunFolder
  readonly plan: Plan
}

/** The images of a run: those that it has already, and the others, each built when its block comes. */
export function imagesOfRun(
  { given, fingerprint, folder, plan }: RunImages,
  { project, signal }: Pick<Setting, 'project'> & { readonly signal: AbortSignal },
  ports: Ports,
): ImageSource {
  let stored = fingerprint
  return async (requests) => {
    const missing = requests.filter(({ name }) => !given.has(name))
    const built = await buildImages(missing, ports, signal)
    keepDockerfiles(folder, plan, project.root, built)
    if (stored !== null && missing.length > 0) {
      stored = withImages(stored, built)
      folder.writeFingerprint(stored)
    }
    const found = requests.flatMap(({ name }) => {
      const image = given.get(name)
      return image ? [[name, image] as const] : []
    })
    return new Map([...found, ...built])
  }
}

/**
 * Writes the Dockerfiles that were built. An image is made from its files as they are at its turn, which may be an hour after the run began: the report
 * shows the Dockerfile that was built. Everything else about a target is in the plan.
 */
function keepDockerfiles(folder: RunFolder, { entries }: Plan, root: string, built: BuiltImages): void {
  const context = folder.readContextIfThere()
  if (context === null) return
  const changed = shownEntries(entries).flatMap((entry) => {
    const { target, image } = entry
    const kept = context.targets[target]
    const path = dockerfileOf(entry)
    if (!built.has(image) || kept === undefined || path === null) return []
    const dockerfile = readDockerfileAt(root, path)
    return dockerfile === null || dockerfile === kept.dockerfile ? [] : [[target, { ...kept, dockerfile }] as const]
  })
  if (changed.length > 0)
    folder.writeContext({ ...context, targets: { ...context.targets, ...Object.fromEntries(changed) } })
}
