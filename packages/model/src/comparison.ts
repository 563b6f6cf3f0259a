/** The comparison of two samples of a figure, and of runs side by side, as data from which other code makes sentences. */

import type { Estimate } from './figure.js'
import type { LoadSpec } from './loads/index.js'
import type { NetworkKind } from './machines.js'
import type { Cause, Cell, CellComparison, Outlook, Ratio, Results } from './results.js'

/** One of the two compared sides, in `of ÷ to`. */
export type Side = 'of' | 'to'

/** How two samples of a figure differ, as `packages/core/src/judge/difference.ts` judges it. */
export interface Difference {
  /** of `of`, against `to` */
  readonly conclusion: CellComparison['conclusion']
  readonly reason: DifferenceReason
  /** of ÷ to, of the geometric means */
  readonly ratio: Ratio
  /** two-sided, of "as much", and adjusted as the interval is; null without one */
  readonly pAdjusted: number | null
  /** the number of comparisons in the adjustment */
  readonly family: number
  /** the limit that it was judged by, relative: what a difference must exceed to count, or, of no difference, what it lies within */
  readonly least: number
  /** where that limit comes from: what is relevant to a reader, or how much the machine itself varies */
  readonly leastIs: 'relevant' | 'noise-floor'
  /** sides whose figure is only a bound: the true one may be better */
  readonly heldBack: readonly Side[]
  /** what would decide it; null: it is decided, or more repetitions would not */
  readonly outlook: Outlook | null
  /** the ratio with the interval that scatter within the two runs alone would give; absent: it is `ratio` */
  readonly withinRuns?: Ratio
}

export type DifferenceReason =
  /** higher or lower: the whole interval is more than counts as a difference */
  | { readonly kind: 'apart' }
  /** no difference: the whole interval is less than is relevant to a reader */
  | { readonly kind: 'within' }
  /** without two repetitions of both there is no interval */
  | { readonly kind: 'too-few'; readonly repetitions: Readonly<Record<Side, number>> }
  /** it looks apart, or within, but the figures of these sides are only bounds */
  | { readonly kind: 'held-back'; readonly sides: readonly Side[]; readonly looks: 'apart' | 'within' }
  /** the interval includes 1 */
  | { readonly kind: 'includes-one' }
  /** the interval excludes 1, but it may be less than counts as a difference */
  | { readonly kind: 'may-be-less' }
  /** the interval excludes 1, and the machine itself differed by more than all of it */
  | { readonly kind: 'hidden' }

/** Results with the name by which a reader knows them. */
export interface NamedRun {
  readonly name: string
  readonly results: Results
}

/** Runs side by side, each later one against the first. `compare` draws it, and `--fail-on` judges by it. */
export interface RunComparison {
  /** the runs; the others are compared with the first */
  readonly runs: readonly NamedRun[]
  /** the limits by which the figures were judged; the noise floor of the runs can be higher */
  readonly bounds: { readonly relevant: number; readonly significance: number }
  readonly settings: readonly SettingDifference[]
  /** every cell that any of the runs has */
  readonly cells: readonly ComparedCell[]
}

/** A difference between runs besides the figures. */
export interface SettingDifference {
  readonly what: string
  /** by run; null: not known, or not there */
  readonly values: readonly (string | null)[]
  /**
   * its meaning for the figures: those of other work and over another kind of network are not compared, and those of another machine do
   * not show a change of the target
   */
  readonly makes: 'other-work' | 'other-network' | 'other-machine' | null
}

export interface ComparedCell {
  readonly id: string
  readonly scenario: string
  readonly entry: string
  readonly load: LoadSpec
  readonly loadId: string
  /** by run; null: not part of it */
  readonly cells: readonly (Cell | null)[]
  /** the figure that the load is mainly about */
  readonly figures: readonly ComparedFigure[]
}

export interface ComparedFigure {
  readonly id: string
  /** the name of the figure in a sentence: `throughput`, `CPU time per request` */
  readonly name: string
  readonly unit: string
  readonly better: 'higher' | 'lower'
  /** by run */
  readonly estimates: readonly (Estimate | null)[]
  /** by run, the first left out */
  readonly against: readonly Against[]
}

/** A figure of a later run against the first: the judge's difference (later ÷ first), or why it was not judged. */
export type Against =
  | { readonly conclusion: Difference['conclusion']; readonly difference: Difference; readonly why: null }
  | {
      readonly conclusion: 'undecided' | 'different-work' | 'not-in-both'
      readonly difference: null
      readonly why: WhyNotJudged
    }

/** A setting in which two loads of one id differ, with its two values as text. */
export interface LoadSetting {
  /** as it is called in plans and results: `connections`, `arrivals`, `p99Ms` */
  readonly name: string
  readonly first: string
  readonly later: string
}

/** The reason why a figure was not judged. A reason that holds for both runs is given for the first. */
export type WhyNotJudged =
  | { readonly kind: 'absent'; readonly run: 'first' | 'later' }
  | {
      readonly kind: 'not-measured'
      readonly run: 'first' | 'later'
      readonly outcome: Exclude<Cell['outcome'], 'measured'>
      readonly says: string | null
    }
  /** one of its repetitions had no right answer */
  | { readonly kind: 'no-right-answer'; readonly run: 'first' | 'later' }
  /** it was measured, and this figure of it was not */
  | { readonly kind: 'no-figure'; readonly run: 'first' | 'later' }
  /** requests or answers differ */
  | { readonly kind: 'other-requests' }
  /** the load has the same id and other settings, e.g. another number of connections at the same rate */
  | { readonly kind: 'other-load'; readonly settings: readonly LoadSetting[] }
  /** `of`: the service whose caps differ; null: the target's */
  | { readonly kind: 'other-caps'; readonly of: string | null }
  /** packets between target and load agent went another way, and who pays for one differs */
  | { readonly kind: 'other-network'; readonly first: NetworkKind; readonly later: NetworkKind }
  /** its figures do not count, by these causes */
  | { readonly kind: 'invalid'; readonly run: 'first' | 'later'; readonly causes: readonly Cause[] }
