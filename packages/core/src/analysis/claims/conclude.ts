import { type ClaimResult, formatNumber } from '@bakeoff/model'
import type { RatioEstimate } from '../../stats/index.js'
import { thresholds } from '../thresholds.js'
import { percent, times, withInterval } from '../words.js'

type Conclusion = Pick<ClaimResult['comparisons'][number], 'conclusion' | 'why'>

export interface Evidence {
  /** of ÷ to, as measured */
  readonly estimate: RatioEstimate
  /** after Holm's adjustment over the comparisons of the claim; null without an interval */
  readonly pAdjusted: number | null
  readonly published: number
  readonly better: 'higher' | 'lower'
  /** names of sides whose figure is only a bound, as the load agent held them back: their true figure may be better */
  readonly heldBack: readonly ('of' | 'to')[]
}

/**
 * A published ratio beside a measured one. Reproduced: the measured difference is real, points the same way, and the
 * published ratio lies in its interval or within 20 % of it. Same direction: real, but of another size. Contradicted: real
 * and the other way, or no difference where one was published. Everything else is undecided.
 */
export function concludeRatio({ estimate, pAdjusted, published, better, heldBack }: Evidence): Conclusion {
  const { ratio, low, high } = estimate
  if (low === null || high === null || pAdjusted === null) {
    return {
      conclusion: 'undecided',
      why: `One repetition has no interval: ${times(ratio)} here is for orientation, and nothing follows from it.`,
    }
  }
  const relevant = 1 + thresholds.relevantDifference
  const interval = withInterval(ratio, low, high)
  const isApart = pAdjusted < thresholds.significance && (ratio > relevant || ratio < 1 / relevant)
  const isEqual = low >= 1 / relevant && high <= relevant
  const publishedEqual = published <= relevant && published >= 1 / relevant
  const sameWay = ratio > 1 === published > 1

  if (isApart) {
    const worse = ratio > 1 === (better === 'higher') ? 'to' : 'of'
    if (heldBack.includes(worse)) {
      return {
        conclusion: 'undecided',
        why: `${interval} here, but the load agent held back the one that looks worse: it may be better than shown.`,
      }
    }
    if (publishedEqual)
      return { conclusion: 'contradicted', why: `No difference was published; here it is ${interval}.` }
    if (!sameWay)
      return {
        conclusion: 'contradicted',
        why: `Published ${asPublished(published)}; here it is the other way, ${interval}.`,
      }
    if (heldBack.length > 0) {
      return {
        conclusion: 'same-direction',
        why: `Published ${asPublished(published)}; here at least ${interval}: the load agent held back the better one, so the size is not known.`,
      }
    }
    if (published >= low && published <= high)
      return { conclusion: 'reproduced', why: `${interval} here holds the published ${asPublished(published)}.` }
    return Math.abs(Math.log(ratio / published)) <= Math.log(1 + thresholds.claimTolerance)
      ? {
          conclusion: 'reproduced',
          why: `${interval} here lies within ${percent(thresholds.claimTolerance)} of the published ${asPublished(published)}.`,
        }
      : {
          conclusion: 'same-direction',
          why: `Published ${asPublished(published)}; here ${interval}, another size.`,
        }
  }
  if (isEqual) {
    if (heldBack.length > 0)
      return {
        conclusion: 'undecided',
        why: `${interval} here, but the load agent held back at least one of the two.`,
      }
    return publishedEqual
      ? { conclusion: 'reproduced', why: `No difference was published, and ${interval} here is none.` }
      : {
          conclusion: 'contradicted',
          why: `Published ${asPublished(published)}; here ${interval}, a difference below ${percent(thresholds.relevantDifference)}.`,
        }
  }
  return {
    conclusion: 'undecided',
    why:
      low <= 1 && high >= 1
        ? `${interval} here includes 1: the two are not told apart.`
        : `${interval} here is no difference that is both certain and above ${percent(thresholds.relevantDifference)}.`,
  }
}

/** Its own digits: it was published with them. */
function asPublished(ratio: number): string {
  return `${formatNumber(ratio)} ×`
}
