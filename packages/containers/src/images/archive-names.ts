import { BakeoffError } from '@bakeoff/model'
import { debian } from '../base/names.js'
import { imageLabels, keyTag } from '../building/labels.js'
import { isOurs } from './references.js'

/** An image in an archive, as its own file describes it. */
export interface ArchivedImage {
  readonly references: readonly string[]
  readonly labels: Readonly<Record<string, string>>
}

/** A name in an archive, and what it stands for. */
export type ArchivedName =
  | {
      readonly kind: 'built'
      readonly reference: string
      readonly name: string
      readonly key: string
      readonly labels: Readonly<Record<string, string>>
    }
  /** the Debian below base images, by the beginning of its id */
  | { readonly kind: 'debian'; readonly reference: string }
  /** an image that Dockerfiles or scenarios name and no folder here builds */
  | { readonly kind: 'as it is'; readonly reference: string }

/**
 * The names in an archive, and what they stand for. Nothing is loaded yet: an image under a false name is found before it could take the
 * place of another.
 *
 * @throws BakeoffError BAD_SPEC when a name and the image's own key do not agree
 */
export function archivedNames(images: readonly ArchivedImage[], file: string): ArchivedName[] {
  const names = images.flatMap(({ references, labels }) =>
    references.map((given) => nameOf(plain(given), labels, file)),
  )
  if (!names.some(({ kind }) => kind === 'built')) {
    throw new BakeoffError('BAD_SPEC', `${file} has no image that was built by Bakeoff`, {
      hint: 'Make one with: npm run images -- save FILE. Load any other archive of images with docker load.',
    })
  }
  return names
}

function nameOf(reference: string, labels: ArchivedImage['labels'], file: string): ArchivedName {
  const [, name = reference, tag = 'latest'] = /^(.+):([^:/]+)$/.exec(reference) ?? []
  if (!isOurs(reference)) return { kind: 'as it is', reference }
  if (name === debian.repo && /^[0-9a-f]{16}$/.test(tag)) return { kind: 'debian', reference }
  const key = labels[imageLabels.key]
  const bad = (why: string) =>
    new BakeoffError('BAD_SPEC', `${file}: ${reference} ${why}`, {
      hint: 'Nothing was loaded. Make the file again with npm run images -- save FILE',
    })
  if (!/^[0-9a-f]{16}$/.test(tag)) throw bad('has no key for a tag')
  if (key === undefined || !/^[0-9a-f]{64}$/.test(key)) throw bad('is not an image that Bakeoff built')
  if (keyTag(key) !== tag) throw bad(`holds the image of another key, ${keyTag(key)}`)
  return { kind: 'built', reference, name, key, labels }
}

/** A name without its registry, which Podman and newer engines write. */
function plain(reference: string): string {
  return reference.replace(/^(?:localhost|docker\.io(?:\/library)?)\/(?=bakeoff\/|[^/]+$)/, '')
}
