import { imageLabels } from '../building/labels.js'
import { type LocalImage, localImage } from '../building/lookup.js'
import type { EngineClient } from '../client/client.js'
import { debianTag, useDebian } from './bring.js'
import { certificatesDigest } from './certificates.js'
import { recipeOfBase } from './ensure.js'
import { baseLabels, baseName, debian } from './names.js'

/** The reason why a base image differs from the one that would be made here. */
export type Unfit = 'certificates' | 'folder or platform'

/**
 * Adopts a base image from another machine as the base image of this engine, when compose/base and the certificates here would make the same from
 * its Debian. That Debian is then also the one below base images made here. Images that were built here on another base image no longer fit; they are not removed.
 *
 * @returns null when it is the base image now
 */
export async function adoptBase(
  client: EngineClient,
  image: LocalImage,
  options: { readonly composeBaseFolder: string; readonly env: Readonly<Record<string, string | undefined>> },
): Promise<Unfit | null> {
  const { keyOn, certificates } = await recipeOfBase(client, options)
  const debianId = image.labels[baseLabels.debianId]
  if (debianId === undefined || keyOn(debianId) !== image.labels[imageLabels.key]) {
    const theirs = image.labels[baseLabels.certificates]
    return theirs !== undefined && theirs !== certificatesDigest(certificates) ? 'certificates' : 'folder or platform'
  }
  if ((await localImage(client, debianId)) !== null) await useDebian(client, debianId)
  else await forgetDebian(client)
  await client.images.tag(image.id, { repo: baseName, tag: 'latest' })
  return null
}

/** Where no Debian has the name, the base image says which one it stands on. */
async function forgetDebian(client: EngineClient): Promise<void> {
  const before = await localImage(client, debian.name)
  if (before === null) return
  await client.images.tag(before.id, { repo: debian.repo, tag: debianTag(before.id) })
  await client.images.remove(debian.name)
}
