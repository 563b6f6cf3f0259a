import type { ClaimResult, ClaimSpec } from '@bakeoff/model'
import { typical } from '../../figures/estimate.js'
import { type FigureRule, figureRules } from '../../figures/index.js'
import { todaysId } from '../../figures/old-ids.js'
import { thresholds } from '../../thresholds.js'
import { duration, list } from '../../words/quantities.js'
import { settingWords } from '../../words/settings.js'
import { type Compared, heldBackBy, valuesByBlock, whyUnranked } from '../comparisons.js'
import { differences, type Pair } from '../difference.js'
import type { JudgedCell } from '../judged.js'
import { type Audit, aboutSource, auditOf, taskMs } from './audit.js'
import { concludeRatio } from './conclude.js'
import { isUnequalWork, otherLoadWords, type Stand, standOf } from './setting.js'
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
  return {
    id,
    title,
    source,
    setting,
    scenario,
    subjects: claim.subjects.map((subject) => toSubject(claim, subject, stands.get(subject.id) ?? null)),
    comparisons: compare(claim, stands, audits, here),
    statements: claim.statements.map((spec) =>
      concludeStatement(
        spec,
        spec.subjects.map((subject) => stands.get(subject) ?? null),
      ),
    ),
    notes: [...claim.notes, ...[...audits.values()].flatMap((found) => found.map(({ full }) => full))],
  }
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
type Step = Pick<Comparison, 'conclusion' | 'why'> | Measured

interface Measured {
  readonly metric: FigureRule
  readonly of: Stand
  readonly to: Stand
  readonly pair: Pair
}

function compare(
  claim: ClaimSpec,
  stands: ReadonlyMap<string, Stand | null>,
  audits: ReadonlyMap<string, readonly Audit[]>,
  { cells, differenceOf }: Measurements,
): Comparison[] {
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
  return steps.map(({ spec, step }) => {
    const { metric, of, to, statement, published } = spec
    const base = { metric, of, to, statement, published }
    if (!('pair' in step)) return { ...base, measured: null, ...step }
    const difference = inTables(step) ?? judged[own.indexOf(step)]!
    const { conclusion, why } = concludeRatio(difference, published)
    return {
      ...base,
      measured: difference.ratio,
      conclusion,
      why: [
        why + otherLoadWords([step.of, step.to]),
        ...doubtsOf([step.of, step.to]),
        ...(step.metric.dependsOnLoad ? [aboutSource([...(audits.get(of) ?? []), ...(audits.get(to) ?? [])])] : []),
      ]
        .filter((part) => part !== null)
        .join(' '),
    }
  })
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
  if (metric.dependsOnLoad && standOfSide.cell.view.loadId !== standToSide.cell.view.loadId) {
    return {
      conclusion: 'not-comparable',
      why: `Here one was measured under ${standOfSide.cell.view.loadId} and the other under ${standToSide.cell.view.loadId}: ${metric.title.toLowerCase()} depends on that.`,
    }
  }
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

/** Sentences about marked cells, which count all the same. */
function doubtsOf(stands: readonly Stand[]): string[] {
  const doubts = stands.flatMap(({ cell: { view, verdict } }) => {
    const causes = (verdict?.causes ?? []).filter(({ effect }) => effect === 'doubts').map(({ cause }) => cause)
    return causes.length === 0 ? [] : [`${view.entry.target} is suspect (${list([...new Set(causes)])})`]
  })
  return doubts.length === 0 ? [] : [`Marked: ${list(doubts)}.`]
}
