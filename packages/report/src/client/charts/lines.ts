/** Lines and areas that are not data, as a plugin of a chart: caps, service level, warm-up. */
import type { Chart, ChartArea, Plugin, Scale } from 'chart.js'
import { formatNumber } from '../../shared/format.js'
import { extentOf } from '../../shared/ticks.js'
import type { Scene } from './drawing.js'
import { widthOf } from './measuring.js'

/** A level, a line across the chart at a value of the y axis, with its name at its end. */
export interface Level {
  readonly at: number
  readonly text: string
  /** where there is no room for the text */
  readonly short?: string
}

/** A plot: a chart has one or, in panels, several. */
export interface Plot {
  readonly area: Pick<ChartArea, 'left' | 'right' | 'top' | 'bottom'>
  readonly x: Scale
  readonly y: Scale
}

/** The plot of a chart that has one. */
function onlyPlot({ chartArea, scales }: Chart): Plot {
  return { area: chartArea, x: scales.x as Scale, y: scales.y as Scale }
}

export interface Marks {
  readonly levels?: readonly Level[]
  /** the area of the warm-up, from here to 0 on the x axis; nothing where this is 0 */
  readonly warmUpFrom?: number
}

/** The level of service: the p99 that the scenario allows; nothing where it has none. */
export function serviceLevel({ scenario: { slo } }: Scene): Level[] {
  if (!slo) return []
  const short = `p99 ${formatNumber(slo.p99Ms)} ms`
  return [{ at: slo.p99Ms, text: `service level: ${short}`, short }]
}

/**
 * The levels that are near enough to what is drawn to be drawn with it: at most so many times as high or as low. A farther one
 * would press what is drawn together.
 */
export function levelsNear(levels: readonly Level[], values: readonly number[], times = 10): Level[] {
  const extent = extentOf(values)
  return extent === null ? [] : levels.filter(({ at }) => at <= extent.high * times && at >= extent.low / times)
}

/** @param plotsOf the plots in which they are drawn; they are named in the first */
export function marksPlugin(
  { ink }: Scene,
  { levels = [], warmUpFrom = 0 }: Marks,
  plotsOf = (chart: Chart): readonly Plot[] => [onlyPlot(chart)],
): Plugin {
  return {
    id: 'marks',
    beforeDatasetsDraw: (chart) => {
      const plots = plotsOf(chart)
      if (warmUpFrom < 0)
        for (const [index, plot] of plots.entries())
          drawWarmUp(chart, plot, { from: warmUpFrom, colour: ink.faint, isNamed: index === 0 })
      // Behind the lines: a target that runs along its cap must not vanish behind it.
      for (const plot of plots) for (const { at } of levels) drawLevel(chart, plot, at, ink.bad)
    },
    afterDatasetsDraw: (chart) => {
      const [first] = plotsOf(chart)
      if (first) for (const level of levels) nameLevel(chart, first, level, { colour: ink.bad, paper: ink.surface })
    },
  }
}

const FONT = '600 12px'
const FONT_HEIGHT = 14

function drawLevel({ ctx }: Chart, { area, y: scale }: Plot, at: number, colour: string): void {
  const y = scale.getPixelForValue(at)
  if (!isWithin(area, y)) return
  ctx.save()
  ctx.strokeStyle = colour
  ctx.lineWidth = 1.5
  ctx.beginPath()
  ctx.moveTo(area.left, y)
  ctx.lineTo(area.right, y)
  ctx.stroke()
  ctx.restore()
}

function nameLevel(
  chart: Chart,
  plot: Plot,
  level: Level,
  { colour, paper }: { readonly colour: string; readonly paper: string },
): void {
  const { ctx } = chart
  const { text, left, right, top, bottom } = levelNameBox(chart, level, plot)
  if (text === '' || !isWithin(plot.area, plot.y.getPixelForValue(level.at))) return
  ctx.save()
  ctx.font = `${FONT} ${fontFamilyOf(chart)}`
  ctx.textAlign = 'right'
  ctx.textBaseline = 'middle'
  ctx.fillStyle = `${paper}e6`
  ctx.fillRect(left, top, right - left, bottom - top)
  ctx.fillStyle = colour
  ctx.fillText(text, right - 4, (top + bottom) / 2)
  ctx.restore()
}

function isWithin({ top, bottom }: Plot['area'], y: number): boolean {
  return y >= top && y <= bottom
}

/** The box of a level's name: above its line or, where that would leave the plot, below it. */
export function levelNameBox(chart: Chart, { at, text, short = '' }: Level, plot = onlyPlot(chart)) {
  const { area } = plot
  const y = plot.y.getPixelForValue(at)
  const top = y - FONT_HEIGHT < area.top ? y + 3 : y - FONT_HEIGHT - 3
  const widthWith = (words: string) => widthOf(words, `${FONT} ${fontFamilyOf(chart)}`) + 8
  const shown = [text, short].find((words) => widthWith(words) <= area.right - area.left) ?? ''
  return {
    text: shown,
    left: area.right - widthWith(shown),
    right: area.right,
    top,
    bottom: top + FONT_HEIGHT,
  }
}

function drawWarmUp(
  chart: Chart,
  { area, x }: Plot,
  { from, colour, isNamed }: { readonly from: number; readonly colour: string; readonly isNamed: boolean },
): void {
  const { ctx } = chart
  const [left, right] = [x.getPixelForValue(from), x.getPixelForValue(0)]
  if (!(right > left)) return
  ctx.save()
  ctx.fillStyle = `${colour}1f`
  ctx.fillRect(left, area.top, right - left, area.bottom - area.top)
  ctx.font = `400 12px ${fontFamilyOf(chart)}`
  ctx.fillStyle = colour
  ctx.textAlign = 'center'
  ctx.textBaseline = 'top'
  if (isNamed && ctx.measureText('warm-up').width < right - left)
    ctx.fillText('warm-up', (left + right) / 2, area.top + 4)
  ctx.restore()
}

export function fontFamilyOf({ options: { font } }: Chart): string {
  return (font && 'family' in font && font.family) || 'sans-serif'
}
