import { type ClaimResult, type Difference, formatNumber } from '@bakeoff/model'
import { thresholds } from '../../thresholds.js'
import { percent, times, withInterval } from '../../words/quantities.js'

type Conclusion = Pick<ClaimResult['comparisons'][number], 'conclusion' | 'why'>

/**
 * A published ratio beside the difference that was found here (of ÷ to, as the run's tables have it). Reproduced: the difference is real, in the same direction, and the published ratio lies in its interval or within
 * 20 % of it. Same direction: real, but of another size. Contradicted: real and the other way, or no difference where one
 * was published. Everything else is undecided.
 */
export function concludeRatio(difference: Difference, published: number): Conclusion {
  const { reason, ratio, least } = difference
  const interval = withInterval(ratio.median, ratio.low ?? ratio.median, ratio.high ?? ratio.median)
  const undecided = (why: string): Conclusion => ({ conclusion: 'undecided', why })
  switch (reason.kind) {
    case 'too-few':
      return undecided(
        `One repetition has no interval: ${times(ratio.median)} here is for orientation, and nothing follows from it.`,
      )
    case 'apart':
      return besideDifference(difference, published)
    case 'within':
      return isNone(published)
        ? { conclusion: 'reproduced', why: `No difference was published, and ${interval} here is none.` }
        : {
            conclusion: 'contradicted',
            why: `Published ${asPublished(published)}; here ${interval}, a difference below ${percent(least)}.`,
          }
    case 'held-back':
      return undecided(
        reason.looks === 'apart'
          ? `${interval} here, but the load agent held back the one that looks worse: it may be better than shown.`
          : `${interval} here, but the load agent held back at least one of the two.`,
      )
    case 'includes-one':
      return undecided(`${interval} here includes 1: the two are not told apart.`)
    case 'may-be-less':
      return undecided(`${interval} here may be less than ${percent(least)}, which is no difference.`)
    case 'hidden':
      return undecided(`${interval} here is less than ${percent(least)}, by which the machine itself differed.`)
  }
}

/** Where a difference was found: whether one was published, and the same. */
function besideDifference({ ratio: { median, low, high }, heldBack }: Difference, published: number): Conclusion {
  const interval = withInterval(median, low ?? median, high ?? median)
  if (isNone(published))
    return { conclusion: 'contradicted', why: `No difference was published; here it is ${interval}.` }
  if (median > 1 !== published > 1)
    return {
      conclusion: 'contradicted',
      why: `Published ${asPublished(published)}; here it is the other way, ${interval}.`,
    }
  if (heldBack.length > 0)
    return {
      conclusion: 'same-direction',
      why: `Published ${asPublished(published)}; here at least ${interval}: the load agent held back the better one, so the size is not known.`,
    }
  if (low !== null && high !== null && published >= low && published <= high)
    return { conclusion: 'reproduced', why: `${interval} here holds the published ${asPublished(published)}.` }
  return Math.abs(Math.log(median / published)) <= Math.log(1 + thresholds.claimTolerance)
    ? {
        conclusion: 'reproduced',
        why: `${interval} here lies within ${percent(thresholds.claimTolerance)} of the published ${asPublished(published)}.`,
      }
    : { conclusion: 'same-direction', why: `${interval} here, not the published ${asPublished(published)}.` }
}

/** Whether a source found nothing that counts as a difference. */
function isNone(published: number): boolean {
  const relevant = 1 + thresholds.relevantDifference
  return published <= relevant && published >= 1 / relevant
}

/** Its own digits: it was published with them. */
function asPublished(ratio: number): string {
  return `${formatNumber(ratio)}×`
}
