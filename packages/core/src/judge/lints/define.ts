import type { ImageFacts, Lint, Plan, PlannedEntry, PlannedScenario, TargetInfo } from '@bakeoff/model'

/** The facts about one entry besides its figures. */
export interface LintInput {
  readonly plan: Plan
  readonly scenario: PlannedScenario
  readonly entry: PlannedEntry
  /** the runtime's own answer; null when it was asked and gave none */
  readonly info: TargetInfo | null
  /** GET /info was answered 404, so there is no info */
  readonly tellsNothing?: boolean
  readonly image: ImageFacts | null
}

/** A lint: something about a target's set-up that explains its figures. It never excludes a figure; it is shown beside it. */
export interface LintRule {
  readonly id: string
  readonly description: string
  /** whether it can invert a comparison by itself: then a finding says so too, and not only the target's page */
  readonly isGrave?: true
  readonly find: (input: LintInput) => readonly Omit<Lint, 'lint'>[]
}

export function defineLint(rule: LintRule): LintRule {
  return rule
}
