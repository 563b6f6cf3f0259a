/**
 * The height of a chart in CSS pixels. The page reserves it before the chart is drawn, so that nothing below moves.
 *
 * @param rows of a chart that has a row per target
 */
export function heightOf(chart: string, rows = 1): number {
  switch (chart) {
    case 'bars':
    case 'dumbbell':
      return rows * 36 + 62
    case 'at-cap':
    case 'starts':
      return rows * 36 + 96
    default:
      return FIXED[chart] ?? 320
  }
}

const FIXED: Readonly<Record<string, number>> = {
  spectrum: 400,
  histogram: 300,
  timeline: 300,
  scatter: 340,
  scaling: 360,
  'load-latency': 360,
  cpu: 260,
  memory: 260,
  throttled: 220,
}
