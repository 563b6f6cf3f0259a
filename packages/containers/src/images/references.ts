import { existsSync } from 'node:fs'
import { isAbsolute, join, relative } from 'node:path'
import { BakeoffError } from '@bakeoff/model'
import { readDockerfile } from '../building/dockerfile.js'
import { readInside, realInside } from '../read-inside.js'

/** A folder that an image is made from, and what in it. */
export interface Buildable {
  readonly folder: string
  /** relative to the folder; absent: `Dockerfile` */
  readonly dockerfile?: string | undefined
  /** absent: the last one */
  readonly stage?: string | undefined
}

/** Where the folders of Bakeoff's own images lie. */
export interface ImageFolders {
  /** the project, with compose/ and targets/ in it */
  readonly root: string
  /** what the program brings along: folders of compose/ that the project does not have, such as compose/base. The checkout itself, where the project is one */
  readonly home: string
}

/**
 * The folder of one of Bakeoff's own images: `bakeoff/target/x` in targets/, any other `bakeoff/x/y` in compose/, of the project where it has one, else of what the program
 * brings along.
 */
export function folderOfImage({ root, home }: ImageFolders, name: string): string {
  const target = /^bakeoff\/target\/([a-z0-9][a-z0-9_.-]*)$/.exec(name)?.[1]
  if (target) return join(root, 'targets', target)
  const path = /^bakeoff\/((?:[a-z0-9][a-z0-9_.-]*\/)*[a-z0-9][a-z0-9_.-]*)$/.exec(name)?.[1]
  if (path) {
    const [own, brought] = [root, home].map((folder) => join(folder, 'compose', ...path.split('/'))) as [string, string]
    return !existsSync(own) && existsSync(brought) ? brought : own
  }
  throw new BakeoffError('BAD_SPEC', `"${name}" is not the name of an image that Bakeoff builds`, {
    hint: 'The image bakeoff/x is the folder compose/x, bakeoff/target/x is targets/x, both without a tag.',
  })
}

/** Whether a Dockerfile means an image that is built from a folder here. */
export function isOurs(reference: string): boolean {
  return reference.startsWith('bakeoff/')
}

/**
 * Follows the references between folders, before anything is built.
 *
 * @throws BakeoffError BAD_SPEC when a folder is missing, or images need one another in a circle
 */
export async function checkReferences(
  folders: ImageFolders,
  name: string,
  { folder, dockerfile = 'Dockerfile', stage }: Buildable,
  path: readonly string[] = [],
): Promise<void> {
  if (path.includes(name)) {
    throw new BakeoffError(
      'BAD_SPEC',
      `these images need one another: ${[...path.slice(path.indexOf(name)), name].join(' → ')}`,
      {
        hint: 'Take one of the references out of its Dockerfile.',
      },
    )
  }
  // A folder of the project that is a link out of it would be built with files from there. The shipped folders of Bakeoff are not checked.
  const place = relative(folders.root, folder)
  if (!place.startsWith('..') && !isAbsolute(place)) realInside(folders.root, place)
  const text = readInside(folder, dockerfile) ?? '' // reading the context reports a missing file
  for (const reference of readDockerfile(text, stage).images.filter(isOurs)) {
    const below = folderOfImage(folders, reference)
    if (!existsSync(join(below, 'Dockerfile'))) {
      throw new BakeoffError(
        'BAD_SPEC',
        `${join(folder, dockerfile)} refers to ${reference}, and ${below} has no Dockerfile`,
        {
          hint: 'Create that folder, or correct the name.',
        },
      )
    }
    // The Debian below the base image is found or made, and has no folder.
    if (reference !== 'bakeoff/base') await checkReferences(folders, reference, { folder: below }, [...path, name])
  }
}
