/**
 * Draws, over bars and points, the interval as a whisker, each repetition as a dot, and the value as text. The `whiskers`
 * of a dataset say what to draw, a list for each point.
 */
import type { Chart, ChartDataset, Plugin, Scale } from 'chart.js'
import { fontFamilyOf } from './lines.js'

export interface Whisker {
  readonly low: number | null
  readonly high: number | null
  readonly values?: readonly number[]
  /** the value in words, written beyond the whisker */
  readonly text?: string
  /** along which axis the interval lies */
  readonly axis: 'x' | 'y'
  /** flagged repetitions, drawn hollow */
  readonly outliers?: readonly number[]
}

export interface WhiskerDataset {
  readonly whiskers: readonly (readonly Whisker[])[]
  readonly whiskerColour: string
  readonly whiskerHalo: string
  /** whether whiskers lie under the points, where the mark matters more than the whisker */
  readonly whiskersBehind?: boolean
}

export const whiskersPlugin: Plugin = {
  id: 'whiskers',
  beforeDatasetsDraw: (chart) => drawAll(chart, true),
  afterDatasetsDraw: (chart) => drawAll(chart, false),
}

function drawAll(chart: Chart, behind: boolean): void {
  chart.data.datasets.forEach((dataset, index) => {
    if (!isWhiskerDataset(dataset) || !chart.isDatasetVisible(index)) return
    if ((dataset.whiskersBehind ?? false) === behind) drawDataset(chart, index, dataset)
  })
}

function isWhiskerDataset(dataset: ChartDataset): dataset is ChartDataset & WhiskerDataset {
  return 'whiskers' in dataset
}

/** The boxes that the whiskers of a dataset take, in pixels of its chart. */
export function whiskerBoxes(chart: Chart, index: number) {
  const dataset = chart.data.datasets[index]
  if (!dataset || !isWhiskerDataset(dataset)) return []
  return chart.getDatasetMeta(index).data.flatMap((element, point) => {
    const { x = 0, y = 0 } = element.getProps(['x', 'y'], true)
    return (dataset.whiskers[point] ?? []).flatMap(({ axis, low, high }) => {
      const scale = chart.scales[axis]
      if (!scale || low === null || high === null) return []
      const ends = [pixel(scale, low), pixel(scale, high)]
      const [from, to] = [Math.min(...ends), Math.max(...ends)]
      return axis === 'x'
        ? [{ left: from, right: to, top: y - 5, bottom: y + 5 }]
        : [{ left: x - 5, right: x + 5, top: from, bottom: to }]
    })
  })
}

function drawDataset(
  chart: Chart,
  datasetIndex: number,
  { whiskers, whiskerColour, whiskerHalo }: WhiskerDataset,
): void {
  const { ctx, scales } = chart
  const { data } = chart.getDatasetMeta(datasetIndex)
  ctx.save()
  ctx.lineCap = 'butt'
  data.forEach((element, index) => {
    const { x, y } = element.getProps(['x', 'y'], true)
    for (const whisker of whiskers[index] ?? []) {
      const scale = scales[whisker.axis]
      if (!scale || !Number.isFinite(x) || !Number.isFinite(y)) continue
      ctx.strokeStyle = whiskerColour
      ctx.fillStyle = whiskerColour
      const place = { scale, x, y }
      drawInterval(ctx, whisker, place, whiskerHalo)
      drawDots(ctx, whisker, place, whiskerHalo)
      drawText(chart, whisker, place)
    }
  })
  ctx.restore()
}

/** The place of a point: where it is drawn, and the scale along which its whisker lies. */
interface Place {
  readonly scale: Scale
  readonly x: number
  readonly y: number
}

function drawInterval(
  ctx: CanvasRenderingContext2D,
  { low, high, axis }: Whisker,
  { scale, x, y }: Place,
  halo: string,
): void {
  if (low === null || high === null) return
  const [from, to] = [pixel(scale, low), pixel(scale, high)]
  // An interval that reaches below zero is drawn from zero on, without an end there.
  const ends = [low, high].filter((value) => isOn(scale, value)).map((value) => pixel(scale, value))
  const cap = 5
  const path = new Path2D()
  if (axis === 'x') {
    path.moveTo(from, y)
    path.lineTo(to, y)
    for (const end of ends) {
      path.moveTo(end, y - cap)
      path.lineTo(end, y + cap)
    }
  } else {
    path.moveTo(x, from)
    path.lineTo(x, to)
    for (const end of ends) {
      path.moveTo(x - cap, end)
      path.lineTo(x + cap, end)
    }
  }
  // A halo in the colour of the paper keeps the whisker readable on a bar of any colour.
  const colour = ctx.strokeStyle
  ctx.strokeStyle = halo
  ctx.lineWidth = 4
  ctx.stroke(path)
  ctx.strokeStyle = colour
  ctx.lineWidth = 1.5
  ctx.stroke(path)
}

/** Draws the dots, on alternating sides of the whisker, so that equal repetitions do not hide each other. */
function drawDots(
  ctx: CanvasRenderingContext2D,
  { values = [], outliers = [], axis }: Whisker,
  { scale, x, y }: Place,
  halo: string,
): void {
  values.forEach((value, index) => {
    const aside = OFFSETS[index % OFFSETS.length]!
    const [dotX, dotY] = axis === 'x' ? [pixel(scale, value), y + aside] : [x + aside, pixel(scale, value)]
    ctx.beginPath()
    ctx.arc(dotX, dotY, 2.6, 0, 2 * Math.PI)
    const colour = ctx.strokeStyle
    ctx.lineWidth = 1.4
    if (outliers.includes(index)) {
      ctx.fillStyle = halo
      ctx.fill()
      ctx.stroke()
      ctx.fillStyle = colour
    } else {
      ctx.strokeStyle = halo
      ctx.stroke()
      ctx.fill()
      ctx.strokeStyle = colour
    }
  })
}

const OFFSETS = [-5, 5, -7.5, 7.5, -2.5, 2.5]

/** Draws the value to the right of everything else that is drawn for it; the chart keeps room for it beside the plot. */
function drawText(chart: Chart, { text, high, values = [], axis }: Whisker, { scale, x, y }: Place): void {
  if (!text || axis !== 'x') return
  const { ctx } = chart
  const end = Math.max(x, ...[high, ...values].filter((value) => value !== null).map((value) => pixel(scale, value)))
  ctx.font = `600 13px ${fontFamilyOf(chart)}`
  ctx.textBaseline = 'middle'
  ctx.textAlign = 'left'
  ctx.fillText(text, end + 8, y)
}

/** The pixel of a value or, for a value beyond the axis, of the axis' end. */
function pixel(scale: Scale, value: number): number {
  return scale.getPixelForValue(Math.min(Math.max(value, scale.min), scale.max))
}

function isOn(scale: Scale, value: number): boolean {
  return value >= scale.min && value <= scale.max
}
