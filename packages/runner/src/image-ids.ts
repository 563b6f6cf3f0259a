import type { PlannedEntry } from '@bakeoff/model'
import { blamedOn } from './blamed-on.js'
import { scenarioFor } from './materials.js'
import type { Run } from './run.js'

/**
 * The ids of the images that a repetition starts, by name. Containers are started by these: a name may be given to
 * another image while a run goes on.
 *
 * @throws the error that kept one of them from being built
 */
export function imageIds(run: Run, entry: PlannedEntry): Record<string, string> {
  const { agentImage, caddyImage } = run.materials
  const others = [
    agentImage.name,
    ...(entry.proxy === 'caddy' ? [caddyImage.name] : []),
    ...scenarioFor(run.plan, entry).services.map(({ image }) => image),
  ]
  const ids = others.map((name) => [name, idOfOther(run, name)])
  return Object.fromEntries([[entry.image, run.images.of(entry.image).id], ...ids])
}

/** The error for an image that is not the target's own: its failed build says nothing about the target. */
function idOfOther({ images }: Run, name: string): string {
  try {
    return images.of(name).id
  } catch (error) {
    throw blamedOn('SETUP_FAILED', error, `${name} is not the target's own; see its folder under compose/.`)
  }
}
