import type Docker from 'dockerode'
import { type LocalImage, localImage } from '../images/lookup.js'
import { type Brought, bringImage, type Registry } from '../images/registry.js'
import { repositoryOf } from '../images/registry-name.js'
import { baseName, debian } from './names.js'

/** The Debian of a registry, and the base image that stands on it. */
export interface BroughtBase {
  readonly debian: LocalImage
  readonly base: Brought
  /** makes this Debian the one that base images are built on here; the one before keeps a name */
  use(): Promise<void>
  /** forgets it, when nothing else needs it */
  drop(): Promise<void>
}

/**
 * Brings the Debian of a registry, and the base image that these certificates and this compose/base make of it. Ids of both are part of
 * the keys of all that stands on them, so a machine that has neither takes both from the same place.
 *
 * @param keyOn the key of the base image on the Debian with an id
 * @returns     null when the registry has no Debian; why it cannot be asked
 */
export async function bringBase(
  docker: Docker,
  registry: Registry,
  keyOn: (debianId: string) => string,
  signal: AbortSignal,
): Promise<BroughtBase | Extract<Brought, { kind: 'absent' | 'unreachable' | 'refused' }>> {
  const fetched = await registry.fetch(repositoryOf(registry.place, debian.repo), debian.tag, signal)
  if (fetched.kind !== 'here') return fetched
  const { image, release } = fetched
  try {
    const base = await bringImage(docker, registry, baseName, keyOn(image.id), signal)
    return {
      debian: image,
      base,
      use: async () => {
        await useDebian(docker, image.id)
        await release()
      },
      drop: release,
    }
  } catch (error) {
    await release()
    throw error
  }
}

/** Makes a Debian that is here the one below base images. */
export async function useDebian(docker: Docker, id: string): Promise<void> {
  const before = await localImage(docker, debian.name)
  if (before?.id === id) return
  if (before !== null) await docker.getImage(before.id).tag({ repo: debian.repo, tag: debianTag(before.id) })
  await docker.getImage(id).tag({ repo: debian.repo, tag: debian.tag })
}

/** The tag under which a Debian travels, and stays when another one takes its place. */
export function debianTag(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, 16)
}
