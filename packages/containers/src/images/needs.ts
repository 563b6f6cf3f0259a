import type { ImageRequest } from '@bakeoff/runner/ports'
import { baseName } from '../base/names.js'
import { readDockerfile } from '../building/dockerfile.js'
import { readInside } from '../read-inside.js'
import { checkReferences, folderOfImage, type ImageFolders, isOurs } from './references.js'

/**
 * The given images and all that their Dockerfiles name, each once, each after the images that it is built on.
 *
 * @throws BakeoffError BAD_SPEC as `checkReferences`
 */
export async function needsOf(folders: ImageFolders, requests: readonly ImageRequest[]): Promise<ImageRequest[]> {
  const needs = new Map<string, ImageRequest>()
  const add = (request: ImageRequest): void => {
    if (needs.has(request.name)) return
    const { folder, dockerfile = 'Dockerfile', stage } = request
    const text = folder === null ? '' : (readInside(folder, dockerfile) ?? '')
    // The Debian below the base image is found or made, and has no folder.
    const below = request.name === baseName ? [] : readDockerfile(text, stage).images
    for (const name of below) {
      const known = requests.find((one) => one.name === name)
      add(known ?? { name, folder: isOurs(name) ? folderOfImage(folders, name) : null, requires: [] })
    }
    needs.set(request.name, request)
  }
  for (const request of requests) {
    const { name, folder } = request
    if (folder !== null) await checkReferences(folders, name, { ...request, folder })
    add(request)
  }
  return [...needs.values()]
}
