/** Lines and areas that are not data, as a plugin of a chart: caps, service level, warm-up. */
import type { Chart, Plugin } from 'chart.js'
import { formatNumber } from '../../shared/format.js'
import { extentOf } from '../../shared/ticks.js'
import type { Scene } from './drawing.js'
import { widthOf } from './measuring.js'

/** A level, a line across the chart at a value of the y axis, with its name at its end. */
export interface Level {
  readonly at: number
  readonly text: string
}

export interface Marks {
  readonly levels?: readonly Level[]
  /** the area of the warm-up, from here to 0 on the x axis; nothing where this is 0 */
  readonly warmUpFrom?: number
}

/** The level of service: the p99 that the scenario allows; nothing where it has none. */
export function serviceLevel({ scenario: { slo } }: Scene): Level[] {
  return slo ? [{ at: slo.p99Ms, text: `service level: p99 ${formatNumber(slo.p99Ms)} ms` }] : []
}

/**
 * The levels that are near enough to what is drawn to be drawn with it: at most so many times as high or as low. A farther one
 * would press what is drawn together.
 */
export function levelsNear(levels: readonly Level[], values: readonly number[], times = 10): Level[] {
  const extent = extentOf(values)
  return extent === null ? [] : levels.filter(({ at }) => at <= extent.high * times && at >= extent.low / times)
}

export function marksPlugin({ ink }: Scene, { levels = [], warmUpFrom = 0 }: Marks): Plugin {
  return {
    id: 'marks',
    beforeDatasetsDraw: (chart) => {
      if (warmUpFrom < 0) drawWarmUp(chart, warmUpFrom, ink.faint)
    },
    afterDatasetsDraw: (chart) => {
      for (const level of levels) drawLevel(chart, level, ink.bad, ink.surface)
    },
  }
}

const FONT = '600 12px'
const FONT_HEIGHT = 14

function drawLevel(chart: Chart, { at, text }: Level, colour: string, paper: string): void {
  const { ctx, chartArea, scales } = chart
  const y = scales.y?.getPixelForValue(at) ?? Number.NaN
  if (!(y >= chartArea.top && y <= chartArea.bottom)) return
  ctx.save()
  ctx.strokeStyle = colour
  ctx.lineWidth = 1.5
  ctx.setLineDash([6, 4])
  ctx.beginPath()
  ctx.moveTo(chartArea.left, y)
  ctx.lineTo(chartArea.right, y)
  ctx.stroke()
  ctx.font = `${FONT} ${fontFamilyOf(chart)}`
  ctx.textAlign = 'right'
  ctx.textBaseline = 'middle'
  const { left, right, top, bottom } = levelNameBox(chart, { at, text })
  ctx.fillStyle = `${paper}e6`
  ctx.fillRect(left, top, right - left, bottom - top)
  ctx.fillStyle = colour
  ctx.fillText(text, right - 4, (top + bottom) / 2)
  ctx.restore()
}

/** The box of a level's name: above its line or, where that would leave the plot, below it. */
export function levelNameBox(chart: Chart, { at, text }: Level) {
  const { chartArea, scales } = chart
  const y = scales.y?.getPixelForValue(at) ?? Number.NaN
  const top = y - FONT_HEIGHT < chartArea.top ? y + 3 : y - FONT_HEIGHT - 3
  const left = chartArea.right - widthOf(text, `${FONT} ${fontFamilyOf(chart)}`) - 8
  return { left, right: chartArea.right, top, bottom: top + FONT_HEIGHT }
}

function drawWarmUp(chart: Chart, from: number, colour: string): void {
  const { ctx, chartArea, scales } = chart
  const [left, right] = [from, 0].map((value) => scales.x?.getPixelForValue(value) ?? Number.NaN) as [number, number]
  if (!(right > left)) return
  ctx.save()
  ctx.fillStyle = `${colour}1f`
  ctx.fillRect(left, chartArea.top, right - left, chartArea.bottom - chartArea.top)
  ctx.font = `400 12px ${fontFamilyOf(chart)}`
  ctx.fillStyle = colour
  ctx.textAlign = 'center'
  ctx.textBaseline = 'top'
  if (ctx.measureText('warm-up').width < right - left) ctx.fillText('warm-up', (left + right) / 2, chartArea.top + 4)
  ctx.restore()
}

export function fontFamilyOf({ options: { font } }: Chart): string {
  return (font && 'family' in font && font.family) || 'sans-serif'
}
