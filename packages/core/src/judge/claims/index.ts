import {
  type ClaimConclusion,
  type ClaimResult,
  type ClaimSpec,
  type Difference,
  suspectWords,
  withReservations,
} from '@bakeoff/model'
import { typical } from '../../figures/estimate.js'
import { type FigureRule, figureRules } from '../../figures/index.js'
import { todaysId } from '../../figures/old-ids.js'
import { thresholds } from '../../thresholds.js'
import { nameOf } from '../../words/names.js'
import { duration, list, many } from '../../words/quantities.js'
import { settingWords } from '../../words/settings.js'
import { inSentence } from '../../words/titles.js'
import { type Compared, heldBackBy, valuesByBlock, whyUnranked } from '../comparisons.js'
import { differences, type Pair } from '../difference.js'
import type { JudgedCell } from '../judged.js'
import { type Audit, aboutSource, auditOf, taskMs } from './audit.js'
import { concludeRatio } from './conclude.js'
import { otherConditions, underConditions } from './conditions.js'
import { isUnequalWork, otherLoadWords, type Stand, standOf, whyOtherLoad } from './setting.js'
import { concludeStatement } from './statements.js'

type Subject = ClaimSpec['subjects'][number]
type Comparison = ClaimResult['comparisons'][number]

/**
 * Each published claim beside what was measured here. What the run compares anyway has one answer, that of the tables; only other
 * figures are judged for the claim alone.
 */
export function compareClaims(
  claims: readonly ClaimSpec[],
  cells: readonly JudgedCell[],
  { differenceOf }: Pick<Compared, 'differenceOf'>,
): ClaimResult[] {
  return claims.map((claim) => compareClaim(withTodaysIds(claim), { cells, differenceOf }))
}

/** What was measured here, and what the tables say of it. */
interface Measurements extends Pick<Compared, 'differenceOf'> {
  readonly cells: readonly JudgedCell[]
}

/** A run holds its claims as they were when it was made. What was published is time from sending. */
function withTodaysIds(claim: ClaimSpec): ClaimSpec {
  const today = (id: string) => todaysId(id, 'serviceMs')
  return {
    ...claim,
    subjects: claim.subjects.map((subject) => ({
      ...subject,
      figures: Object.fromEntries(Object.entries(subject.figures).map(([id, value]) => [today(id), value])),
    })),
    comparisons: claim.comparisons.map((each) => ({ ...each, metric: today(each.metric) })),
  }
}

function compareClaim(claim: ClaimSpec, here: Measurements): ClaimResult {
  const stands = new Map(claim.subjects.map((subject) => [subject.id, standOf(subject, claim.scenario, here.cells)]))
  const audits = new Map(claim.subjects.map((subject) => [subject.id, auditOf(subject)]))
  const { id, title, source, setting, scenario } = claim
  const comparisons = compare(claim, stands, audits, here)
  const statements = claim.statements.map((spec) => concludeStatement(spec, claim, stands))
  return {
    id,
    title,
    source,
    setting,
    scenario,
    subjects: claim.subjects.map((subject) => toSubject(claim, subject, stands.get(subject.id) ?? null)),
    comparisons,
    statements,
    score: scoreOf([...comparisons, ...statements]),
    notes: [...claim.notes, ...[...audits.values()].flatMap((found) => found.map(({ full }) => full))],
  }
}

function scoreOf(sentences: readonly { readonly conclusion: ClaimConclusion }[]): ClaimResult['score'] {
  const score: Partial<Record<ClaimConclusion, number>> = {}
  for (const { conclusion } of sentences) score[conclusion] = (score[conclusion] ?? 0) + 1
  return score
}

function toSubject(claim: ClaimSpec, subject: Subject, stand: Stand | null): ClaimResult['subjects'][number] {
  const asked = [...Object.keys(subject.figures), ...claim.comparisons.map(({ metric }) => metric)]
  const view = stand?.cell.view ?? null
  return {
    id: subject.id,
    says: subject.says,
    target: subject.target,
    variant: subject.variant,
    published: { ...subject.figures },
    load: { ...subject.load },
    cell: view?.id ?? null,
    measured: Object.fromEntries(
      figureRules
        .filter(({ id }) => asked.includes(id))
        .map((metric) => [metric.id, view === null ? null : typical(metric, view)]),
    ),
  }
}

/** Either at once an answer, or two samples that are judged. */
type Step = Told | Measured

type Told = Pick<Comparison, 'conclusion' | 'why'>

interface Measured {
  readonly metric: FigureRule
  readonly of: Stand
  readonly to: Stand
  readonly pair: Pair
}

/** What the judge says of the pairs that claims are about: of those alone that could be measured and compared. */
export function differencesOfClaims(claims: readonly ClaimSpec[], here: Measurements): Difference[] {
  return claims.map(withTodaysIds).flatMap((claim) => {
    const stands = new Map(claim.subjects.map((subject) => [subject.id, standOf(subject, claim.scenario, here.cells)]))
    return judgedSteps(claim, stands, here).flatMap(({ difference }) => difference ?? [])
  })
}

function compare(
  claim: ClaimSpec,
  stands: ReadonlyMap<string, Stand | null>,
  audits: ReadonlyMap<string, readonly Audit[]>,
  here: Measurements,
): Comparison[] {
  const told = new Set<Audit>() // of each subject once: the next comparison is about the same figures of the source
  const notTold = (subject: string) => (audits.get(subject) ?? []).filter((audit) => !told.has(audit))
  return judgedSteps(claim, stands, here).map(({ spec, step, difference }) => {
    const { metric, of, to, statement, published } = spec
    const base = { metric, of, to, statement, published }
    if (difference === null) return { ...base, measured: null, ...step }
    const { conclusion, why } = underConditions(
      concludeRatio(difference, published),
      otherConditions(claim, [step.of, step.to]),
    )
    const about = step.metric.dependsOnLoad ? [...notTold(of), ...notTold(to)] : []
    for (const audit of about) told.add(audit)
    const reason = [why + otherLoadWords([step.of, step.to]), aboutSource(about)].filter((part) => part !== null)
    return {
      ...base,
      measured: difference.ratio,
      conclusion,
      why: withReservations([doubtsOf([step.of, step.to])], reason.join(' ')),
    }
  })
}

type Spec = ClaimSpec['comparisons'][number]
type Judged =
  | { readonly spec: Spec; readonly step: Told; readonly difference: null }
  | { readonly spec: Spec; readonly step: Measured; readonly difference: Difference }

/** The comparisons of a claim, each with what the judge says of its pair: the tables' answer, where they compare it. */
function judgedSteps(
  claim: ClaimSpec,
  stands: ReadonlyMap<string, Stand | null>,
  { cells, differenceOf }: Measurements,
): Judged[] {
  const subjects = new Map(claim.subjects.map((subject) => [subject.id, subject]))
  const steps = claim.comparisons.map((spec) => ({
    spec,
    step: measure(spec.metric, { of: subjects.get(spec.of)!, to: subjects.get(spec.to)! }, stands, cells),
  }))
  const inTables = ({ metric, of, to }: Measured) => differenceOf(metric.id, of.cell.view.id, to.cell.view.id)
  const own = steps.flatMap(({ step }) => ('pair' in step && inTables(step) === null ? [step] : []))
  const judged = differences(
    own.map(({ pair }) => pair),
    { relevant: thresholds.relevantDifference, significance: thresholds.significance, noiseFloor: null },
  )
  return steps.map(({ spec, step }) =>
    'pair' in step
      ? { spec, step, difference: inTables(step) ?? judged[own.indexOf(step)]! }
      : { spec, step, difference: null },
  )
}

function measure(
  id: string,
  { of, to }: Readonly<Record<'of' | 'to', Subject>>,
  stands: ReadonlyMap<string, Stand | null>,
  cells: readonly JudgedCell[],
): Step {
  const metric = figureRules.find((each) => each.id === id)
  if (!metric) return { conclusion: 'not-measured', why: `Bakeoff has no figure called ${id}.` }
  if (metric.dependsOnLoad && isUnequalWork(of, to))
    return { conclusion: 'not-comparable', why: unequalWords(of, to, metric) }
  const standOfSide = stands.get(of.id) ?? null
  const standToSide = stands.get(to.id) ?? null
  if (standOfSide === null || standToSide === null) {
    const absent = [...(standOfSide ? [] : [of]), ...(standToSide ? [] : [to])]
    return {
      conclusion: 'not-measured',
      why: `${list(absent.map(({ target, variant }) => `${target} (${variant})`))} ${absent.length === 1 ? 'is' : 'are'} not part of this run.`,
    }
  }
  for (const { cell } of [standOfSide, standToSide]) {
    const step = whyNot(cell, cells)
    if (step) return step
  }
  const otherLoad = metric.dependsOnLoad ? whyOtherLoad([standOfSide, standToSide]) : null
  if (otherLoad !== null) return { conclusion: 'not-comparable', why: otherLoad }
  if (metric.dependsOnLoad && standOfSide.cell.view.loadId !== standToSide.cell.view.loadId) {
    return {
      conclusion: 'not-comparable',
      why: `Here one was measured under ${standOfSide.cell.view.loadId} and the other under ${standToSide.cell.view.loadId}: ${inSentence(metric.title)} depends on that.`,
    }
  }
  const size = otherSize(metric, [standOfSide, standToSide])
  if (size !== null) return { conclusion: 'not-comparable', why: size }
  const pair: Pair = {
    of: valuesByBlock(metric, standOfSide.cell),
    to: valuesByBlock(metric, standToSide.cell),
    better: metric.better,
    heldBack: heldBackBy(metric, { of: standOfSide.cell, to: standToSide.cell }),
  }
  if (pair.of.length === 0 || pair.to.length === 0)
    return { conclusion: 'not-measured', why: `${metric.title} could not be measured for both.` }
  return { metric, of: standOfSide, to: standToSide, pair }
}

/** Why a figure that grows with the number of answers does not compare these two; null when it does. */
function otherSize(metric: FigureRule, stands: readonly [Stand, Stand]): string | null {
  if (metric.of === 'start' || !metric.growsWithAnswers) return null
  const [of, to] = stands.map(({ cell: { view } }) =>
    view.repetitions.reduce((sum, { record }) => sum + record.measurement.counts.ok, 0),
  ) as [number, number]
  if (Math.max(of, to) <= Math.min(of, to) * (1 + thresholds.sameSize)) return null
  return `Not comparable here: ${inSentence(metric.title)}, of ${many(of, 'answer')} against ${many(to, 'answer')}, and the slowest of more answers is slower by that alone.`
}

/** The reason why a cell's figures do not count, or count for other work. */
function whyNot(cell: JudgedCell, cells: readonly JudgedCell[]): Step | null {
  const { view, verdict } = cell
  const why = whyUnranked(
    cell,
    cells.filter((each) => each.view.scenario.id === view.scenario.id && each.view.loadId === view.loadId),
  )
  if (why === null) return null
  const isNothing = verdict === null || verdict.status === 'invalid'
  return { conclusion: isNothing ? 'not-measured' : 'not-comparable', why: `${view.entry.target}: ${why}.` }
}

function unequalWords(of: Subject, to: Subject, metric: FigureRule): string {
  const unequal = `The work was not the same: ${settingWords(of)} against ${settingWords(to)}. ${metric.title} depends on that, so the two are not ranked by it.`
  const [ofMs, toMs] = [taskMs(of), taskMs(to)]
  return ofMs === null || toMs === null
    ? unequal
    : `${unequal} By Little's law a task took ${duration(ofMs)} and ${duration(toMs)}. CPU time per task stays comparable.`
}

/** The suspects among the cells that stand for subjects. They count all the same. */
function doubtsOf(stands: readonly Stand[]): string | null {
  return suspectWords(
    stands.map(({ cell: { view, verdict } }) => ({
      name: nameOf({ target: { name: view.entry.target }, variant: view.entry.variant }),
      verdict,
    })),
  )
}
