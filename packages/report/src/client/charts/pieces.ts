import type { ChartConfiguration, Plugin } from 'chart.js'
import { Chart } from './library.js'

export interface InPieces {
  readonly chart: Chart
  /** what is left to do when the chart is made, in order */
  readonly pieces: readonly (() => void)[]
}

/**
 * A chart that is made now, laid out and drawn later: Chart.js does all of it at once, longer than a page may stand still on a slow
 * machine. It asks its plugins before each.
 */
export function chartInPieces(canvas: HTMLCanvasElement, config: ChartConfiguration): InPieces {
  const may = { update: false, render: false }
  const gate: Plugin = { id: 'pieces', beforeUpdate: () => may.update, beforeRender: () => may.render }
  const chart = new Chart(canvas, { ...config, plugins: [gate, ...(config.plugins ?? [])] })
  return {
    chart,
    pieces: [
      () => {
        may.update = true
        chart.update()
      },
      () => {
        may.render = true
        chart.render()
      },
    ],
  }
}
