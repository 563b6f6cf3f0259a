import type { PlannedScenario, ScenarioSpec } from '@bakeoff/model'

/** The state of a scenario as its plan has it; nothing for a scenario without one. */
export function planState({ state }: Pick<ScenarioSpec, 'state'>): Pick<PlannedScenario, 'state'> {
  if (!state) return {}
  const { values, traffic, before, after } = state
  return {
    state: {
      values: Object.fromEntries(Object.entries(values).map(([key, { kind }]) => [key, kind])),
      traffic: traffic === null ? null : traffic.map(({ weight, send }) => ({ weight, send: [...send] })),
      before: before.length,
      after: after.length,
    },
  }
}
