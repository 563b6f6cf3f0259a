import { type LocalImage, localImage } from '../building/lookup.js'
import type { EngineClient } from '../client/client.js'
import { type Brought, bringImage, type Registry } from '../registry/registry.js'
import { repositoryOf } from '../registry/registry-name.js'
import { baseName, debian } from './names.js'

/** The Debian of a registry, and the base image that is built on it. */
export interface BroughtBase {
  readonly debian: LocalImage
  readonly base: Brought
  /** makes this Debian the one that base images are built on here; the previous one keeps a name */
  use(): Promise<void>
  /** removes the Debian again, unless something else needs it */
  drop(): Promise<void>
}

/**
 * Brings the Debian of a registry, and the base image that these certificates and this compose/base make of it. Ids of both are part of
 * the keys of all images built on them, so a machine that has neither takes both from the same place.
 *
 * @param keyOn the key of the base image on the Debian with an id
 * @returns     null when the registry has no Debian; the reason when it cannot be asked
 */
export async function bringBase(
  client: EngineClient,
  registry: Registry,
  keyOn: (debianId: string) => string,
  signal: AbortSignal,
): Promise<BroughtBase | Extract<Brought, { kind: 'absent' | 'unreachable' | 'refused' }>> {
  const fetched = await registry.fetch(repositoryOf(registry.place, debian.repo), debian.tag, signal)
  if (fetched.kind !== 'here') return fetched
  const { image, release } = fetched
  try {
    const base = await bringImage(client, registry, { name: baseName, key: keyOn(image.id), signal })
    return {
      debian: image,
      base,
      use: async () => {
        await useDebian(client, image.id)
        await release()
      },
      drop: release,
    }
  } catch (error) {
    await release()
    throw error
  }
}

/** Makes a Debian that the engine has the one below base images. */
export async function useDebian(client: EngineClient, id: string): Promise<void> {
  const before = await localImage(client, debian.name)
  if (before?.id === id) return
  if (before !== null) await client.images.tag(before.id, { repo: debian.repo, tag: debianTag(before.id) })
  await client.images.tag(id, { repo: debian.repo, tag: debian.tag })
}

/** The tag under which a Debian travels, and stays when another one takes its place. */
export function debianTag(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, 16)
}
