import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type Docker from 'dockerode'
import { imageLabels } from './build.js'
import { engineLost, isConnectionLost } from './progress.js'

/** Where a run of benchmarks/first-minutes.mjs leaves what it saw, with its conditions. */
export const buildSecondsFile = 'compose/build-seconds.json'

/**
 * Seconds that an image's build takes from nothing: as an earlier build of that name took here, else as one took on the machine of
 * `compose/build-seconds.json`; null when nobody knows. Of several earlier ones the longest counts: the shorter ones found their
 * first layers in the builder's cache.
 *
 * @throws BakeoffError ENGINE_LOST
 */
export async function expectedBuildSeconds(docker: Docker, root: string, name: string): Promise<number | null> {
  return longest(await earlierHere(docker, name)) ?? (await committedSeconds(root)).get(name) ?? null
}

/** What the committed table says, by the image's name. A project without the table, or with a damaged one, only knows less. */
export async function committedSeconds(root: string): Promise<ReadonlyMap<string, number>> {
  try {
    const { seconds } = JSON.parse(await readFile(join(root, buildSecondsFile), 'utf8')) as { seconds?: unknown }
    const entries: [string, unknown][] = Object.entries(seconds ?? {})
    return new Map(entries.filter((entry): entry is [string, number] => Number.isFinite(entry[1])))
  } catch {
    return new Map()
  }
}

async function earlierHere(docker: Docker, name: string): Promise<number[]> {
  try {
    const builds = await docker.listImages({ filters: { reference: [name] } })
    return builds
      .map(({ Labels }) => Number.parseFloat(Labels?.[imageLabels.buildSeconds] ?? ''))
      .filter((seconds) => Number.isFinite(seconds))
  } catch (error) {
    throw isConnectionLost(error) ? engineLost(`looking for earlier builds of ${name}`, error) : error
  }
}

function longest(seconds: readonly number[]): number | null {
  return seconds.length === 0 ? null : Math.max(...seconds)
}
