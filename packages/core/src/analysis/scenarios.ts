import type { Plan, ScenarioResult } from '@bakeoff/model'
import { mainLoadOf } from '../plan/main-load.js'

export function toScenarios(plan: Plan): ScenarioResult[] {
  return plan.scenarios.map(
    ({
      id,
      summary,
      source,
      targetCaps,
      requestedTargetCpus,
      services,
      cores,
      loads,
      script,
      slo,
      compare,
      tolerance,
      requests,
      workDigest,
    }) => ({
      id,
      summary,
      source,
      targetCaps,
      requestedTargetCpus,
      services: services.map(({ name, image, caps, requestedCpus }) => ({ name, image, caps, requestedCpus })),
      cores,
      loads,
      mainLoad: mainLoadOf(loads),
      script: script ?? null,
      slo,
      compare,
      tolerance,
      requests,
      workDigest,
    }),
  )
}
