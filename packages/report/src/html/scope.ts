import { type LoadSpec, loadIdOf, type ScenarioResult } from '@bakeoff/model'
import type { View } from '../shared/subjects.js'
import { folded } from './folded.js'
import { type Content, type Html, html } from './html.js'
import { packable } from './packed-parts.js'

/** A scenario with its place in the run, which the page's attributes name it by. */
export interface Scope {
  readonly scenario: ScenarioResult
  readonly index: number
  readonly loads: readonly { readonly id: string; readonly load: LoadSpec }[]
}

/** Every scenario of the run with its loads: those it plans, then those that only cells have. */
export function scopesOf({ results }: View): Scope[] {
  return results.scenarios.map((scenario, index) => {
    const loads = new Map(scenario.loads.map((load) => [loadIdOf(load), load]))
    for (const cell of results.cells) {
      if (cell.scenario === scenario.id && !loads.has(cell.loadId)) loads.set(cell.loadId, cell.load)
    }
    return { scenario, index, loads: [...loads].map(([id, load]) => ({ id, load })) }
  })
}

/**
 * A part of a page that belongs to one scenario, and perhaps to one load. Without JavaScript all parts are shown, in a large report
 * those of the loads that rank. With it, a part is text until it is shown first.
 */
export function part(scope: Scope, load: string | null, content: Content): Html {
  const ranks = load === null || load === scope.scenario.mainLoad
  return controls(scope, load, ranks ? folded(content) : packable(scope.index, content))
}

/** A part that is elements from the beginning, for what only a script makes work. */
export function controls(scope: Scope, load: string | null, content: Content): Html {
  const isFirst = scope.index === 0 && (load === null || load === scope.scenario.mainLoad)
  return html`<div class="part${isFirst && ' first'}" data-scenario=${scope.index}${load !== null && html` data-load="${load}"`}>${content}</div>`
}
