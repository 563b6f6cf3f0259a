import { loadIdOf, type Plan, type ScenarioResult } from '@bakeoff/model'
import type { CellView } from '../observe/view.js'
import { mainLoadOf } from '../plan/main-load.js'

/** The scenarios for the results, with the loads that the run added itself: the rates of its curves. */
export function toScenarios(plan: Plan, views: readonly CellView[]): ScenarioResult[] {
  const loadsOf = (scenario: string) => {
    const own = views.filter((view) => view.scenario.id === scenario)
    return [...new Map(own.map(({ load }) => [loadIdOf(load), load])).values()]
  }
  return plan.scenarios.map(
    ({
      id,
      summary,
      source,
      targetCaps,
      requestedTargetCpus,
      isUncapped,
      services,
      cores,
      agents,
      loads,
      script,
      slo,
      levels,
      compare,
      tolerance,
      requests,
      state,
      workDigest,
    }) => ({
      id,
      summary,
      source,
      targetCaps,
      requestedTargetCpus,
      ...(isUncapped ? { isUncapped } : {}),
      services: services.map(({ name, image, caps, requestedCpus }) => ({ name, image, caps, requestedCpus })),
      cores,
      ...(agents ? { agents } : {}),
      loads: [...new Map([...loads, ...loadsOf(id)].map((load) => [loadIdOf(load), load])).values()],
      mainLoad: mainLoadOf(loads),
      script: script ?? null,
      slo,
      ...(levels ? { levels } : {}),
      compare,
      tolerance,
      requests,
      ...(state ? { state } : {}),
      workDigest,
    }),
  )
}
