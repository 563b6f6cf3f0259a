import { BakeoffError, type ClaimSpec, type MatrixSpec, type ScenarioSpec, type TargetSpec } from '@bakeoff/model'
import { didYouMean } from './problem.js'

/** Everything a project holds, parsed and consistent with one another. */
export interface Catalogue {
  readonly matrix: MatrixSpec
  readonly scenarios: readonly ScenarioSpec[]
  readonly targets: readonly TargetSpec[]
  readonly claims: readonly ClaimSpec[]
}

/**
 * Checks what no single file can: that names used in one file exist in another.
 *
 * @throws BakeoffError BAD_SPEC
 */
export function checkCatalogue(catalogue: Catalogue): Catalogue {
  const scenarios = catalogue.scenarios.map(({ id }) => id)
  const targets = catalogue.targets.map(({ name }) => name)
  const lines = [
    ...catalogue.targets.flatMap((target) =>
      target.scenarios.flatMap((name) => unknown(`targets/${target.name}/target.yaml`, 'scenario', name, scenarios)),
    ),
    ...(catalogue.matrix.scenarios ?? []).flatMap((name) => unknown('matrix.yaml', 'scenario', name, scenarios)),
    ...(catalogue.matrix.targets ?? []).flatMap((name) => unknown('matrix.yaml', 'target', name, targets)),
    ...catalogue.claims.flatMap((claim) => [
      ...unknown(`claims/${claim.id}.yaml`, 'scenario', claim.scenario, scenarios),
      ...claim.subjects.flatMap((subject) => [
        ...unknown(`claims/${claim.id}.yaml`, 'target', subject.target, targets),
        ...unknown(
          `claims/${claim.id}.yaml`,
          `variant of ${subject.target}`,
          subject.variant,
          catalogue.targets.find(({ name }) => name === subject.target)?.variants.map(({ name }) => name) ?? [
            subject.variant,
          ],
        ),
      ]),
    ]),
  ]
  if (lines.length > 0)
    throw new BakeoffError('BAD_SPEC', lines.join('\n'), { hint: 'See what there is: npm run list' })
  return catalogue
}

function unknown(file: string, what: string, name: string, known: readonly string[]): string[] {
  if (known.includes(name)) return []
  const meant = didYouMean(name, known)
  return [
    `${file}: there is no ${what} "${name}"${meant ? `; did you mean "${meant}"?` : known.length ? `; there are ${known.join(', ')}` : ''}`,
  ]
}
