import { release } from './debootstrap.js'

export const baseName = 'bakeoff/base'

/** The Debian below the base image. */
export const debian = {
  repo: 'bakeoff/debian',
  tag: release,
  name: `bakeoff/debian:${release}`,
  published: `debian:${release}-slim`,
} as const

/** Labels of the base image, besides those of every image. */
export const baseLabels = {
  /** how the Debian below came here */
  origin: 'bakeoff.image.origin',
  /** the id of that Debian */
  debianId: 'bakeoff.image.debian-id',
  /** which private certificates it trusts: see `certificatesDigest` */
  certificates: 'bakeoff.image.certificates',
} as const
