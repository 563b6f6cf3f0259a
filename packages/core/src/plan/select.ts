import {
  BakeoffError,
  type ClaimSpec,
  type Plan,
  type ProfileSpec,
  type ScenarioSpec,
  type TargetSpec,
  type VariantSpec,
} from '@bakeoff/model'
import { type BrokenPart, brokenError } from '../parse/broken.js'
import type { Catalogue } from '../parse/catalogue.js'
import { didYouMean } from '../parse/problem.js'

/** What the command line narrows a run to; null takes everything that matrix.yaml names. */
export interface Selection {
  readonly scenarios: readonly string[] | null
  /** `name`, or `name/variant` for one variant. A named target takes part in any role */
  readonly targets: readonly string[] | null
  /** include every role, not only the contenders */
  readonly all?: boolean
  /** only the subjects of claims, under the loads of their sources */
  readonly claims?: boolean
}

export interface Selected {
  readonly scenario: ScenarioSpec
  readonly entries: readonly Candidate[]
  /** entries of the scenario that are left out because of their role, or as alternatives */
  readonly leftOut: NonNullable<Plan['leftOut']>
}

export interface Candidate {
  readonly target: TargetSpec
  readonly variant: VariantSpec
}

type Alternatives = Pick<ProfileSpec, 'alternatives'>

/**
 * The scenarios that a run may have and who takes part in each, in the catalogue's order: the contenders (stand-ins among them) when
 * nothing else is asked for. Those of which nothing takes part are there too: they name what they leave out.
 *
 * @param profile its `alternatives`: false takes those contenders out for which another of their language stands
 * @throws BakeoffError BAD_SPEC for a name that does not exist or is broken, or when nothing is left
 */
export function select(catalogue: Catalogue, selection: Selection, profile?: Alternatives): Selected[] {
  const considered = consider(catalogue, selection, profile)
  if (considered.every(({ entries }) => entries.length === 0)) throw nothingLeft(catalogue, selection)
  return considered
}

function consider(
  catalogue: Catalogue,
  selection: Selection,
  { alternatives }: Alternatives = { alternatives: true },
): Selected[] {
  const scenarioNames = selection.scenarios ?? catalogue.matrix.scenarios
  const targetNames = selection.targets ?? catalogue.matrix.targets
  checkNames(catalogue, scenarioNames ?? [], targetNames ?? [])
  return catalogue.scenarios
    .filter(({ id }) => scenarioNames === null || scenarioNames.includes(id))
    .map((scenario): Selected => {
      const serving = catalogue.targets.flatMap((target) =>
        target.variants
          .filter((variant) => variant.scenarios.includes(scenario.id))
          .map((variant): Candidate => ({ target, variant })),
      )
      if (targetNames !== null) {
        const entries = serving.filter(
          ({ target, variant }) =>
            targetNames.includes(target.name) || targetNames.includes(`${target.name}/${variant.name}`),
        )
        return { scenario, entries, leftOut: [] }
      }
      const oneOfEach = !alternatives && !selection.all && !selection.claims
      const reasonOf = (candidate: Candidate) =>
        whyLeftOut(candidate, scenario.id, selection, catalogue.claims) ??
        (oneOfEach ? whyAlternative(candidate, serving) : null)
      return {
        scenario,
        entries: serving.filter((candidate) => reasonOf(candidate) === null),
        leftOut: serving.flatMap((candidate) => {
          const reason = reasonOf(candidate)
          return reason === null ? [] : [{ entry: entryIdOf(scenario.id, candidate), ...reason }]
        }),
      }
    })
}

/** @throws BakeoffError BAD_SPEC for a name that does not exist or is broken */
function checkNames(catalogue: Catalogue, scenarios: readonly string[], targets: readonly string[]): void {
  const scenarioIds = catalogue.scenarios.map(({ id }) => id)
  for (const name of scenarios) {
    unbroken(catalogue, 'scenario', name)
    needKnown('scenario', name, scenarioIds)
  }
  const variantsOf = new Map(catalogue.targets.map(({ name, variants }) => [name, variants.map((one) => one.name)]))
  for (const name of targets) {
    const [target, variant] = name.split('/') as [string, string | undefined]
    unbroken(catalogue, 'target', target)
    needKnown('target', target, [...variantsOf.keys()])
    if (variant !== undefined) needKnown(`variant of ${target}`, variant, variantsOf.get(target) as string[])
  }
}

function nothingLeft({ broken: allBroken }: Catalogue, { claims, all }: Selection): BakeoffError {
  const onlyClaims = claims && !all
  const broken = allBroken.filter(({ kind }) => kind !== 'claim' || onlyClaims)
  if (broken.length > 0) return brokenError(broken, 'no target is left that serves the selection. Left out were:')
  return new BakeoffError('BAD_SPEC', 'no target serves the selection', {
    hint: onlyClaims
      ? 'No claim is about these scenarios: leave --claims out, or look at the roles with npm run list'
      : 'To see which target serves which scenario: npm run list',
  })
}

export function entryIdOf(scenario: string, { target, variant }: Candidate): string {
  return `${scenario}/${target.name}/${variant.name}`
}

type Reason = Pick<Selected['leftOut'][number], 'why' | 'command'>

/** The reason why an entry is left out because of its role, and the command that measures it; null when it takes part. */
function whyLeftOut(
  { target, variant: { name, role } }: Candidate,
  scenario: string,
  { all, claims }: Selection,
  published: readonly ClaimSpec[],
): Reason | null {
  if (all) return null
  const isSubject = published.some(
    (claim) =>
      claim.scenario === scenario &&
      claim.subjects.some((subject) => subject.target === target.name && subject.variant === name),
  )
  if (claims ? isSubject || role === 'as-published' : role === 'contender') return null
  switch (role) {
    case 'contender':
      return { why: 'no claim is about it', command: 'npm run matrix' }
    case 'as-published':
      return { why: 'as published', command: 'npm run matrix -- --claims' }
    case 'experiment':
      return { why: 'experiment', command: 'npm run matrix -- --all' }
  }
}

/** The reason why a contender is left out where another of its language stands for it; null where none does. */
function whyAlternative({ target, variant }: Candidate, serving: readonly Candidate[]): Reason | null {
  if (!variant.alternative) return null
  const stands = serving.some(
    (other) =>
      other.target.language === target.language && other.variant.role === 'contender' && !other.variant.alternative,
  )
  return stands ? { why: 'another of its language stands for it', command: 'npm run matrix' } : null
}

/** The broken parts that a selection would have included; the plan warns of them. */
export function brokenInReach({ matrix, broken }: Catalogue, selection: Selection): BrokenPart[] {
  const scenariosNamed = (selection.scenarios ?? matrix.scenarios) !== null
  const targetsNamed = (selection.targets ?? matrix.targets) !== null
  return broken.filter(({ kind }) => (kind === 'target' ? !targetsNamed : kind === 'scenario' ? !scenariosNamed : true))
}

/**
 * Refuses an existing plan that cannot go on without a broken part.
 *
 * @throws BakeoffError BAD_SPEC with everything that is wrong in the parts that the plan needs
 */
export function needWhole({ broken }: Catalogue, { runId, entries }: Pick<Plan, 'runId' | 'entries'>): void {
  const needed = broken.filter(({ kind, name }) =>
    entries.some((entry) => (kind === 'target' ? entry.target : kind === 'scenario' ? entry.scenario : null) === name),
  )
  if (needed.length > 0) throw brokenError(needed, `run ${runId} needs parts that cannot be used:`)
}

/** Throws when a named part is broken: a part that the user names is not left out silently. */
function unbroken({ broken }: Catalogue, kind: BrokenPart['kind'], name: string): void {
  const part = broken.find((one) => one.kind === kind && one.name === name)
  if (part) throw brokenError([part], `${kind} ${name} cannot be used:`)
}

/** @throws BakeoffError BAD_SPEC for a name that is none of those that there are */
export function needKnown(what: string, name: string, names: readonly string[]): void {
  if (names.includes(name)) return
  const meant = didYouMean(name, names)
  throw new BakeoffError('BAD_SPEC', `there is no ${what} "${name}"`, {
    hint: meant ? `Did you mean "${meant}"?` : `There are: ${names.join(', ')}`,
  })
}
