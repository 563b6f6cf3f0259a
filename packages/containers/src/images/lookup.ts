import { availableParallelism, totalmem } from 'node:os'
import type Docker from 'dockerode'
import { imageLabels, keyTag } from './build.js'
import { engineLost, isConnectionLost } from './progress.js'
import { withTag } from './pull.js'

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
export async function localImage(docker: Docker, reference: string): Promise<LocalImage | null> {
  try {
    const found = await docker.getImage(reference.startsWith('sha256:') ? reference : withTag(reference)).inspect()
    return {
      id: found.Id,
      bytes: found.Size ?? null,
      architecture: found.Architecture || null,
      labels: found.Config?.Labels ?? {},
    }
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return null
    if (isConnectionLost(error)) throw engineLost(`looking for ${reference}`, error)
    throw error
  }
}

/**
 * The image that was built for this name with this key, tagged as the latest of its name; null when there is none. An
 * older build counts too: going back to an earlier state of a folder builds nothing.
 */
export async function imageOfKey(docker: Docker, name: string, key: string): Promise<LocalImage | null> {
  const latest = await localImage(docker, name)
  if (latest?.labels[imageLabels.key] === key) return latest
  const older = await localImage(docker, `${name}:${keyTag(key)}`)
  if (older?.labels[imageLabels.key] !== key) return null
  await docker.getImage(older.id).tag({ repo: name, tag: 'latest' })
  return older
}

/** Seconds that the build of an image took, from its label; null when it has none. */
export function buildSecondsOf(image: LocalImage): number | null {
  const seconds = Number.parseFloat(image.labels[imageLabels.buildSeconds] ?? '')
  return Number.isFinite(seconds) ? seconds : null
}

/**
 * `linux/amd64`: what the engine builds for.
 *
 * @throws BakeoffError ENGINE_LOST
 */
export async function platformOf(docker: Docker): Promise<string> {
  try {
    const { Os, Arch } = await docker.version()
    return `${Os}/${Arch}`
  } catch (error) {
    if (isConnectionLost(error)) throw engineLost('asking for its platform', error)
    throw error
  }
}

/** What of the engine's machine decides how many builds it bears at once. */
export interface BuildMachine {
  readonly cores: number
  readonly memoryBytes: number
}

/** @throws BakeoffError ENGINE_LOST */
export async function machineOf(docker: Docker): Promise<BuildMachine> {
  try {
    const { NCPU, MemTotal } = (await docker.info()) as { NCPU?: number; MemTotal?: number }
    return { cores: NCPU || availableParallelism(), memoryBytes: MemTotal || totalmem() }
  } catch (error) {
    if (isConnectionLost(error)) throw engineLost('asking for its cores and memory', error)
    throw error
  }
}
