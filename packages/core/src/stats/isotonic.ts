/**
 * The rising sequence that is closest to a series by weighted least squares: pool adjacent violators (Ayer et al. 1955;
 * Barlow et al., Statistical Inference under Order Restrictions, 1972). It is meant for values that can only rise, such as
 * latency with load.
 *
 * @param values  in the order in which they should rise
 * @param weights of the values, positive; 1 each when not given
 * @returns       as many values, none below its predecessor
 */
export function isotonic(values: readonly number[], weights: readonly number[] = values.map(() => 1)): number[] {
  const pools: { mean: number; weight: number; length: number }[] = []
  for (const [index, value] of values.entries()) {
    let pool = { mean: value, weight: weights[index]!, length: 1 }
    for (let last = pools.at(-1); last !== undefined && last.mean > pool.mean; last = pools.at(-1)) {
      const weight = last.weight + pool.weight
      pool = {
        mean: (last.mean * last.weight + pool.mean * pool.weight) / weight,
        weight,
        length: last.length + pool.length,
      }
      pools.pop()
    }
    pools.push(pool)
  }
  return pools.flatMap(({ mean, length }) => new Array<number>(length).fill(mean))
}
