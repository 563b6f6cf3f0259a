import { type LoadSpec, loadIdOf, type ScenarioResult } from '@bakeoff/model'
import type { View } from '../shared/subjects.js'
import { type Content, type Html, html } from './html.js'

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
 * A part of a page that belongs to one scenario, and perhaps to one load. Without JavaScript all parts are shown. With it, only
 * those are that a reader sees first, until the page is mounted: nothing moves then.
 */
export function part(scope: Scope, load: string | null, content: Content): Html {
  const isFirst = scope.index === 0 && (load === null || load === scope.scenario.mainLoad)
  return html`<div class="part${isFirst && ' first'}" data-scenario=${scope.index}${load !== null && html` data-load="${load}"`}>${content}</div>`
}
