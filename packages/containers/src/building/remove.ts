import type { EngineClient } from '../client/client.js'
import { statusOf } from '../client/errors.js'

/** How many builds of one name are kept, the current one included. */
const KEPT_BUILDS = 3

/**
 * Removes the tags of the oldest builds of a name, so that a folder that often changes does not fill the disk. What
 * containers still use stays. Never fails, since nothing depends on it.
 */
export async function forgetOldBuilds(client: EngineClient, name: string): Promise<void> {
  try {
    const builds = await client.images.list([name])
    const old = builds.sort((a, b) => b.Created - a.Created).slice(KEPT_BUILDS)
    await removeTags(
      client,
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
export async function removeBuiltImages(
  client: EngineClient,
  which: 'targets and services' | 'all',
): Promise<string[]> {
  const images = await client.images.list(['bakeoff/*', 'bakeoff/*/*', 'bakeoff/*/*/*'])
  const tags = images.sort((a, b) => b.Created - a.Created).flatMap(({ RepoTags }) => RepoTags ?? [])
  return removeTags(client, which === 'all' ? tags : tags.filter((tag) => !/^bakeoff\/(?:base|debian):/.test(tag)))
}

/** Removes a tag; the engine removes an image with its last tag. 404 means that another process was faster, 409 that it is in use. */
async function removeTags(client: EngineClient, tags: readonly string[]): Promise<string[]> {
  const removed: string[] = []
  for (const tag of tags) {
    try {
      await client.images.remove(tag)
      removed.push(tag)
    } catch (error) {
      const status = statusOf(error)
      if (status !== 404 && status !== 409) throw error
    }
  }
  return removed
}
