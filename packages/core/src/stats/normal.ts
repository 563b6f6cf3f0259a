/**
 * P(Z ≤ z) for a standard normal value, to about 15 digits: Hart's rational functions (Computer Approximations, 1968) in the
 * form of West, "Better approximations to cumulative normal functions", 2005.
 */
export function normalCdf(z: number): number {
  const size = Math.abs(z)
  const tail = size > 37 ? 0 : Math.exp((-size * size) / 2) * (size < 7.07106781186547 ? near(size) : far(size))
  return z > 0 ? 1 - tail : tail
}

/**
 * The z with P(Z ≤ z) = p, by bisection on the CDF.
 *
 * @param p in (0, 1)
 */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`p is ${p}, outside (0, 1)`)
  let [low, high] = [-37, 37]
  for (let step = 0; step < 100 && high - low > 1e-13; step++) {
    const middle = (low + high) / 2
    if (normalCdf(middle) < p) low = middle
    else high = middle
  }
  return (low + high) / 2
}

function near(z: number): number {
  return polynomial(NUMERATOR, z) / polynomial(DENOMINATOR, z)
}

function far(z: number): number {
  return 1 / (z + 1 / (z + 2 / (z + 3 / (z + 4 / (z + 0.65))))) / 2.506628274631
}

/** By falling powers. */
const NUMERATOR = [
  0.0352624965998911, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871, 221.213596169931,
  220.206867912376,
]
const DENOMINATOR = [
  0.0883883476483184, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674, 637.333633378831,
  793.826512519948, 440.413735824752,
]

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0)
}
