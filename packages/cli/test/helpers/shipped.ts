import type { Catalogue } from '@bakeoff/core'
import { toPlanOptions } from '../../src/commands/shared/planning.js'
import { makePlan } from '../../src/planning.js'
import { findProject, type Project, readCatalogue } from '../../src/project.js'
import type { Machine } from '../../src/workbench.js'
import { checkout } from './project.js'

/** The project as it is shipped, and the scenarios of it that are tested: all, or the one that BAKEOFF_TEST_SCENARIO names. */
export interface Shipped {
  readonly project: Project
  readonly catalogue: Catalogue
  readonly scenarios: readonly string[] | null
}

export function readShipped({ BAKEOFF_TEST_SCENARIO: scenario }: NodeJS.ProcessEnv = process.env): Shipped {
  const project = findProject({ ...process.env, BAKEOFF_ROOT: checkout })
  return { project, catalogue: readCatalogue(project), scenarios: scenario ? [scenario] : null }
}

/** `scenario/target/variant` of everything that is tested, whatever its role. */
export function shippedEntries({ catalogue, scenarios }: Shipped): string[] {
  return catalogue.scenarios
    .filter(({ id }) => scenarios === null || scenarios.includes(id))
    .flatMap((scenario) =>
      catalogue.targets.flatMap((target) =>
        target.variants
          .filter((variant) => variant.scenarios.includes(scenario.id))
          .map((variant) => `${scenario.id}/${target.name}/${variant.name}`),
      ),
    )
}

export function shippedPlan({ project, catalogue, scenarios }: Shipped, machine: Machine) {
  const options = toPlanOptions({ all: true, scenario: scenarios ?? [] })
  return makePlan({ project, catalogue, machine }, options, new Date())
}
