/** Labels of every image that Bakeoff builds. An image that starts from another inherits them, so a label alone does not identify an image. */
export const imageLabels = {
  /** the cache key */
  key: 'bakeoff.image.key',
  /** seconds that the build took */
  buildSeconds: 'bakeoff.image.build-seconds',
  /** id of the bakeoff/base that the image starts from */
  baseId: 'bakeoff.image.base-id',
} as const

/** The tag under which the build of a key is found again. */
export function keyTag(key: string): string {
  return key.slice(0, 16)
}
