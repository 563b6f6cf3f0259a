import type { Cell, Results } from '@bakeoff/model'
import { exactPercent } from '../words/quantities.js'
import { judgeAgainst } from './against.js'
import { type Baseline, judgeChanges } from './changes.js'
import { all, broken, FINE, type GateReport, type Judgement, unjudged } from './report.js'
import type { GateRules } from './rules.js'

/**
 * Judges a run by rules: which cells break one, and which could not be judged.
 *
 * @param baseline an earlier run; null when no rule needs one, or the run was compared with another commit itself
 */
export function askGate(results: Results, baseline: Baseline | null, rules: GateRules): GateReport {
  const found = all([
    ...results.cells.map((cell) => judgeErrors(cell, rules)),
    ...results.cells.map((cell) => judgeLevel(cell, rules)),
    ...(baseline === null ? [] : judgeChanges(results, baseline, rules)),
    ...(baseline === null && results.against ? [judgeAgainst(results.against, rules)] : []),
  ])
  const asked = results.cells.filter((cell) => isAbout(cell, rules))
  const judged = new Set([...asked.map(({ id }) => id), ...found.broken.map(({ cell }) => cell)])
  for (const { cell } of found.unjudged) judged.delete(cell)
  return { ...found, judged: judged.size, of: asked.length, runs: baseline && 1 + baseline.earlier.length }
}

/** Whether a rule is about a cell. A service level is asked for at one rate; the other rules are about every load. */
function isAbout(cell: Cell, { slo, ...others }: GateRules): boolean {
  const isLevel = slo === true && (cell.serviceLevel ?? null) !== null
  return isLevel || Object.values(others).some((share) => share !== null)
}

/** A level that is missed breaks the rule, and so does a target that could not be measured. One that is not decided does not. */
function judgeLevel({ id, serviceLevel, outcome }: Cell, { slo }: GateRules): Judgement {
  if (!slo || !serviceLevel || outcome === 'unsupported') return FINE
  const { answer, says } = serviceLevel
  if (answer === 'yes') return FINE
  return answer === 'no' || outcome === 'failed' ? broken(id, 'slo', says) : unjudged(id, says)
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
