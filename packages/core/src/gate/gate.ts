import type { Cell, Estimate, Results } from '@bakeoff/model'
import { welchRatio } from '../stats/index.js'
import type { GateRules } from './rules.js'

export interface GateReport {
  /** cells that broke a rule, and how */
  readonly broken: readonly { readonly cell: string; readonly rule: keyof GateRules; readonly says: string }[]
  /** cells that could not be judged, and why; they break nothing */
  readonly unjudged: readonly { readonly cell: string; readonly says: string }[]
}

/**
 * Judges a run by rules. A change against the baseline counts only when its whole 95 % interval lies beyond what is
 * allowed (Welch on logarithms, since the runs are not paired): noise of a machine must not fail a build.
 *
 * @param baseline results of an earlier run; null when no rule needs one
 */
export function gate(results: Results, baseline: Results | null, rules: GateRules): GateReport {
  const broken: GateReport['broken'][number][] = []
  const unjudged: GateReport['unjudged'][number][] = []
  for (const cell of results.cells) {
    if (rules.errors !== null) {
      const says = failuresBeyond(cell, rules.errors)
      if (says) broken.push({ cell: cell.id, rule: 'errors', says })
    }
    if (baseline === null || (rules.regression === null && rules.cpu === null)) continue
    const before = baseline.cells.find(({ id }) => id === cell.id)
    const why = before ? incomparable(cell, before, results, baseline) : 'it is not in the baseline'
    if (!before || why) {
      unjudged.push({ cell: cell.id, says: why ?? 'it is not in the baseline' })
      continue
    }
    const judge = (rule: 'regression' | 'cpu', now: Estimate | null, then: Estimate | null, allowed: number | null) => {
      if (allowed === null) return
      const verdict = changeBeyond(rule, now, then, allowed)
      if (verdict.kind === 'broken') broken.push({ cell: cell.id, rule, says: verdict.says })
      if (verdict.kind === 'unjudged') unjudged.push({ cell: cell.id, says: verdict.says })
    }
    judge('regression', cell.throughput, before.throughput, rules.regression)
    judge('cpu', cell.target.cpuMsPerRequest, before.target.cpuMsPerRequest, rules.cpu)
  }
  return { broken, unjudged }
}

function failuresBeyond(cell: Cell, allowed: number): string | null {
  if (cell.outcome === 'unsupported') return null
  if (cell.outcome !== 'measured' || !cell.requests) return `it was not measured: ${cell.outcomeReason ?? cell.outcome}`
  const { errors, wrong, timeouts, lost, sent } = cell.requests
  const failed = errors + wrong + timeouts + lost
  return sent > 0 && failed / sent > allowed
    ? `${failed} of ${sent} requests failed (${percent(failed / sent)}, allowed ${percent(allowed)})`
    : null
}

/** Why two cells of one name are not the same work; null when they are. */
function incomparable(now: Cell, before: Cell, results: Results, baseline: Results): string | null {
  const [a, b] = [results, baseline].map((one) => one.scenarios.find(({ id }) => id === now.scenario))
  if (a?.workDigest !== b?.workDigest) return 'requests or answers have changed since the baseline'
  if (
    now.target.caps?.cpus !== before.target.caps?.cpus ||
    now.target.caps?.memoryBytes !== before.target.caps?.memoryBytes
  )
    return 'its caps differ from the baseline'
  return null
}

type Change = { readonly kind: 'kept' } | { readonly kind: 'broken' | 'unjudged'; readonly says: string }

function changeBeyond(
  rule: 'regression' | 'cpu',
  now: Estimate | null,
  then: Estimate | null,
  allowed: number,
): Change {
  if (!now || !then)
    return { kind: 'unjudged', says: `no ${rule === 'cpu' ? 'CPU time' : 'throughput'} in one of the runs` }
  if ([...now.values, ...then.values].some((value) => value <= 0))
    return { kind: 'unjudged', says: 'a repetition without any right answer has no ratio' }
  const ratio = welchRatio(now.values, then.values)
  if (ratio.low === null || ratio.high === null)
    return { kind: 'unjudged', says: 'one repetition has no interval: two at least are needed in both runs' }
  const change = `${percent(ratio.ratio - 1)} (${percent(ratio.low - 1)} to ${percent(ratio.high - 1)})`
  if (rule === 'regression' && ratio.high < 1 - allowed)
    return { kind: 'broken', says: `throughput changed by ${change}, allowed −${percent(allowed)}` }
  if (rule === 'cpu' && ratio.low > 1 + allowed)
    return { kind: 'broken', says: `CPU time per request changed by ${change}, allowed +${percent(allowed)}` }
  return { kind: 'kept' }
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`.replace('-', '−')
}
