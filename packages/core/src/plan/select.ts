import { BakeoffError, type ScenarioSpec, type TargetSpec, type VariantSpec } from '@bakeoff/model'
import type { Catalogue } from '../parse/catalogue.js'
import { didYouMean } from '../parse/problem.js'

/** What the command line narrows a run to; null takes everything that matrix.yaml names. */
export interface Selection {
  readonly scenarios: readonly string[] | null
  /** `name`, or `name/variant` for one variant */
  readonly targets: readonly string[] | null
}

export interface Selected {
  readonly scenario: ScenarioSpec
  readonly entries: readonly { readonly target: TargetSpec; readonly variant: VariantSpec }[]
}

/**
 * The scenarios of a run and who takes part in each, in the catalogue's order.
 *
 * @throws BakeoffError BAD_SPEC for a name that does not exist, or when nothing is left
 */
export function select(catalogue: Catalogue, selection: Selection): Selected[] {
  const scenarioNames = selection.scenarios ?? catalogue.matrix.scenarios
  const targetNames = selection.targets ?? catalogue.matrix.targets
  for (const name of scenarioNames ?? [])
    known(
      'scenario',
      name,
      catalogue.scenarios.map(({ id }) => id),
    )
  for (const name of targetNames ?? []) {
    const [target, variant] = name.split('/') as [string, string | undefined]
    known(
      'target',
      target,
      catalogue.targets.map((one) => one.name),
    )
    if (variant !== undefined)
      known(
        `variant of ${target}`,
        variant,
        catalogue.targets.find((one) => one.name === target)!.variants.map((one) => one.name),
      )
  }
  const selected = catalogue.scenarios
    .filter(({ id }) => scenarioNames === null || scenarioNames.includes(id))
    .map((scenario) => ({
      scenario,
      entries: catalogue.targets.flatMap((target) =>
        target.variants
          .filter((variant) => variant.scenarios.includes(scenario.id))
          .filter(
            (variant) =>
              targetNames === null ||
              targetNames.includes(target.name) ||
              targetNames.includes(`${target.name}/${variant.name}`),
          )
          .map((variant) => ({ target, variant })),
      ),
    }))
    .filter(({ entries }) => entries.length > 0)
  if (selected.length === 0) {
    throw new BakeoffError('BAD_SPEC', 'no target serves what was asked for', {
      hint: 'See which target serves which scenario: npm run list',
    })
  }
  return selected
}

function known(what: string, name: string, names: readonly string[]): void {
  if (names.includes(name)) return
  const meant = didYouMean(name, names)
  throw new BakeoffError('BAD_SPEC', `there is no ${what} "${name}"`, {
    hint: meant ? `Did you mean "${meant}"?` : `There are: ${names.join(', ')}`,
  })
}
