import type { Cell, Estimate, Results } from '@bakeoff/model'
import { welchRatio } from '../stats/index.js'
import type { GateRules } from './rules.js'

export interface GateReport {
  /** cells that broke a rule, and how */
  readonly broken: readonly Broken[]
  /** cells that could not be judged by some rule, and why; they break nothing */
  readonly unjudged: readonly Unjudged[]
  /** cells that were judged by every rule */
  readonly judged: number
}

export interface Broken {
  readonly cell: string
  readonly rule: keyof GateRules
  readonly says: string
}

export interface Unjudged {
  readonly cell: string
  readonly says: string
}

/**
 * Judges a run by rules. A change against the baseline counts only when its whole 95 % interval lies beyond what is
 * allowed (Welch on logarithms, since the runs are not paired): noise of a machine must not fail a build. A cell that
 * the baseline measured, and that is missing or has no right answers now, has changed by more than any share allows.
 *
 * @param baseline results of an earlier run; null when no rule needs one
 */
export function gate(results: Results, baseline: Results | null, rules: GateRules): GateReport {
  const { broken, unjudged } = all([
    ...results.cells.map((cell) => judgeErrors(cell, rules)),
    ...(baseline === null ? [] : results.cells.map((cell) => judgeChange(cell, results, baseline, rules))),
    ...(baseline === null ? [] : [missingCells(results, baseline, rules)]),
  ])
  const cells = new Set([...results.cells.map(({ id }) => id), ...broken.map(({ cell }) => cell)])
  for (const { cell } of unjudged) cells.delete(cell)
  return { broken, unjudged, judged: cells.size }
}

interface Judgement {
  readonly broken: readonly Broken[]
  readonly unjudged: readonly Unjudged[]
}

const FINE: Judgement = { broken: [], unjudged: [] }

function all(judgements: readonly Judgement[]): Judgement {
  return {
    broken: judgements.flatMap(({ broken }) => broken),
    unjudged: judgements.flatMap(({ unjudged }) => unjudged),
  }
}

/** The rule that a cell breaks which cannot be compared because it is gone; null when none compares with a baseline. */
function comparingRule({ regression, cpu }: GateRules): 'regression' | 'cpu' | null {
  return regression !== null ? 'regression' : cpu !== null ? 'cpu' : null
}

function judgeErrors(cell: Cell, { errors }: GateRules): Judgement {
  const says = errors === null ? null : failuresBeyond(cell, errors)
  return says === null ? FINE : { broken: [{ cell: cell.id, rule: 'errors', says }], unjudged: [] }
}

function judgeChange(cell: Cell, results: Results, baseline: Results, rules: GateRules): Judgement {
  const rule = comparingRule(rules)
  if (rule === null) return FINE
  const unjudged = (says: string): Judgement => ({ broken: [], unjudged: [{ cell: cell.id, says }] })
  const before = baseline.cells.find(({ id }) => id === cell.id)
  if (!before) return unjudged('it is not in the baseline')
  if (cell.outcome === 'unsupported')
    return unjudged(`it is unsupported here: ${cell.outcomeReason ?? 'no reason given'}`)
  if (whyWithoutFigure(before) !== null) return unjudged(`in the baseline ${whyWithoutFigure(before)}`)
  const gone = whyWithoutFigure(cell)
  if (gone !== null)
    return { broken: [{ cell: cell.id, rule, says: `the baseline measured it, and here ${gone}` }], unjudged: [] }
  const why = incomparable(cell, before, results, baseline)
  if (why) return unjudged(why)
  return all([
    change('regression', cell, cell.throughput, before.throughput, rules.regression),
    change('cpu', cell, cell.target.cpuMsPerRequest, before.target.cpuMsPerRequest, rules.cpu),
  ])
}

/** Cells that the baseline measured, and of which this run says nothing. */
function missingCells(results: Results, baseline: Results, rules: GateRules): Judgement {
  const rule = comparingRule(rules)
  if (rule === null) return FINE
  const here = new Set(results.cells.map(({ id }) => id))
  const missing = baseline.cells.filter((cell) => !here.has(cell.id) && whyWithoutFigure(cell) === null)
  const says = 'the baseline has it, and this run does not: measure the same, or take a baseline of what is measured'
  return { broken: missing.map(({ id }) => ({ cell: id, rule, says })), unjudged: [] }
}

/** Why a cell has no throughput that a ratio could be made of; null when it has. */
function whyWithoutFigure({ outcome, outcomeReason, throughput }: Cell): string | null {
  if (outcome !== 'measured') return `it was not measured: ${outcomeReason ?? outcome}`
  if (throughput === null || throughput.values.some((value) => value <= 0))
    return 'a repetition had not one right answer'
  return null
}

function failuresBeyond(cell: Cell, allowed: number): string | null {
  if (cell.outcome === 'unsupported') return null
  if (cell.outcome !== 'measured' || !cell.requests) return `it was not measured: ${cell.outcomeReason ?? cell.outcome}`
  const silent = cell.verdict?.causes.find(({ cause }) => cause === 'no-answers')
  if (silent) return silent.evidence
  const { errors, wrong, timeouts, lost, sent } = cell.requests
  const failed = errors + wrong + timeouts + lost
  return sent > 0 && failed / sent > allowed
    ? `${failed} of ${sent} requests failed (${percent(failed / sent)}, allowed ${percent(allowed)})`
    : null
}

/** Why two cells of one name are not the same work on the same kind of machine; null when they are. */
function incomparable(now: Cell, before: Cell, results: Results, baseline: Results): string | null {
  const [here, there] = [results, baseline].map(({ host }) => `${host.cpuModel ?? 'unknown CPU'}, ${host.architecture}`)
  if (here !== there) return `the baseline was measured on another CPU: ${there}; this is ${here}`
  const [a, b] = [results, baseline].map((one) => one.scenarios.find(({ id }) => id === now.scenario))
  if (a?.workDigest !== b?.workDigest) return 'requests or answers have changed since the baseline'
  if (
    now.target.caps?.cpus !== before.target.caps?.cpus ||
    now.target.caps?.memoryBytes !== before.target.caps?.memoryBytes
  )
    return 'its caps differ from the baseline'
  return null
}

function change(
  rule: 'regression' | 'cpu',
  { id }: Cell,
  now: Estimate | null,
  then: Estimate | null,
  allowed: number | null,
): Judgement {
  if (allowed === null) return FINE
  const unjudged = (says: string): Judgement => ({ broken: [], unjudged: [{ cell: id, says }] })
  const what = rule === 'cpu' ? 'CPU time per request' : 'throughput'
  if (!now || !then || [...now.values, ...then.values].some((value) => value <= 0))
    return unjudged(`no ${what} in one of the runs`)
  const ratio = welchRatio(now.values, then.values)
  if (ratio.low === null || ratio.high === null)
    return unjudged('one repetition has no interval: two at least are needed in both runs')
  const isBroken = rule === 'cpu' ? ratio.low > 1 + allowed : ratio.high < 1 - allowed
  if (!isBroken) return FINE
  const by = `${percent(ratio.ratio - 1)} (${percent(ratio.low - 1)} to ${percent(ratio.high - 1)})`
  const says = `${what} changed by ${by}, allowed ${rule === 'cpu' ? '+' : '−'}${percent(allowed)}`
  return { broken: [{ cell: id, rule, says }], unjudged: [] }
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`.replace('-', '−')
}
