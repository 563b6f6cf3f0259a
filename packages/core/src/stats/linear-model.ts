/** A fit of several regressors by least squares. */
export interface LinearFit {
  /** one for each column, in their order */
  readonly coefficients: readonly number[]
  readonly residuals: readonly number[]
  /** Σ residual² */
  readonly squares: number
  /** standard error of the last coefficient ÷ σ of the residuals */
  readonly lastErrorScale: number
}

/**
 * Least squares with several regressors, by modified Gram–Schmidt (Björck 1967). `leastSquares` is the case of a line.
 *
 * @param columns one array for each regressor, as long as `values`; no column may be a sum of those before it
 */
export function linearFit(values: readonly number[], columns: readonly (readonly number[])[]): LinearFit {
  const orthogonal: number[][] = []
  const shares: number[][] = []
  for (const column of columns) {
    let rest = [...column]
    shares.push(
      orthogonal.map((basis) => {
        const share = dot(rest, basis) / dot(basis, basis)
        rest = minus(rest, basis, share)
        return share
      }),
    )
    orthogonal.push(rest)
  }
  let residuals = [...values]
  const projections = orthogonal.map((basis) => {
    const share = dot(residuals, basis) / dot(basis, basis)
    residuals = minus(residuals, basis, share)
    return share
  })
  const coefficients = [...projections]
  for (let index = columns.length - 1; index >= 0; index--) {
    for (let later = index + 1; later < columns.length; later++) {
      coefficients[index] = coefficients[index]! - shares[later]![index]! * coefficients[later]!
    }
  }
  const last = orthogonal.at(-1)!
  return { coefficients, residuals, squares: dot(residuals, residuals), lastErrorScale: 1 / Math.sqrt(dot(last, last)) }
}

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!
  return sum
}

function minus(a: readonly number[], b: readonly number[], times: number): number[] {
  return a.map((value, index) => value - times * b[index]!)
}
