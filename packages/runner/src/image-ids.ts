import type { PlannedEntry, PlannedScenario } from '@bakeoff/model'
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
  const names = [
    entry.image,
    materials.agentImage.name,
    ...(entry.proxy === 'caddy' ? [materials.caddyImage.name] : []),
    ...scenario.services.map(({ image }) => image),
  ]
  return Object.fromEntries(names.map((name) => [name, imageOf(images, name).id]))
}
