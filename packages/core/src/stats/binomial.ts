/** The chances of k successes among n, for all k whose chance is not negligible; from its mode outwards, by recurrence. */
export function binomial(n: number, p: number): { readonly from: number; readonly chances: readonly number[] } {
  const mode = Math.min(n, Math.floor((n + 1) * p))
  const odds = p / (1 - p)
  const negligible = 1e-16
  const below: number[] = []
  for (let k = mode, chance = 1; k > 0; k--) {
    chance *= k / (n - k + 1) / odds
    if (chance < negligible) break
    below.unshift(chance)
  }
  const above: number[] = []
  for (let k = mode, chance = 1; k < n; k++) {
    chance *= ((n - k) / (k + 1)) * odds
    if (chance < negligible) break
    above.push(chance)
  }
  const weights = [...below, 1, ...above]
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return { from: mode - below.length, chances: weights.map((weight) => weight / total) }
}

/** P(at most k successes among n). */
export function binomialCdf(k: number, n: number, p: number): number {
  const { from, chances } = binomial(n, p)
  return chances.slice(0, Math.max(0, k - from + 1)).reduce((sum, chance) => sum + chance, 0)
}
