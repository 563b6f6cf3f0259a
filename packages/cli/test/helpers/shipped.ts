import { type Catalogue, entryIdOf, select } from '@bakeoff/core'
import { toPlanOptions } from '../../src/commands/shared/planning.js'
import { makePlan } from '../../src/planning.js'
import { findProject, type Project, readCatalogue } from '../../src/project.js'
import type { Machine } from '../../src/workbench.js'
import { checkout } from './project.js'

/** The project as it is shipped, and what of it is tested. */
export interface Shipped {
  readonly project: Project
  readonly catalogue: Catalogue
  /** null: every one of them */
  readonly scenarios: readonly string[] | null
  /** one contender of each language, as a quick run takes them; otherwise every target in every role */
  readonly oneOfEach: boolean
}

/** Everything, unless BAKEOFF_TEST_SCENARIO names one scenario, or BAKEOFF_TEST_ONE_OF_EACH is 1. */
export function readShipped(
  { BAKEOFF_TEST_SCENARIO: scenario, BAKEOFF_TEST_ONE_OF_EACH: oneOfEach }: NodeJS.ProcessEnv = process.env,
): Shipped {
  const project = findProject({ ...process.env, BAKEOFF_ROOT: checkout })
  const catalogue = readCatalogue(project)
  return { project, catalogue, scenarios: scenario ? [scenario] : null, oneOfEach: oneOfEach === '1' }
}

/** `scenario/target/variant` of everything that is tested. */
export function shippedEntries({ catalogue, scenarios, oneOfEach }: Shipped): string[] {
  const selected = select(catalogue, { scenarios, targets: null, all: !oneOfEach }, { alternatives: !oneOfEach })
  return selected.flatMap(({ scenario, entries }) => entries.map((entry) => entryIdOf(scenario.id, entry)))
}

export function shippedPlan({ project, catalogue, scenarios, oneOfEach }: Shipped, machine: Machine) {
  const options = toPlanOptions({ all: !oneOfEach, quick: oneOfEach, scenario: scenarios ?? [] })
  return makePlan({ project, catalogue, machine }, options, new Date())
}
