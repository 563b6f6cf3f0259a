/** Labels of every image we build. An image that starts from another inherits them: alone they identify nothing. */
export const imageLabels = {
  /** the cache key */
  key: 'bakeoff.image.key',
  /** seconds that the build took */
  buildSeconds: 'bakeoff.image.build-seconds',
  /** id of the bakeoff/base it starts from */
  baseId: 'bakeoff.image.base-id',
} as const

/** The tag under which the build of a key is found again. */
export function keyTag(key: string): string {
  return key.slice(0, 16)
}
