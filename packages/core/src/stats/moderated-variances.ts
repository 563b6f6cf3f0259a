/** An estimate of a variance, with the degrees of freedom behind it. */
export interface VarianceEstimate {
  readonly variance: number
  readonly df: number
}

/** The degrees of freedom for which the common variance counts, beside an entry's own. */
export const PRIOR_DF = 4

/**
 * Moderated variances of several entries with few values each: every variance is drawn towards the common one, (4 · common +
 * df · own) ÷ (4 + df), as limma does for genes (Smyth 2004, "Linear models and empirical Bayes methods"), with a prior of 4
 * degrees of freedom. A variance that is larger by itself stays: an entry that really scatters more than the others must not get
 * a smaller variance from them.
 *
 * @param spread  by entry: Σ residual² and its degrees of freedom
 * @param least   by entry: what its variance never falls below, as values come in quanta
 */
export function moderatedVariances(
  spread: readonly { readonly squares: number; readonly df: number }[],
  least: readonly number[],
): VarianceEstimate[] {
  const all = spread.reduce((sum, { df }) => sum + df, 0)
  const common = all > 0 ? spread.reduce((sum, { squares }) => sum + squares, 0) / all : 0
  return spread.map(({ squares, df }, entry) => {
    const own = df > 1e-9 ? squares / df : 0
    const moderated = (PRIOR_DF * common + squares) / (PRIOR_DF + df)
    // Two entries alone share one set of residuals, so no estimate has more degrees of freedom than all of them together.
    return { variance: Math.max(moderated, own, least[entry] ?? 0), df: Math.min(PRIOR_DF + df, all) }
  })
}

/**
 * Degrees of freedom of a weighted sum of independent variances (Satterthwaite 1946).
 *
 * @param most never more than stand behind all of them together
 */
export function satterthwaite(
  parts: readonly { readonly share: number; readonly of: VarianceEstimate }[],
  most = Number.POSITIVE_INFINITY,
): number {
  const sum = parts.reduce((total, { share, of }) => total + share * of.variance, 0)
  const squares = parts.reduce((total, { share, of }) => total + (share * of.variance) ** 2 / of.df, 0)
  return squares === 0 ? Math.min(most, Math.max(...parts.map(({ of }) => of.df))) : Math.min(most, sum ** 2 / squares)
}
