import type { ImageFacts } from '@bakeoff/model'
import { imageLabels } from '../building/labels.js'
import { buildSecondsOf, type LocalImage } from '../building/lookup.js'

/**
 * The facts of an image that a folder makes.
 *
 * @param known its key, where that is not the one of its label; and whether nothing was built for it now, which is usual
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

/** The facts of an image that is used as published: its labels are ignored, since they may be inherited from an image of Bakeoff. */
export function asItIsFacts(name: string, image: LocalImage, cached: boolean): ImageFacts {
  return { ...ownFacts(name, image, { key: image.id, cached }), buildSeconds: null, baseId: null }
}
