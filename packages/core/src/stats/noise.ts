/**
 * The correlation of neighbours in a series, at lag 1, with the bias of short series removed to first order (Kendall 1954:
 * about −(1 + 3ρ) ÷ n around a mean, −(2 + 4ρ) ÷ n around a line).
 *
 * @param residuals  of a fit, in order
 * @param parameters of that fit: 1 for a mean, 2 for a line
 */
export function neighbourCorrelation(residuals: readonly number[], parameters: number): number {
  const squares = residuals.reduce((sum, residual) => sum + residual ** 2, 0)
  if (squares === 0) return 0
  const products = residuals.slice(1).reduce((sum, residual, index) => sum + residual * residuals[index]!, 0)
  const n = residuals.length
  return ((products / squares) * n + parameters) / Math.max(1, n - 2 * parameters)
}

/**
 * Whitens a series: takes the correlation of neighbours out of it, so that least squares and its standard errors hold. Apply
 * it to the values and to every regressor. A positive correlation (a machine that is slow stays slow for a while) is read as
 * AR(1): Prais & Winsten 1954. A negative one (an answer that just misses a slice is in the next, as in the waves of a
 * closed load) as MA(1), by the innovations algorithm: Brockwell & Davis, Time Series, 2nd ed., 5.2.
 *
 * @param correlation in (−0.5, 1): an MA(1) cannot have one below
 */
export function whiten(values: readonly number[], correlation: number): number[] {
  if (correlation >= 0) {
    const scale = Math.sqrt(1 - correlation ** 2)
    return values.map((value, index) => (index === 0 ? value : (value - correlation * values[index - 1]!) / scale))
  }
  let innovation = 0
  let variance = 1
  return values.map((value, index) => {
    if (index > 0) {
      innovation = value - (correlation / variance) * innovation
      variance = 1 - correlation ** 2 / variance
    } else innovation = value
    return innovation / Math.sqrt(variance)
  })
}
