import { boundedText, type Comparison, type Fetched, type GoldenLine } from '@bakeoff/model'
import { cosineDifference } from './cosine.js'
import { goldenDifference } from './exact.js'
import { contentTypeDifference, statusDifference } from './head.js'
import { rankedScoresDifference } from './ranked-scores.js'

/**
 * Compares an answer with its golden answer: status, media type (parameters such as the charset are the server's
 * choice), then the body as the scenario compares it.
 *
 * @param tolerance ranked-scores: how far a score may be off; cosine: 1 − the least similarity; exact: not used
 * @returns null when the answer is right; otherwise the first difference with both sides, in about one line
 */
export function compareAnswer(
  golden: GoldenLine,
  fetched: Fetched,
  comparison: Comparison,
  tolerance: number,
): string | null {
  const difference = differenceOf(golden, fetched, comparison, tolerance)
  // The target chooses the names of members and headers, and they may be long.
  return difference === null ? null : boundedText(difference)
}

function differenceOf(golden: GoldenLine, fetched: Fetched, comparison: Comparison, tolerance: number): string | null {
  if (fetched.error !== null) return `no answer: ${fetched.error}`
  const head =
    statusDifference([golden.status], fetched.status) ??
    (golden.contentType === null ? null : contentTypeDifference(golden.contentType, fetched.headers['content-type']))
  if (head !== null) return head
  if (fetched.bodyTruncated) return 'the body is longer than the limit, or not UTF-8'
  switch (comparison) {
    case 'exact':
      return goldenDifference(golden, fetched.body)
    case 'ranked-scores':
      return rankedScoresDifference(golden.body, fetched.body, tolerance)
    case 'cosine':
      return cosineDifference(golden.body, fetched.body, tolerance)
  }
}
