import type { AgainstCommit, AgainstFigure } from '@bakeoff/model'
import { figureTitle } from '../figures/index.js'
import { withInterval } from '../words/quantities.js'
import { isBeyond, isWorse } from './beyond.js'
import { all, broken, FINE, type Judgement, unjudged } from './report.js'
import { CHANGE_RULES, type GateRules } from './rules.js'
import { allowedSays } from './words.js'

/**
 * Judges the changes since another commit that was measured in the same blocks, by the rules that a baseline is judged by: a rule is
 * broken by a figure that is told apart as worse and whose whole interval lies beyond the allowed change, or that the other commit
 * has and this checkout has lost.
 */
export function judgeAgainst({ ref, figures, leftOut }: AgainstCommit, rules: GateRules): Judgement {
  const asked = CHANGE_RULES.filter(({ rule }) => rules[rule] !== null)
  if (asked.length === 0) return FINE
  return all([
    ...leftOut.map(({ entry, why }) => unjudged(entry, why)),
    ...asked.flatMap(({ rule, figures: ids }) =>
      figures
        .filter(({ metric }) => ids.some((id) => id === metric))
        .map((figure) => judgeFigure(figure, { rule, allowed: rules[rule] ?? 0, ref })),
    ),
  ])
}

interface Asked {
  readonly rule: (typeof CHANGE_RULES)[number]['rule']
  /** 0 to 1 */
  readonly allowed: number
  readonly ref: string
}

function judgeFigure(figure: AgainstFigure, { rule, allowed, ref }: Asked): Judgement {
  const { cell, better, ratio, conclusion, missing, why } = figure
  if (missing === 'other-commit') return unjudged(cell, `in ${ref} ${why}`)
  if (missing === 'this-checkout') {
    // A CPU time that could not be read may or may not have grown.
    return rule === 'regression' ? broken(cell, rule, `${ref} has it, and here ${why}`) : unjudged(cell, why)
  }
  if (ratio === null || ratio.low === null || ratio.high === null) return unjudged(cell, why)
  if (!isBeyond(ratio, better, allowed)) return FINE
  const says = `${figureTitle(figure.metric)} ${withInterval(ratio.median, ratio.low, ratio.high)} that of ${ref}`
  return isWorse(conclusion, better)
    ? broken(cell, rule, `${says}, ${allowedSays(better, allowed)}`)
    : unjudged(cell, `${says}: ${why}`)
}
