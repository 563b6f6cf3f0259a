/** Names of targets beside their lines and points, as plugins of a chart, so that no legend has to be matched by eye. */
import type { Chart, ChartArea, Plugin } from 'chart.js'
import { shortNames } from '../../shared/names.js'
import { spread } from '../../shared/spread.js'
import type { Subject } from '../../shared/subjects.js'
import { colourOf, type Scene } from './drawing.js'
import { fontFamilyOf, type Level, levelNameBox } from './lines.js'
import { widthOf } from './measuring.js'
import { whiskerBoxes } from './whiskers.js'

const FONT = '600 12px'
const LINE = 14
const MOST = 24
/** CSS pixels from the plot to a name at its edge. */
const GAP = 14

/** The names at the right of a chart of lines, and the room that they take there; null where they do not fit. */
export function endLabels(
  scene: Scene,
  subjects: readonly Subject[],
  height: number,
): { readonly plugin: Plugin; readonly width: number } | null {
  // A fifth of the height is for the axis below.
  if (scene.width < 540 || subjects.length < 2 || subjects.length * LINE > height * 0.8) return null
  const names = namesOf(scene, subjects)
  const width = Math.max(...names.map(({ text }) => widthOf(text, `${FONT} ${scene.ink.font}`)))
  return {
    width: Math.ceil(width) + GAP + 4,
    plugin: { id: 'endLabels', afterDatasetsDraw: (chart) => drawAtEnds(chart, names) },
  }
}

/** The names at the last points of a chart's series, each where it covers no other name and no point; else it is left out. */
export function pointLabels(scene: Scene, subjects: readonly Subject[], levels: readonly Level[] = []): Plugin {
  const names = namesOf(scene, subjects)
  return { id: 'pointLabels', afterDatasetsDraw: (chart) => drawAtPoints(chart, names, levels) }
}

interface Name {
  readonly text: string
  readonly colour: string
}

function namesOf(scene: Scene, subjects: readonly Subject[]): Name[] {
  const texts = shortNames(
    subjects.map(({ label }) => label),
    MOST,
  )
  return subjects.map((subject, index) => ({ text: texts[index] as string, colour: colourOf(scene, subject) }))
}

interface Spot {
  readonly x: number
  readonly y: number
}

function lastPoint(chart: Chart, dataset: number): Spot | null {
  return spotsOf(chart, dataset).at(-1) ?? null
}

function spotsOf(chart: Chart, dataset: number): Spot[] {
  return chart.getDatasetMeta(dataset).data.flatMap((element) => {
    const { x, y } = element.getProps(['x', 'y'], true)
    return Number.isFinite(x) && Number.isFinite(y) ? [{ x, y }] : []
  })
}

function drawAtEnds(chart: Chart, names: readonly Name[]): void {
  const { ctx, chartArea } = chart
  const ends = names
    .flatMap((name, index) => {
      const end = lastPoint(chart, index)
      return end ? [{ name, end }] : []
    })
    .sort((a, b) => a.end.y - b.end.y)
  const bounds = { low: chartArea.top + LINE / 2, high: chartArea.bottom - LINE / 2 }
  const places = spread(
    ends.map(({ end }) => end.y),
    LINE,
    bounds,
  )
  ctx.save()
  prepare(chart)
  ctx.textAlign = 'left'
  ctx.lineWidth = 1
  ends.forEach(({ name, end }, index) => {
    const y = places[index] as number
    ctx.strokeStyle = `${name.colour}88`
    ctx.beginPath()
    ctx.moveTo(end.x + 5, end.y)
    ctx.lineTo(chartArea.right + GAP - 4, y)
    ctx.stroke()
    ctx.fillStyle = name.colour
    ctx.fillText(name.text, chartArea.right + GAP, y)
  })
  ctx.restore()
}

interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

function drawAtPoints(chart: Chart, names: readonly Name[], levels: readonly Level[]): void {
  const { ctx, chartArea } = chart
  ctx.save()
  prepare(chart)
  ctx.textAlign = 'left'
  const taken = names.flatMap((_, index) => [
    ...spotsOf(chart, index).map(({ x, y }) => ({ left: x - 7, right: x + 7, top: y - 7, bottom: y + 7 })),
    ...whiskerBoxes(chart, index),
  ])
  taken.push(...levels.map((level) => levelNameBox(chart, level)))
  names.forEach(({ text, colour }, index) => {
    const point = lastPoint(chart, index)
    if (!point) return
    const box = placesAround(point, ctx.measureText(text).width).find(
      (place) => isInside(place, chartArea) && !taken.some((other) => overlap(place, other)),
    )
    if (!box) return
    taken.push(box)
    ctx.fillStyle = colour
    ctx.fillText(text, box.left, (box.top + box.bottom) / 2)
  })
  ctx.restore()
}

/** Boxes for a name at a point: beside it, then above and below. */
function placesAround({ x, y }: Spot, width: number): Box[] {
  const at = (left: number, middle: number): Box => ({
    left,
    right: left + width,
    top: middle - LINE / 2,
    bottom: middle + LINE / 2,
  })
  const beside = [0, -14, 14].flatMap((aside) => [at(x + 11, y + aside), at(x - 11 - width, y + aside)])
  return [...beside, at(x - width / 2, y - 17), at(x - width / 2, y + 17)]
}

function isInside(box: Box, area: ChartArea): boolean {
  return box.left >= area.left && box.right <= area.right && box.top >= area.top && box.bottom <= area.bottom
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}

function prepare(chart: Chart): void {
  chart.ctx.font = `${FONT} ${fontFamilyOf(chart)}`
  chart.ctx.textBaseline = 'middle'
}
