import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { EngineClient } from '../client/client.js'
import { imageLabels } from './labels.js'

/** The file in which benchmarks/first-minutes.mjs leaves the times it measured, with their conditions. */
const BUILD_SECONDS_FILE = 'compose/build-seconds.json'

/**
 * Seconds that an image's build takes from nothing: as long as an earlier build of that name took here, else as long as on the machine of
 * `compose/build-seconds.json`; null when unknown. Of several earlier builds the longest counts: the shorter ones found their
 * first layers in the builder's cache. Never fails: no build ends over an estimate.
 */
export async function expectedBuildSeconds(client: EngineClient, home: string, name: string): Promise<number | null> {
  return longest(await earlierHere(client, name)) ?? (await committedSeconds(home)).get(name) ?? null
}

/** The committed table, by the image's name; empty where it is missing or damaged. */
export async function committedSeconds(home: string): Promise<ReadonlyMap<string, number>> {
  try {
    const { seconds } = JSON.parse(await readFile(join(home, BUILD_SECONDS_FILE), 'utf8')) as { seconds?: unknown }
    const entries: [string, unknown][] = Object.entries(seconds ?? {})
    return new Map(entries.filter((entry): entry is [string, number] => Number.isFinite(entry[1])))
  } catch {
    return new Map()
  }
}

async function earlierHere(client: EngineClient, name: string): Promise<number[]> {
  const images = await client.images.list([name]).catch(() => [])
  return images
    .map(({ Labels }) => Number.parseFloat(Labels?.[imageLabels.buildSeconds] ?? ''))
    .filter((seconds) => Number.isFinite(seconds))
}

function longest(seconds: readonly number[]): number | null {
  return seconds.length === 0 ? null : Math.max(...seconds)
}
