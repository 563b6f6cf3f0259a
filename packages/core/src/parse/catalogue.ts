import {
  BakeoffError,
  type ClaimSpec,
  type MatrixSpec,
  type ScenarioSpec,
  type TargetSpec,
  targetFile,
} from '@bakeoff/model'
import { type BrokenPart, brokenPart, type PartPlace } from './broken.js'
import { badSpec, didYouMean } from './problem.js'
import { readYaml } from './yaml.js'

/** Everything a project holds, parsed and consistent with one another. */
export interface Catalogue {
  readonly matrix: MatrixSpec
  readonly scenarios: readonly ScenarioSpec[]
  readonly targets: readonly TargetSpec[]
  readonly claims: readonly ClaimSpec[]
  /** parts that cannot be used; none of them is in the lists above */
  readonly broken: readonly BrokenPart[]
}

/**
 * Checks what no single file can: that names used in one file exist in another. A target or a claim that names something that does not
 * exist is broken, and nothing else is. The thing it names may itself be broken, which is reported separately.
 *
 * @throws BakeoffError BAD_SPEC for matrix.yaml, which every command needs
 */
export function checkCatalogue(catalogue: Catalogue): Catalogue {
  const named = (kind: BrokenPart['kind']) =>
    catalogue.broken.filter((part) => part.kind === kind).map(({ name }) => name)
  const scenarios = [...catalogue.scenarios.map(({ id }) => id), ...named('scenario')]
  const targets = [...catalogue.targets.map(({ name }) => name), ...named('target')]
  const lines = [
    ...(catalogue.matrix.scenarios ?? []).flatMap((name) => unknown('matrix.yaml', 'scenario', name, scenarios)),
    ...(catalogue.matrix.targets ?? []).flatMap((name) =>
      unknown('matrix.yaml', 'target', name.replace(/\/.*/, ''), targets),
    ),
  ]
  if (lines.length > 0)
    throw new BakeoffError('BAD_SPEC', lines.join('\n'), { hint: 'To see what there is: npm run list' })
  const broken = [...catalogue.broken]
  const whole = <T>(
    parts: readonly T[],
    placeOf: (part: T) => PartPlace,
    errorOf: (part: T) => BakeoffError | null,
  ): T[] =>
    parts.filter((part) => {
      const error = errorOf(part)
      if (error !== null) broken.push(brokenPart(placeOf(part), error))
      return error === null
    })
  return {
    matrix: catalogue.matrix,
    scenarios: catalogue.scenarios,
    targets: whole(
      catalogue.targets,
      targetPlace,
      (target) => unknownScenarios(target, scenarios) ?? unknownServices(target, catalogue.scenarios),
    ),
    claims: whole(catalogue.claims, claimPlace, (claim) => unknownNames(claim, catalogue, { scenarios, targets })),
    broken,
  }
}

const targetPlace = ({ name }: TargetSpec): PartPlace => ({ kind: 'target', name, file: `targets/${name}/target.yaml` })
const claimPlace = ({ id }: ClaimSpec): PartPlace => ({ kind: 'claim', name: id, file: `claims/${id}.yaml` })

function unknownScenarios(target: TargetSpec, known: readonly string[]): BakeoffError | null {
  const missing = target.scenarios.filter((name) => !known.includes(name))
  if (missing.length === 0) return null
  const located = readYaml(targetPlace(target).file, target.yaml, targetFile)
  const problems = missing.map((name) =>
    located.problem(['scenarios', target.scenarios.indexOf(name)], missingWords('scenario', name, known)),
  )
  return badSpec(problems, target.yaml)
}

/** Services that a variant wants to have built from another folder, in a scenario that does not build them. */
function unknownServices(target: TargetSpec, scenarios: readonly ScenarioSpec[]): BakeoffError | null {
  const missing = target.variants.flatMap(({ name, services, scenarios: served }) =>
    Object.keys(services ?? {}).flatMap((service) =>
      scenarios
        .filter(({ id }) => served.includes(id))
        .map(({ id, services: all }) => ({ id, built: all.flatMap((one) => (one.build === null ? [] : one.name)) }))
        .filter(({ built }) => !built.includes(service))
        .map((scenario) => ({ ...scenario, service, path: ['variants', name, 'services', service] })),
    ),
  )
  if (missing.length === 0) return null
  const located = readYaml(targetPlace(target).file, target.yaml, targetFile)
  const problems = missing.map(({ path, id, service, built }) =>
    located.problem(path, missingWords(`service to build in ${id}`, service, built), { key: true }),
  )
  return badSpec(problems, target.yaml)
}

/**
 * What a claim names and there is not.
 *
 * @param names of scenarios and targets, broken ones too: a claim about one of those waits until it works
 */
function unknownNames(
  claim: ClaimSpec,
  { targets, scenarios }: Pick<Catalogue, 'targets' | 'scenarios'>,
  names: { readonly scenarios: readonly string[]; readonly targets: readonly string[] },
): BakeoffError | null {
  const { file } = claimPlace(claim)
  const services = scenarios.find(({ id }) => id === claim.scenario)?.services.map(({ name }) => name)
  const parts = claim.statements.flatMap((statement) => [statement, ...(statement.and ?? [])])
  const said = [
    ...Object.keys(claim.caps ?? {}).filter((role) => role !== 'target'),
    ...parts.flatMap(({ service }) => service ?? []),
  ]
  const lines = [
    ...unknown(file, 'scenario', claim.scenario, names.scenarios),
    ...claim.subjects.flatMap((subject) => [
      ...unknown(file, 'target', subject.target, names.targets),
      ...unknown(
        file,
        `variant of ${subject.target}`,
        subject.variant,
        targets.find(({ name }) => name === subject.target)?.variants.map(({ name }) => name) ?? [subject.variant],
      ),
    ]),
    ...[...new Set(said)].flatMap((name) => unknown(file, `service of ${claim.scenario}`, name, services ?? said)),
  ]
  return lines.length === 0
    ? null
    : new BakeoffError('BAD_SPEC', lines.join('\n'), { hint: 'To see what there is: npm run list' })
}

function unknown(file: string, what: string, name: string, known: readonly string[]): string[] {
  return known.includes(name) ? [] : [`${file}: ${missingWords(what, name, known)}`]
}

function missingWords(what: string, name: string, known: readonly string[]): string {
  const meant = didYouMean(name, known)
  const others = meant ? `; did you mean "${meant}"?` : known.length > 0 ? `; there are ${known.join(', ')}` : ''
  return `there is no ${what} "${name}"${others}`
}
