import type Docker from 'dockerode'
import { engineLost, isConnectionLost } from './progress.js'

/** How many builds of one name are kept, the current one included. */
const keptBuilds = 3

/**
 * Takes the tags off the oldest builds of a name, so that an often changed folder does not fill the disk. What
 * containers still use stays. Never fails: it is only tidying.
 */
export async function forgetOldBuilds(docker: Docker, name: string): Promise<void> {
  try {
    const builds = await docker.listImages({ filters: { reference: [name] } })
    const old = builds.sort((a, b) => b.Created - a.Created).slice(keptBuilds)
    await removeTags(
      docker,
      old
        .flatMap(({ RepoTags }) => RepoTags ?? [])
        .filter((tag) => tag.startsWith(`${name}:`) && !tag.endsWith(':latest')),
    )
  } catch {
    // the next build tries again
  }
}

/**
 * Removes the images that were built here. What containers use stays.
 *
 * @param which `targets and services` keeps the base image and the Debian below it, which take longest to get back
 * @returns the names that were removed
 * @throws BakeoffError ENGINE_LOST
 */
export async function removeBuiltImages(docker: Docker, which: 'targets and services' | 'all'): Promise<string[]> {
  try {
    const images = await docker.listImages({ filters: { reference: ['bakeoff/*', 'bakeoff/*/*', 'bakeoff/*/*/*'] } })
    const tags = images.sort((a, b) => b.Created - a.Created).flatMap(({ RepoTags }) => RepoTags ?? [])
    return await removeTags(
      docker,
      which === 'all' ? tags : tags.filter((tag) => !/^bakeoff\/(?:base|debian):/.test(tag)),
    )
  } catch (error) {
    throw isConnectionLost(error) ? engineLost('removing images', error) : error
  }
}

/** The engine removes an image with its last tag. 404 is somebody who was faster, 409 is in use. */
async function removeTags(docker: Docker, tags: readonly string[]): Promise<string[]> {
  const removed: string[] = []
  for (const tag of tags) {
    try {
      await docker.getImage(tag).remove()
      removed.push(tag)
    } catch (error) {
      const status = (error as { statusCode?: number }).statusCode
      if (status !== 404 && status !== 409) throw error
    }
  }
  return removed
}
