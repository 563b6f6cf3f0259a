import type { ComparedCell, ComparedFigure, Results, WhyNotJudged } from '@bakeoff/model'
import { compareRuns } from '../compare-runs.js'
import { exactPercent } from '../words/quantities.js'
import { all, broken, FINE, type Judgement, unjudged } from './report.js'
import type { GateRules } from './rules.js'
import { changeSays, leastSays, whySays } from './words.js'

/** Rules about a change, and the figures that each is about. */
const RULES = [
  { rule: 'regression', figures: ['throughput', 'capacityPerSecond'] },
  { rule: 'cpu', figures: ['cpuMsPerRequest'] },
] as const

/** A rule that was asked for, and the figure of a cell that it is about. */
interface Asked {
  readonly cell: string
  readonly rule: (typeof RULES)[number]['rule']
  /** 0 to 1 */
  readonly allowed: number
  readonly figure: ComparedFigure
}

/**
 * What has changed against a baseline, as `compareRuns` tells it: a rule is broken by a figure that is told apart for the
 * worse and whose whole interval lies beyond what is allowed, so that noise of a machine does not fail a build. A cell
 * whose figures count in the baseline, and that is missing, failed, invalid or without a right answer now, has changed by
 * more than any share allows.
 *
 * @param baseline of the same setting (`otherThanBaseline`): nothing here looks at machines
 */
export function judgeChanges(results: Results, baseline: Results, rules: GateRules): Judgement[] {
  const { cells } = compareRuns([
    { name: 'the baseline', results: baseline },
    { name: 'this run', results },
  ])
  return cells.map((cell) => judgeCell(cell, askedOf(cell, rules)))
}

function askedOf({ id, figures }: ComparedCell, rules: GateRules): Asked[] {
  return RULES.flatMap(({ rule, figures: ids }) => {
    const allowed = rules[rule]
    const figure = figures.find((each) => ids.some((one) => one === each.id))
    return allowed === null || !figure ? [] : [{ cell: id, rule, allowed, figure }]
  })
}

function judgeCell(cell: ComparedCell, asked: readonly Asked[]): Judgement {
  const [first] = asked
  if (!first) return FINE
  const why = first.figure.against[0]?.why ?? null
  // What holds for the whole cell is told once.
  if (why !== null && why.kind !== 'no-figure') return judgeWhole(cell, first, why)
  return all(asked.map(judgeFigure))
}

/** A cell of which nothing is compared: lost since the baseline, or not to be compared with it. */
function judgeWhole({ id, cells }: ComparedCell, { rule, figure }: Asked, why: WhyNotJudged): Judgement {
  const says = whySays(why, figure.name)
  if (isLost(why)) return broken(id, rule, says)
  return cells[1] === null ? FINE : unjudged(id, says) // a cell without figures in either run has not changed
}

function judgeFigure({ cell, rule, allowed, figure }: Asked): Judgement {
  const { name, better } = figure
  const [found] = figure.against
  if (!found) return FINE
  if (found.why !== null) {
    const says = whySays(found.why, name)
    // Of a CPU time that could not be read nobody knows whether it grew.
    return isLost(found.why) && rule === 'regression' ? broken(cell, rule, says) : unjudged(cell, says)
  }
  const { conclusion, difference } = found
  const { low, high } = difference.ratio
  if (low === null || high === null)
    return unjudged(cell, 'one repetition has no interval: two at least are needed in both runs')
  const isBeyond = better === 'higher' ? high < 1 - allowed : low > 1 + allowed
  if (!isBeyond) return FINE
  const says = changeSays(difference, name)
  return conclusion === (better === 'higher' ? 'lower' : 'higher')
    ? broken(cell, rule, `${says}, allowed ${better === 'higher' ? '−' : '+'}${exactPercent(allowed)}`)
    : unjudged(cell, `${says}, and it is not told apart: ${leastSays(difference)}`)
}

/** Whether the figures of a cell count in the baseline and are gone here, for a reason of its own. */
function isLost(why: WhyNotJudged): boolean {
  switch (why.kind) {
    case 'absent':
    case 'no-right-answer':
    case 'no-figure':
    case 'invalid':
      return why.run === 'later'
    case 'not-measured':
      return why.run === 'later' && why.outcome !== 'unsupported'
    case 'other-requests':
    case 'other-caps':
      return false
  }
}
