import type { Cell, Results } from '@bakeoff/model'
import { exactPercent } from '../words/quantities.js'
import { judgeAgainst } from './against.js'
import { type Baseline, judgeChanges } from './changes.js'
import { all, broken, FINE, type GateReport, type Judgement } from './report.js'
import type { GateRules } from './rules.js'

/**
 * Judges a run by rules: which cells break one, and which could not be judged.
 *
 * @param baseline an earlier run; null when no rule needs one, or the run was compared with another commit itself
 */
export function askGate(results: Results, baseline: Baseline | null, rules: GateRules): GateReport {
  const found = all([
    ...results.cells.map((cell) => judgeErrors(cell, rules)),
    ...(baseline === null ? [] : judgeChanges(results, baseline, rules)),
    ...(baseline === null && results.against ? [judgeAgainst(results.against, rules)] : []),
  ])
  const judged = new Set([...results.cells.map(({ id }) => id), ...found.broken.map(({ cell }) => cell)])
  for (const { cell } of found.unjudged) judged.delete(cell)
  return { ...found, judged: judged.size, runs: baseline && 1 + baseline.earlier.length }
}

function judgeErrors(cell: Cell, { errors }: GateRules): Judgement {
  const says = errors === null ? null : failuresBeyond(cell, errors)
  return says === null ? FINE : broken(cell.id, 'errors', says)
}

function failuresBeyond(cell: Cell, allowed: number): string | null {
  if (cell.outcome === 'unsupported') return null
  if (cell.outcome !== 'measured' || !cell.requests) return `it was not measured: ${cell.outcomeReason ?? cell.outcome}`
  const silent = cell.verdict?.causes.find(({ cause }) => cause === 'no-answers')
  if (silent) return silent.evidence
  const { errors, wrong, timeouts, lost, sent } = cell.requests
  const failed = errors + wrong + timeouts + lost
  return sent > 0 && failed / sent > allowed
    ? `${failed} of ${sent} requests failed (${exactPercent(failed / sent)}, allowed ${exactPercent(allowed)})`
    : null
}
