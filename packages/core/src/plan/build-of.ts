import { posix } from 'node:path'
import type { PlannedEntry } from '@bakeoff/model'

/** A folder that is built, relative to the project, and how. */
export interface PlannedBuild {
  readonly context: string
  /** relative to the context */
  readonly dockerfile: string
  /** null: the last stage */
  readonly stage: string | null
}

type Made = Pick<PlannedEntry, 'folder' | 'imageFrom'>

/** What the image of an entry is built from; null: nothing is built. */
export function buildOf({ folder, imageFrom }: Made): PlannedBuild | null {
  if (!imageFrom) return { context: folder, dockerfile: 'Dockerfile', stage: null }
  return imageFrom.kind === 'build' ? imageFrom : null
}

/** The path of an entry's Dockerfile, relative to the project; null: nothing is built. */
export function dockerfileOf(entry: Made): string | null {
  const build = buildOf(entry)
  return build && posix.join(build.context, build.dockerfile)
}
