/** The outcome of a rank test. */
export interface RankTest {
  /** U of the first sample (Mann–Whitney), or the sum of positive ranks (Wilcoxon) */
  readonly statistic: number
  /** two-sided */
  readonly p: number
  readonly method: 'exact' | 'normal approximation'
}

/** Beyond this many values per sample the exact distribution gains nothing; R's wilcox.test draws the line here too. */
const EXACT_BELOW = 50

/**
 * The Mann–Whitney U test (1947), also called Wilcoxon's rank-sum test: does one sample tend to be larger? Exact without
 * ties and below 50 values each, else by the normal approximation with correction for ties and continuity. With three
 * values a side p cannot fall below 0.1, so it can never call a difference.
 */
export function mannWhitney(a: readonly number[], b: readonly number[]): RankTest {
  if (a.length === 0 || b.length === 0) throw new RangeError('a rank test needs values on both sides')
  const { ranks, ties } = midRanks([...a, ...b])
  const rankSum = ranks.slice(0, a.length).reduce((sum, rank) => sum + rank, 0)
  const u = rankSum - (a.length * (a.length + 1)) / 2
  if (ties.length === 0 && a.length < EXACT_BELOW && b.length < EXACT_BELOW) {
    return { statistic: u, p: twoSided(rankSumCounts(a.length, b.length), u), method: 'exact' }
  }
  const n = a.length + b.length
  const tieTerm = ties.reduce((sum, size) => sum + (size ** 3 - size), 0)
  const spread = Math.sqrt(((a.length * b.length) / 12) * (n + 1 - tieTerm / (n * (n - 1))))
  return { statistic: u, p: normalTwoSided(u - (a.length * b.length) / 2, spread), method: 'normal approximation' }
}

/**
 * Wilcoxon's signed-rank test (1945) of paired differences: is their middle 0? Differences of 0 are left out. Exact
 * without ties and below 50 differences, else by the normal approximation.
 */
export function wilcoxonSignedRank(differences: readonly number[]): RankTest {
  const moved = differences.filter((difference) => difference !== 0)
  if (moved.length === 0) return { statistic: 0, p: 1, method: 'exact' }
  const { ranks, ties } = midRanks(moved.map(Math.abs))
  const positive = ranks.reduce((sum, rank, index) => (moved[index]! > 0 ? sum + rank : sum), 0)
  const n = moved.length
  if (ties.length === 0 && n < EXACT_BELOW)
    return { statistic: positive, p: twoSided(signedRankCounts(n), positive), method: 'exact' }
  const tieTerm = ties.reduce((sum, size) => sum + (size ** 3 - size), 0)
  const spread = Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24 - tieTerm / 48)
  return {
    statistic: positive,
    p: normalTwoSided(positive - (n * (n + 1)) / 4, spread),
    method: 'normal approximation',
  }
}

/** Ranks from 1, equal values share their mean rank; and the size of each group of equals. */
function midRanks(values: readonly number[]): { ranks: number[]; ties: number[] } {
  const order = values.map((value, index) => ({ value, index })).sort((a, b) => a.value - b.value)
  const ranks = new Array<number>(values.length)
  const ties: number[] = []
  for (let first = 0; first < order.length; ) {
    let after = first + 1
    while (after < order.length && order[after]!.value === order[first]!.value) after++
    for (let at = first; at < after; at++) ranks[order[at]!.index] = (first + 1 + after) / 2
    if (after - first > 1) ties.push(after - first)
    first = after
  }
  return { ranks, ties }
}

/** How many of the equally likely arrangements give each U: counts of partitions in an m × n box. */
function rankSumCounts(m: number, n: number): number[] {
  // ways[j][u]: j values of the first sample placed so far among those seen, with statistic u
  let ways: number[][] = Array.from({ length: m + 1 }, (_, j) => (j === 0 ? [1] : []))
  for (let seen = 1; seen <= m + n; seen++) {
    const next: number[][] = Array.from({ length: m + 1 }, () => [])
    for (let j = 0; j <= Math.min(m, seen); j++) {
      // the value at this place belongs to the second sample …
      if (seen - j <= n)
        for (const [u, count] of (ways[j] ?? []).entries()) next[j]![u] = (next[j]![u] ?? 0) + (count ?? 0)
      // … or to the first, and then beats the seen − j of the second below it
      if (j > 0)
        for (const [u, count] of (ways[j - 1] ?? []).entries())
          next[j]![u + seen - j] = (next[j]![u + seen - j] ?? 0) + (count ?? 0)
    }
    ways = next
  }
  return Array.from({ length: m * n + 1 }, (_, u) => ways[m]![u] ?? 0)
}

/** How many of the 2ⁿ sign patterns give each sum of positive ranks. */
function signedRankCounts(n: number): number[] {
  const counts = new Array<number>((n * (n + 1)) / 2 + 1).fill(0)
  counts[0] = 1
  for (let rank = 1; rank <= n; rank++) {
    for (let sum = counts.length - 1; sum >= rank; sum--) counts[sum]! += counts[sum - rank]!
  }
  return counts
}

/** Twice the smaller tail of a symmetric exact distribution, at most 1. */
function twoSided(counts: readonly number[], statistic: number): number {
  const all = counts.reduce((sum, count) => sum + count, 0)
  const atMost = counts.slice(0, statistic + 1).reduce((sum, count) => sum + count, 0)
  const atLeast = counts.slice(statistic).reduce((sum, count) => sum + count, 0)
  return Math.min(1, (2 * Math.min(atMost, atLeast)) / all)
}

function normalTwoSided(distance: number, spread: number): number {
  if (spread === 0) return 1
  const continuity = Math.sign(distance) * 0.5
  return Math.min(1, complementaryError(Math.abs(distance - continuity) / spread / Math.SQRT2))
}

/** erfc(x) for x ≥ 0, relative error below 1.2e-7 (Press et al., Numerical Recipes, 2nd ed., 6.2). */
function complementaryError(x: number): number {
  const t = 1 / (1 + 0.5 * x)
  const terms = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
    0.17087277,
  ]
  return t * Math.exp(-x * x + terms.reduceRight((sum, term) => sum * t + term, 0))
}
