import type { Difference, Ratio, WhyNotJudged } from '@bakeoff/model'
import { settingDifferenceText } from '../load-settings.js'
import { exactPercent } from '../words/quantities.js'

/** `throughput changed by −20.1 % (−21 % to −19.2 %)`. */
export function changeSays({ median, low, high }: Ratio, figure: string): string {
  const interval = low === null || high === null ? '' : ` (${exactPercent(low - 1)} to ${exactPercent(high - 1)})`
  return `${figure} changed by ${exactPercent(median - 1)}${interval}`
}

/** `allowed −5 %`. */
export function allowedSays(better: 'higher' | 'lower', allowed: number): string {
  return `allowed ${better === 'higher' ? '−' : '+'}${exactPercent(allowed)}`
}

/** `throughput changed by −12 % (−14 % to −10 %), which two runs differ by where nothing changed (−31 % to 12 %, …)`. */
export function spreadSays({ ratio: { low, high, method } }: Difference, within: Ratio, figure: string): string {
  const interval =
    low === null || high === null ? '' : ` (${exactPercent(low - 1)} to ${exactPercent(high - 1)}, ${method})`
  return `${changeSays(within, figure)} by what scattered within the runs, but runs in which nothing changed differ as much${interval}`
}

/** The reason why a change whose interval excludes 1 does not count as one. */
export function leastSays({ least, leastIs }: Difference): string {
  return leastIs === 'noise-floor'
    ? `the machine itself differed by ${exactPercent(least)} from block to block`
    : `up to ${exactPercent(least)} is no difference`
}

/** The reason why a cell, or one figure of it, was not compared with the baseline. */
export function whySays(why: WhyNotJudged, figure: string): string {
  switch (why.kind) {
    case 'absent':
      return why.run === 'first'
        ? 'it is not in the baseline'
        : 'the baseline has it, and this run does not: measure the same, or take a baseline of what is measured'
    case 'not-measured':
      if (why.run === 'first') return `in the baseline it was not measured: ${why.says ?? why.outcome}`
      return why.outcome === 'unsupported'
        ? `it is unsupported here: ${why.says ?? 'no reason given'}`
        : `the baseline measured it, and here it was not measured: ${why.says ?? why.outcome}`
    case 'no-right-answer':
      return why.run === 'first'
        ? 'in the baseline a repetition had no right answer'
        : 'the baseline measured it, and here a repetition had no right answer'
    case 'no-figure':
      return why.run === 'first'
        ? `the baseline has no ${figure}`
        : `the baseline has a ${figure}, and this run has none`
    case 'invalid': {
      const causes = why.causes.map(({ cause, evidence }) => `${cause} (${evidence})`).join(', ')
      return why.run === 'first'
        ? `in the baseline its figures do not count: ${causes}`
        : `in the baseline its figures count, and here they do not: ${causes}`
    }
    case 'other-requests':
      return 'requests or answers have changed since the baseline'
    case 'other-load':
      return `its load differs from the baseline: ${why.settings.map(settingDifferenceText).join(', ')}`
    case 'other-network':
      return `it was measured over another kind of network than the baseline (${why.first} there, ${why.later} here), and figures over two kinds are never compared`
    case 'other-caps':
      return why.of === null ? 'its caps differ from the baseline' : `the caps of ${why.of} differ from the baseline`
  }
}
