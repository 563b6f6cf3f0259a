import { MOST_LINES, panelGrid } from './panels.js'

/**
 * The height of a chart in CSS pixels. The page reserves it before the chart is drawn, so that nothing below moves.
 *
 * @param rows of a chart that has a row or a line per target, how many
 */
export function heightOf(chart: string, rows = 1): number {
  switch (chart) {
    case 'bars':
    case 'dumbbell':
      return rows * 36 + 62
    case 'at-cap':
    case 'starts':
      return rows * 36 + 96
    case 'spectrum':
    case 'histogram':
    case 'timeline':
    case 'cpu':
    case 'memory':
    case 'throttled':
      return rows > MOST_LINES ? panelGrid(rows).height : TOGETHER[chart]
    default:
      return FIXED[chart] ?? 320
  }
}

/** Of charts whose lines share a plot. */
const TOGETHER = { spectrum: 400, histogram: 300, timeline: 300, cpu: 260, memory: 260, throttled: 220 } as const

const FIXED: Readonly<Record<string, number>> = { scatter: 340, scaling: 360, 'load-latency': 360 }
