import type { ComparedCell, ComparedFigure, Results, WhyNotJudged } from '@bakeoff/model'
import { compareRuns } from '../compare-runs.js'
import { type RunSummary, type SpreadOf, spreadBetween, summaryOf } from '../history/index.js'
import { isBeyond, isWorse } from './beyond.js'
import { all, broken, FINE, type Judgement, unjudged } from './report.js'
import { CHANGE_RULES, type GateRules } from './rules.js'
import { allowedSays, changeSays, leastSays, spreadSays, whySays } from './words.js'

/** What a run is judged against. */
export interface Baseline {
  readonly results: Results
  /** other runs of before, under the same conditions: they tell how much runs differ where nothing changed */
  readonly earlier: readonly RunSummary[]
}

/** A rule that the user set, and its figure. */
interface Asked {
  readonly cell: string
  readonly rule: (typeof CHANGE_RULES)[number]['rule']
  /** 0 to 1 */
  readonly allowed: number
  readonly figure: ComparedFigure
}

/**
 * Judges changes against a baseline, as `compareRuns` finds them: a rule is broken by a figure that is clearly worse
 * and whose whole interval lies beyond the allowed change, so that noise of the machine does not fail a build. A cell
 * whose figures count in the baseline, and which is missing, failed, invalid or without a right answer now, has changed by
 * more than any share allows.
 *
 * The interval is that of the scatter within the two runs or, where earlier runs are known, that of the spread between runs if it is wider; those of all
 * cells then hold at once.
 *
 * @param baseline under the same conditions (`otherConditions`): machines are not compared here
 */
export function judgeChanges(results: Results, baseline: Baseline, rules: GateRules): Judgement[] {
  const { cells } = compareRuns(
    [
      { name: 'the baseline', results: baseline.results },
      { name: 'this run', results },
    ],
    spreadIn(results, [summaryOf(baseline.results), ...baseline.earlier]),
  )
  return cells.map((cell) => judgeCell(cell, askedOf(cell, rules)))
}

/** The spread between runs of the cells that are judged: others have no part in it, nor in how many intervals hold at once. */
function spreadIn({ cells: judged }: Results, runs: readonly RunSummary[]): SpreadOf {
  const ids = new Set(judged.map(({ id }) => id))
  return spreadBetween(runs.map((run) => ({ ...run, cells: run.cells.filter(({ id }) => ids.has(id)) })))
}

function askedOf({ id, figures }: ComparedCell, rules: GateRules): Asked[] {
  return CHANGE_RULES.flatMap(({ rule, figures: ids }) => {
    const allowed = rules[rule]
    const figure = figures.find((each) => ids.some((one) => one === each.id))
    return allowed === null || !figure ? [] : [{ cell: id, rule, allowed, figure }]
  })
}

function judgeCell(cell: ComparedCell, asked: readonly Asked[]): Judgement {
  const [first] = asked
  if (!first) return FINE
  const why = first.figure.against[0]?.why ?? null
  // A reason that holds for the whole cell is reported once.
  if (why !== null && why.kind !== 'no-figure') return judgeWhole(cell, first, why)
  return all(asked.map(judgeFigure))
}

/** A cell that is not compared: lost since the baseline, or not comparable with it. */
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
    // A CPU time that could not be read may or may not have grown.
    return isLost(found.why) && rule === 'regression' ? broken(cell, rule, says) : unjudged(cell, says)
  }
  const { conclusion, difference } = found
  const { ratio, withinRuns } = difference
  if (ratio.low === null || ratio.high === null)
    return unjudged(cell, 'one repetition has no interval: two at least are needed in both runs')
  if (!isBeyond(ratio, better, allowed)) {
    const isTheRuns = withinRuns !== undefined && isBeyond(withinRuns, better, allowed)
    return isTheRuns ? unjudged(cell, spreadSays(difference, withinRuns, name)) : FINE
  }
  const says = changeSays(ratio, name)
  return isWorse(conclusion, better)
    ? broken(cell, rule, `${says}, ${allowedSays(better, allowed)}`)
    : unjudged(cell, `${says}, and it is not told apart: ${leastSays(difference)}`)
}

/** Whether the figures of a cell count in the baseline and are lost here, for a reason in the cell itself. */
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
    case 'other-load':
    case 'other-caps':
    case 'other-network':
      return false
  }
}
