import { availableParallelism, totalmem } from 'node:os'
import type { EngineClient } from '../client/client.js'
import { statusOf } from '../client/errors.js'
import { imageLabels, keyTag } from './labels.js'

/** An image that the engine has. */
export interface LocalImage {
  readonly id: string
  readonly bytes: number | null
  readonly architecture: string | null
  readonly labels: Readonly<Record<string, string>>
}

/**
 * The image of this name or id, or null when the engine has none.
 *
 * @throws BakeoffError ENGINE_LOST
 */
export async function localImage(client: EngineClient, reference: string): Promise<LocalImage | null> {
  try {
    const found = await client.images.inspect(reference.startsWith('sha256:') ? reference : withTag(reference))
    return {
      id: found.Id,
      bytes: found.Size ?? null,
      architecture: found.Architecture || null,
      labels: found.Config?.Labels ?? {},
    }
  } catch (error) {
    if (statusOf(error) === 404) return null
    throw error
  }
}

/**
 * The image that was built for this name with this key, tagged as the latest of its name; null when there is none. An
 * older build counts too: going back to an earlier state of a folder builds nothing.
 */
export async function imageOfKey(client: EngineClient, name: string, key: string): Promise<LocalImage | null> {
  const latest = await localImage(client, name)
  if (latest?.labels[imageLabels.key] === key) return latest
  const older = await localImage(client, `${name}:${keyTag(key)}`)
  if (older?.labels[imageLabels.key] !== key) return null
  await client.images.tag(older.id, { repo: name, tag: 'latest' })
  return older
}

/** A reference with a tag. Without one the engine would pull every tag there is. */
export function withTag(reference: string): string {
  return reference.includes('@') || /:[^/]+$/.test(reference) ? reference : `${reference}:latest`
}

/** Seconds that the build of an image took, from its label; null when it has none. */
export function buildSecondsOf(image: LocalImage): number | null {
  const seconds = Number.parseFloat(image.labels[imageLabels.buildSeconds] ?? '')
  return Number.isFinite(seconds) ? seconds : null
}

/**
 * The platform that the engine builds for, such as `linux/amd64`.
 *
 * @throws BakeoffError ENGINE_LOST
 */
export async function platformOf(client: EngineClient): Promise<string> {
  const { Os, Arch } = await client.version()
  return `${Os}/${Arch}`
}

/** The cores and memory of the engine's machine, which decide how many builds run at once. */
export interface BuildMachine {
  readonly cores: number
  readonly memoryBytes: number
}

/** @throws BakeoffError ENGINE_LOST */
export async function machineOf(client: EngineClient): Promise<BuildMachine> {
  const { NCPU, MemTotal } = await client.info()
  return { cores: NCPU || availableParallelism(), memoryBytes: MemTotal || totalmem() }
}
