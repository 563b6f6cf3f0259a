import type { ImageFacts } from '@bakeoff/model'
import { imageLabels } from '../building/labels.js'
import { buildSecondsOf, type LocalImage } from '../building/lookup.js'

/**
 * An image that a folder makes.
 *
 * @param known its key, where it is not that of its label; and whether nothing was built for it now, which is usual
 */
export function ownFacts(
  name: string,
  image: LocalImage,
  { key = image.labels[imageLabels.key] ?? image.id, cached = true }: { key?: string; cached?: boolean } = {},
): ImageFacts {
  return {
    name,
    id: image.id,
    key,
    bytes: image.bytes,
    architecture: image.architecture,
    cached,
    buildSeconds: buildSecondsOf(image),
    baseId: image.labels[imageLabels.baseId] ?? null,
  }
}

/** One that is taken as it is: its labels may be inherited from one of ours. */
export function asItIsFacts(name: string, image: LocalImage, cached: boolean): ImageFacts {
  return { ...ownFacts(name, image, { key: image.id, cached }), buildSeconds: null, baseId: null }
}
