import type { ImageFacts, Lint, Plan, PlannedEntry, PlannedScenario, TargetInfo } from '@bakeoff/model'

/** What is known of one entry besides its figures. */
export interface LintInput {
  readonly plan: Plan
  readonly scenario: PlannedScenario
  readonly entry: PlannedEntry
  /** the runtime's own answer; null: it was asked and had none */
  readonly info: TargetInfo | null
  readonly image: ImageFacts | null
}

/** Something about a target's set-up that explains its figures. It never blocks: it stands beside the figure. */
export interface LintRule {
  readonly id: string
  readonly description: string
  /** it can invert a comparison by itself: a finding says so, and not only the target's page */
  readonly isGrave?: true
  readonly find: (input: LintInput) => readonly Omit<Lint, 'lint'>[]
}

export function defineLint(rule: LintRule): LintRule {
  return rule
}
