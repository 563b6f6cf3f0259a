/** Names of targets beside their lines and points, as plugins of a chart, so that no legend has to be matched by eye. */
import type { Chart, ChartArea, Plugin } from 'chart.js'
import { namesFor, shortNames } from '../../shared/names.js'
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
/** Below this width of a chart its names take two lines, of so many characters each where they differ by then. */
const NARROW = 540
const MOST_NARROW = 13
/** The share of a chart's width that names may take from its plot. */
const MOST_WIDTH = 0.38

/** Names of lines, and the room that they take from the plot, in CSS pixels. */
export interface LineNames {
  readonly room: { readonly top?: number; readonly right?: number }
  readonly plugin: Plugin
}

/** The names at the right of a chart of lines; null where they do not fit. */
export function endLabels(scene: Scene, subjects: readonly Subject[], height: number): LineNames | null {
  const texts = scene.width < NARROW ? namesFor(labelsOf(subjects), MOST_NARROW) : namesOnOneLine(subjects)
  const names = subjects.map((subject, index): Name => {
    const text = texts[index] as string | readonly string[]
    return { lines: typeof text === 'string' ? [text] : text, colour: colourOf(scene, subject) }
  })
  const gap = Math.max(...names.map(({ lines }) => (lines.length > 1 ? lines.length * LINE + 4 : LINE)))
  const widths = names.flatMap(({ lines }) => lines.map((line) => widthOf(line, nameFont(scene))))
  const width = Math.max(...widths) + GAP + 4
  // A fifth of the height is for the axis below.
  if (subjects.length * gap > height * 0.8 || width > scene.width * MOST_WIDTH) return null
  return {
    room: { right: Math.ceil(width) },
    plugin: { id: 'endLabels', afterDatasetsDraw: (chart) => drawAtEnds(chart, names, gap) },
  }
}

/**
 * The names at the last points of a chart's series, each where it covers no other name, no point and no interval: beside its point, else
 * further away with a line to it. A name for which there is no such place is left out.
 */
export function pointLabels(scene: Scene, subjects: readonly Subject[], levels: readonly Level[] = []): Plugin {
  const texts = namesOnOneLine(subjects)
  const names = subjects.map((subject, index) => ({ text: texts[index] as string, colour: colourOf(scene, subject) }))
  return { id: 'pointLabels', afterDatasetsDraw: (chart) => drawAtPoints(chart, names, levels) }
}

/** The names of subjects on one line each, beside lines and points. */
export function namesOnOneLine(subjects: readonly Subject[]): string[] {
  return shortNames(labelsOf(subjects), MOST)
}

function labelsOf(subjects: readonly Subject[]): string[] {
  return subjects.map(({ label }) => label)
}

export function nameFont({ ink }: Scene): string {
  return `${FONT} ${ink.font}`
}

interface Name {
  readonly lines: readonly string[]
  readonly colour: string
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

function drawAtEnds(chart: Chart, names: readonly Name[], gap: number): void {
  const { ctx, chartArea } = chart
  const ends = names
    .flatMap((name, index) => {
      const end = lastPoint(chart, index)
      return end ? [{ name, end }] : []
    })
    .sort((a, b) => a.end.y - b.end.y)
  const bounds = { low: chartArea.top + gap / 2, high: chartArea.bottom - gap / 2 }
  const places = spread(
    ends.map(({ end }) => end.y),
    gap,
    bounds,
  )
  ctx.save()
  prepare(chart)
  ctx.textAlign = 'left'
  ends.forEach(({ name, end }, index) => {
    const y = places[index] as number
    drawLeader(ctx, name.colour, { x: end.x + 5, y: end.y }, { x: chartArea.right + GAP - 4, y })
    ctx.fillStyle = name.colour
    name.lines.forEach((text, line) => {
      ctx.fillText(text, chartArea.right + GAP, y + (line - (name.lines.length - 1) / 2) * LINE)
    })
  })
  ctx.restore()
}

interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

function drawAtPoints(
  chart: Chart,
  names: readonly { readonly text: string; readonly colour: string }[],
  levels: readonly Level[],
): void {
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
    const width = ctx.measureText(text).width
    const isFree = (place: Box) => isInside(place, chartArea) && !taken.some((other) => overlap(place, other))
    const beside = placesAround(point, width).find(isFree)
    const box = beside ?? placesFurther(point, width).find(isFree)
    if (!box) return
    taken.push(box)
    if (!beside) drawLeader(ctx, colour, ...leaderOf(point, box))
    ctx.fillStyle = colour
    ctx.fillText(text, box.left, (box.top + box.bottom) / 2)
  })
  ctx.restore()
}

/** Boxes for a name at a point: beside it, then above and below. */
function placesAround({ x, y }: Spot, width: number): Box[] {
  const beside = [0, -14, 14].flatMap((aside) => [
    boxAt(x + 11, y + aside, width),
    boxAt(x - 11 - width, y + aside, width),
  ])
  return [...beside, boxAt(x - width / 2, y - 17, width), boxAt(x - width / 2, y + 17, width)]
}

/** CSS pixels above and below a point at which its name is tried, when there is no room beside it. */
const FURTHER = [28, 42, 56, 70]

/** Boxes for a name that is joined to its point by a line, the nearest first. */
function placesFurther({ x, y }: Spot, width: number): Box[] {
  return FURTHER.flatMap((away) =>
    [-away, away].flatMap((down) =>
      [x - width / 2, x + 11, x - 11 - width].map((left) => boxAt(left, y + down, width)),
    ),
  )
}

function boxAt(left: number, middle: number, width: number): Box {
  return { left, right: left + width, top: middle - LINE / 2, bottom: middle + LINE / 2 }
}

/** The two ends of a line from a point to the nearest edge of its name. */
function leaderOf({ x, y }: Spot, { left, right, top, bottom }: Box): [Spot, Spot] {
  const isBelow = top > y
  return [
    { x, y: y + (isBelow ? 8 : -8) },
    { x: Math.min(Math.max(x, left), right), y: isBelow ? top : bottom },
  ]
}

/** A thin line that joins a point and its name. */
function drawLeader(ctx: CanvasRenderingContext2D, colour: string, from: Spot, to: Spot): void {
  ctx.lineWidth = 1
  ctx.strokeStyle = `${colour}88`
  ctx.beginPath()
  ctx.moveTo(from.x, from.y)
  ctx.lineTo(to.x, to.y)
  ctx.stroke()
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
