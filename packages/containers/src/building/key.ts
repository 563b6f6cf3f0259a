import { createHash } from 'node:crypto'

/** The inputs of a key: everything that decides what an image contains. */
export interface KeyParts {
  readonly contextDigest: string
  /** the images that its Dockerfile names: those that this project's folders make with their keys, all others with the ids they have here */
  readonly references: readonly { readonly name: string; readonly id: string }[]
  /** without proxies, which change nothing in the image; never with credentials */
  readonly buildArgs: Readonly<Record<string, string>>
  /** `linux/amd64` */
  readonly platform: string
  /** what of the context is built, where that is not the last stage of `Dockerfile` */
  readonly built?: { readonly dockerfile: string; readonly stage: string | null } | undefined
}

/** The key of an image's content: equal keys mean that a build would give the same again. Hexadecimal sha256. */
export function cacheKey(parts: KeyParts): string {
  const sorted = <T>(items: readonly T[], by: (item: T) => string): T[] =>
    [...items].sort((a, b) => (by(a) < by(b) ? -1 : 1))
  return createHash('sha256')
    .update(
      JSON.stringify([
        'bakeoff-image-1', // changes when the way of building does
        parts.contextDigest,
        sorted(parts.references, ({ name }) => name).map(({ name, id }) => [name, id]),
        sorted(Object.entries(parts.buildArgs), ([name]) => name),
        parts.platform,
        ...(parts.built ? [parts.built.dockerfile, parts.built.stage] : []),
      ]),
    )
    .digest('hex')
}
