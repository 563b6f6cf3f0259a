/** The share of a run's tokens that may be padding. */
const MOST_PADDING = 0.25
/** What a run costs besides its tokens, in tokens: it reads all weights from memory once. */
const RUN_COST = 8
/** How many tokens a run may have, padding included. A larger one is no cheaper, and takes memory. */
const MOST_TOKENS = 1024

/**
 * Which texts go into one run of the model: of similar length, since all are padded to the longest of their run, and those without
 * tokens into none. Of all ways to keep within the bounds above it is the cheapest.
 *
 * @param lengths tokens of each text
 * @returns runs, each a list of indices, the shortest text first
 */
export function runsOf(lengths) {
  const sorted = [...lengths.keys()].filter((index) => lengths[index] > 0).sort((a, b) => lengths[a] - lengths[b])
  // What the n shortest texts cost at least, and where the last run of that way begins.
  const costs = [0]
  const begins = [0]
  for (let end = 1; end <= sorted.length; end++) {
    const longest = lengths[sorted[end - 1]]
    costs[end] = Number.POSITIVE_INFINITY
    let tokens = 0
    for (let begin = end - 1; begin >= 0; begin--) {
      tokens += lengths[sorted[begin]]
      const padded = longest * (end - begin)
      const isAlone = begin === end - 1
      if (!isAlone && (padded > MOST_TOKENS || 1 - tokens / padded > MOST_PADDING)) break // those before are shorter still
      const cost = costs[begin] + RUN_COST + padded
      if (cost >= costs[end]) continue
      costs[end] = cost
      begins[end] = begin
    }
  }
  const runs = []
  for (let end = sorted.length; end > 0; end = begins[end]) runs.push(sorted.slice(begins[end], end))
  return runs.reverse()
}
