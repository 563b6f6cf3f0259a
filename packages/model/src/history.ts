/** The history of the runs of a folder, as data: `npm run history` prints it, and its page draws it. */
import type { LoadSpec } from './loads/index.js'
import type { Ratio, Results, Verdict } from './results.js'

/** A condition under which a run was measured, such as its processor. */
export interface Condition {
  readonly what: string
  /** null: not known */
  readonly value: string | null
  /** the value is a digest, which says nothing to a reader */
  readonly isDigest?: true
  /** the value goes without saying: it is that of every run on one machine */
  readonly isUsual?: true
}

export interface History {
  /** a change counts when its whole interval lies beyond `relevant`; intervals hold with 1 − significance */
  readonly bounds: { readonly relevant: number; readonly significance: number }
  readonly series: readonly HistorySeries[]
  /** runs that are in no series, and why */
  readonly leftOut: readonly { readonly name: string; readonly why: string }[]
}

/** The runs of a scenario under the same conditions. Runs under others make another series: the two are never joined. */
export interface HistorySeries {
  readonly scenario: string
  readonly conditions: readonly Condition[]
  /** oldest first */
  readonly runs: readonly HistoryRun[]
  /** in the order of the newest run */
  readonly cells: readonly HistoryCell[]
}

export interface HistoryRun extends Pick<Results['run'], 'id' | 'startedAt' | 'gitCommit' | 'gitDirty'> {
  readonly status: Exclude<Results['run']['status'], 'running'>
  /** its name in the folder of reports; null: it does not lie there */
  readonly folder: string | null
}

export interface HistoryCell {
  readonly id: string
  /** `go-net-http`, `python-flask (gunicorn)` */
  readonly name: string
  readonly load: LoadSpec
  readonly loadId: string
  /** what the load is about first */
  readonly figures: readonly HistoryFigure[]
}

export interface HistoryFigure {
  readonly id: string
  /** its name in a sentence: `throughput`, `p99` */
  readonly name: string
  readonly unit: string
  readonly better: 'higher' | 'lower'
  /** one for each run of the series */
  readonly points: readonly HistoryPoint[]
  /** the standard deviation of a run around its level, relative; null below two runs that count */
  readonly spread: number | null
  /** oldest first */
  readonly changes: readonly HistoryChange[]
}

/** A figure of a cell in one run. */
export interface HistoryPoint {
  /** median over repetitions; null: the run has none */
  readonly value: number | null
  /** 95 % interval over the repetitions of this run */
  readonly low: number | null
  readonly high: number | null
  readonly repetitions: number
  /** null: not measured */
  readonly verdict: Verdict['status'] | null
  /** why change points are looked for without this run; null: it counts */
  readonly whyNot: string | null
}

/** A change of level, from which on a figure stays higher or lower. */
export interface HistoryChange {
  /** index of the first run of the new level */
  readonly at: number
  /** index of the last run of the level before that counts: the change came between the two */
  readonly after: number
  /** runs of the level before, and of the new one, that count */
  readonly runs: readonly [number, number]
  /** new level ÷ level before; its interval holds for every run at which the series could have been cut */
  readonly ratio: Ratio
  readonly isBetter: boolean
}
