import type Docker from 'dockerode'
import { imageLabels } from '../images/build.js'
import { type LocalImage, localImage } from '../images/lookup.js'
import { debianTag, useDebian } from './bring.js'
import { certificatesDigest } from './certificates.js'
import { recipeOfBase } from './ensure.js'
import { baseLabels, baseName, debian } from './names.js'

/** Why a base image is not the one that would be made here. */
export type Unfit = 'certificates' | 'folder or platform'

/**
 * Makes a base image that came from another machine the one of this engine, when compose/base and the certificates here would make the same of
 * its Debian; that Debian then stands below base images here as well. Images that were built here on another base image no longer fit, and stay.
 *
 * @returns null: it is the base image now
 */
export async function adoptBase(
  docker: Docker,
  image: LocalImage,
  options: { readonly composeBaseFolder: string; readonly env: Readonly<Record<string, string | undefined>> },
): Promise<Unfit | null> {
  const { keyOn, certificates } = await recipeOfBase(docker, options)
  const debianId = image.labels[baseLabels.debianId]
  if (debianId === undefined || keyOn(debianId) !== image.labels[imageLabels.key]) {
    const theirs = image.labels[baseLabels.certificates]
    return theirs !== undefined && theirs !== certificatesDigest(certificates) ? 'certificates' : 'folder or platform'
  }
  if ((await localImage(docker, debianId)) !== null) await useDebian(docker, debianId)
  else await forgetDebian(docker)
  await docker.getImage(image.id).tag({ repo: baseName, tag: 'latest' })
  return null
}

/** Where no Debian has the name, the base image says which one it stands on. */
async function forgetDebian(docker: Docker): Promise<void> {
  const before = await localImage(docker, debian.name)
  if (before === null) return
  await docker.getImage(before.id).tag({ repo: debian.repo, tag: debianTag(before.id) })
  await docker.getImage(debian.name).remove()
}
