/**
 * Values of s = √(χ²/df) with the shares of their distribution, even on the scale of log s: an average over them is an
 * average over s, by the trapezoid rule, which is exact to about 8 digits for functions that fade out so fast. The density there is
 * s^df · exp(−df·s²/2), but for a factor that the sum of all weights gives.
 *
 * @param df degrees of freedom, above 0
 */
export function chiScales(df: number): readonly (readonly [s: number, share: number])[] {
  const faded = 24 // e^−24: nothing that 8 digits would show
  const step = Math.min(0.1, 0.4 / Math.sqrt(2 * df))
  const density = (logS: number) => Math.exp(df * (logS + (1 - Math.exp(2 * logS)) / 2))
  const points: [number, number][] = []
  for (let logS = 0; df * (logS + (1 - Math.exp(2 * logS)) / 2) > -faded; logS -= step)
    points.push([Math.exp(logS), density(logS)])
  for (let logS = step; df * (logS + (1 - Math.exp(2 * logS)) / 2) > -faded; logS += step)
    points.push([Math.exp(logS), density(logS)])
  const total = points.reduce((sum, [, weight]) => sum + weight, 0)
  return points.map(([s, weight]) => [s, weight / total])
}
