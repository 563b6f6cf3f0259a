/**
 * A smooth curve through points that never leaves the range of its two neighbours: cubic Hermite pieces with the slopes of
 * Fritsch & Butland (SIAM J. Sci. Stat. Comput. 1984), the harmonic mean of the slopes on both sides. Points on a straight
 * line give the line.
 *
 * @param points [x, y], two or more, x strictly ascending
 * @returns      y at an x between the first and the last
 */
export function monotoneCurve(points: readonly (readonly [x: number, y: number])[]): (x: number) => number {
  const slopes = points.slice(1).map(([x, y], index) => (y - points[index]![1]) / (x - points[index]![0]))
  const tangents = points.map((_, index) => {
    const [before, after] = [slopes[index - 1], slopes[index]]
    if (before === undefined || after === undefined) return (before ?? after)!
    if (before * after <= 0) return 0
    const [left, right] = [points[index]![0] - points[index - 1]![0], points[index + 1]![0] - points[index]![0]]
    const share = (left + 2 * right) / (3 * (left + right))
    return (before * after) / (share * after + (1 - share) * before)
  })
  return (x) => {
    const next = points.findIndex(([end], index) => index > 0 && x <= end)
    const index = next === -1 ? points.length - 2 : next - 1
    const [[x0, y0], [x1, y1]] = [points[index]!, points[index + 1]!]
    const width = x1 - x0
    const t = (x - x0) / width
    return (
      y0 * (1 + 2 * t) * (1 - t) ** 2 +
      tangents[index]! * width * t * (1 - t) ** 2 +
      y1 * t ** 2 * (3 - 2 * t) +
      tangents[index + 1]! * width * t ** 2 * (t - 1)
    )
  }
}
