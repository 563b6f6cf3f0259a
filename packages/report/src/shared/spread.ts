/**
 * Places moved apart as little as their order allows, so that labels do not overlap: no two nearer than `gap`, all within
 * the bounds as long as there is room for them.
 *
 * @param wanted ascending
 */
export function spread(wanted: readonly number[], gap: number, { low, high }: { low: number; high: number }): number[] {
  const places: number[] = []
  for (const place of wanted) places.push(Math.max(place, low, (places.at(-1) ?? Number.NEGATIVE_INFINITY) + gap))
  for (let index = places.length - 1, limit = high; index >= 0; index--, limit -= gap)
    places[index] = Math.min(places[index] as number, limit)
  return places
}
