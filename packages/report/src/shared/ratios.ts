import type { CellComparison, Ratio } from '@bakeoff/model'

/** The ratio of a cell to another as core compared them, inverted when core compared them in the other order. */
export function ratioTo(comparisons: readonly CellComparison[], metric: string, of: string, to: string): Ratio | null {
  const found = comparisons.find((item) => item.metric === metric && item.of === of && item.to === to)
  if (found) return found.ratio
  const other = comparisons.find((item) => item.metric === metric && item.of === to && item.to === of)
  return other ? inverse(other.ratio) : null
}

function inverse({ median, low, high, n, method }: Ratio): Ratio {
  return { median: 1 / median, low: high === null ? null : 1 / high, high: low === null ? null : 1 / low, n, method }
}
