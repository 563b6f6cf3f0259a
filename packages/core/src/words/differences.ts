import type { Difference, Side } from '@bakeoff/model'
import { list, percent, withInterval } from './quantities.js'

/**
 * Why two targets of a run are told apart, or what is missing for that.
 *
 * @param names of the two
 */
export function differenceSays(
  { reason, ratio, pAdjusted, family, least, leastIs }: Difference,
  names: Readonly<Record<Side, string>>,
): string {
  const interval = withInterval(ratio.median, ratio.low ?? ratio.median, ratio.high ?? ratio.median)
  const adjusted = `after Holm's adjustment for ${family} comparisons`
  switch (reason.kind) {
    case 'apart':
      return `${interval}, p ${pSays(pAdjusted)} ${adjusted}`
    case 'within':
      return `${interval} lies within ± ${percent(least)}`
    case 'too-few': {
      const few = (['of', 'to'] as const).filter((side) => reason.repetitions[side] < 2).map((side) => names[side])
      return `one repetition has no interval: ${list(few)} ${few.length === 1 ? 'needs' : 'need'} a second one`
    }
    case 'held-back': {
      const heldBack = `${interval}, but the load agent held back ${list(reason.sides.map((side) => names[side]))}`
      return reason.looks === 'apart'
        ? `${heldBack}: it may be better than shown`
        : `${heldBack}: what it could do is not known`
    }
    case 'includes-one':
      return `${interval} includes 1`
    case 'adjusted-away':
      return `${interval} excludes 1 by itself, but not ${adjusted} (p ${pSays(pAdjusted)})`
    case 'may-be-less':
      return `${interval}: significant, but it may be less than ${percent(least)}${leastIs === 'noise-floor' ? ', by which the machine itself differed from block to block' : ''}`
  }
}

/** `< 0.001`, `= 0.042`; `not known` without an interval. */
function pSays(p: number | null): string {
  if (p === null) return 'not known'
  return p < 0.001 ? '< 0.001' : `= ${Number(p.toPrecision(2))}`
}
