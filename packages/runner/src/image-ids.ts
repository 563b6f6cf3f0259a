import type { PlannedEntry, PlannedScenario } from '@bakeoff/model'
import { blamedOn } from './blamed-on.js'
import { type BuiltImages, imageOf } from './build-images.js'
import type { Materials } from './materials.js'

/**
 * The ids of the images that a repetition starts, by name. Containers are started by these: a name may be given to
 * another image while a run goes on.
 *
 * @throws what kept one of them from being built
 */
export function imageIds(
  entry: PlannedEntry,
  scenario: PlannedScenario,
  images: BuiltImages,
  materials: Pick<Materials, 'agentImage' | 'caddyImage'>,
): Record<string, string> {
  const others = [
    materials.agentImage.name,
    ...(entry.proxy === 'caddy' ? [materials.caddyImage.name] : []),
    ...scenario.services.map(({ image }) => image),
  ]
  const ids = others.map((name) => [name, idOfOther(images, name)])
  return Object.fromEntries([[entry.image, imageOf(images, entry.image).id], ...ids])
}

/** Of an image that is not the target's own: that it did not build says nothing about the target. */
function idOfOther(images: BuiltImages, name: string): string {
  try {
    return imageOf(images, name).id
  } catch (error) {
    throw blamedOn('SETUP_FAILED', error, `${name} is not the target's own; see its folder under compose/.`)
  }
}
