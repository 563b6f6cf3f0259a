/** Small multiples: a panel for each line of a chart, the others in grey behind it, all on the same axes. */
import type { Chart, LineElement, Plugin, Scale } from 'chart.js'
import { namesFor } from '../../shared/names.js'
import { panelGrid } from '../../shared/panels.js'
import type { Subject } from '../../shared/subjects.js'
import { colourOf, type Scene, withAlpha } from './drawing.js'
import { fontFamilyOf, type Plot } from './lines.js'
import { widthOf } from './measuring.js'

/** An axis of a chart with one plot, as `numberAxis` makes it, and what stands beside it. */
export interface PanelAxis {
  readonly scale: Readonly<Record<string, unknown>>
  readonly title: string
}

export interface Panels {
  /** of the whole chart, in CSS pixels */
  readonly height: number
  /** a scale for each column and each row of panels */
  readonly scales: Readonly<Record<string, unknown>>
  readonly padding: { readonly top: number; readonly right: number; readonly bottom: number; readonly left: number }
  /** the scales of a line, by its place */
  readonly axesOf: (index: number) => { readonly xAxisID: string; readonly yAxisID: string }
  readonly plotsOf: (chart: Chart) => readonly Plot[]
  readonly plugin: Plugin
}

/** CSS pixels between two panels beside each other, in which half a tick of each may stand, and below a panel. */
const BESIDE = 30
const UNDER = 12
const LINE = 15
const TICKS = 20
const TITLE = 18
const MOST_TICKS = 5

/** @param axes with bounds of their own: the scales of all panels must be equal, whichever lines are in them */
export function panels(
  scene: Scene,
  subjects: readonly Subject[],
  axes: { readonly x: PanelAxis; readonly y: PanelAxis },
): Panels {
  const { columns, rows, height } = panelGrid(subjects.length, scene.width)
  // The width is that of a panel beside ticks of usual length.
  const names = namesFor(
    subjects.map(({ label }) => label),
    Math.max(12, Math.floor(((scene.width - 60) / columns - BESIDE) / 7)),
  ).map((name) => (typeof name === 'string' ? [name] : name))
  const grid: Grid = {
    columns,
    rows,
    count: subjects.length,
    head: Math.max(...names.map(({ length }) => length)) * LINE + 4,
  }
  const plotsOf = (chart: Chart) =>
    subjects.map((_, index): Plot => {
      const [x, y] = [scaleAt(chart, 'x', index % columns), scaleAt(chart, 'y', Math.floor(index / columns))]
      return { area: { left: x.left, right: x.right, top: y.top, bottom: y.bottom }, x, y }
    })
  return {
    height,
    padding: { top: 2, right: 12, bottom: TICKS + TITLE, left: TITLE },
    axesOf: (index) => ({ xAxisID: `x${index % columns}`, yAxisID: `y${Math.floor(index / columns)}` }),
    scales: Object.fromEntries([
      ...numbers(columns).map((column) => [`x${column}`, { ...inPanel(axes.x), axis: 'x', position: 'bottom' }]),
      ...numbers(rows).map((row) => [`y${row}`, { ...inPanel(axes.y), axis: 'y', position: 'left' }]),
    ]),
    plotsOf,
    plugin: {
      id: 'panels',
      afterLayout: (chart) => layOut(chart, grid),
      beforeDatasetsDraw: (chart) => {
        drawGrid(chart, plotsOf(chart), scene.ink.line)
        drawOthers(chart, plotsOf(chart), withAlpha(scene.ink.faint, 0.3))
      },
      afterDatasetsDraw: (chart) => {
        drawNames(
          chart,
          plotsOf(chart),
          names.map((lines, index) => ({ lines, colour: colourOf(scene, subjects[index] as Subject) })),
        )
        drawTicks(chart, plotsOf(chart), grid, scene.ink.faint)
        drawTitles(chart, { x: axes.x.title, y: axes.y.title }, scene.ink.faint)
      },
    },
  }
}

interface Grid {
  readonly columns: number
  readonly rows: number
  readonly count: number
  /** CSS pixels above each panel, for its name */
  readonly head: number
}

/** A scale that Chart.js neither draws nor keeps room for: one for each panel would take a margin of its own. */
function inPanel({ scale }: PanelAxis): Record<string, unknown> {
  return { ...scale, display: false, ticks: { ...(scale.ticks as object), maxTicksLimit: MOST_TICKS } }
}

/** Brings each scale to its column or row. Its ticks are made anew for the room that it has there. */
function layOut(chart: Chart, { columns, rows, head }: Grid): void {
  const { chartArea: area } = chart
  const down = area.height / rows
  const tall = down - head - UNDER
  for (const row of numbers(rows)) {
    const scale = scaleAt(chart, 'y', row)
    scale.update(area.width, tall)
    scale.top = area.top + row * down + head
    scale.bottom = scale.top + tall
    scale.configure()
  }
  const ticks = labelsOf(scaleAt(chart, 'y', 0)).map(({ text }) => widthOf(text, tickFont(chart)))
  const left = area.left + Math.max(0, ...ticks) + 8
  const across = (area.right - left + BESIDE) / columns
  for (const column of numbers(columns)) {
    const scale = scaleAt(chart, 'x', column)
    scale.update(across - BESIDE, area.height)
    scale.left = left + column * across
    scale.right = scale.left + across - BESIDE
    scale.configure()
  }
}

function scaleAt(chart: Chart, axis: 'x' | 'y', place: number): Scale {
  return chart.scales[`${axis}${place}`] as Scale
}

function labelsOf(scale: Scale): { at: number; text: string }[] {
  return scale.ticks.map(({ value, label }) => ({ at: scale.getPixelForValue(value), text: String(label ?? '') }))
}

function tickFont(chart: Chart): string {
  return `400 12px ${fontFamilyOf(chart)}`
}

function drawGrid({ ctx }: Chart, plots: readonly Plot[], colour: string): void {
  ctx.save()
  ctx.strokeStyle = colour
  ctx.lineWidth = 1
  ctx.beginPath()
  for (const { area, x, y } of plots) {
    for (const { at } of labelsOf(x)) {
      ctx.moveTo(at, area.top)
      ctx.lineTo(at, area.bottom)
    }
    for (const { at } of labelsOf(y)) {
      ctx.moveTo(area.left, at)
      ctx.lineTo(area.right, at)
    }
  }
  ctx.stroke()
  ctx.restore()
}

/** Draws all lines in each panel, as one path that is moved from panel to panel: their axes are the same. */
function drawOthers(chart: Chart, plots: readonly Plot[], colour: string): void {
  const all = new Path2D()
  plots.forEach(({ area }, index) => {
    const own = new Path2D()
    const line = chart.getDatasetMeta(index).dataset as unknown as LineElement
    // Chart.js itself draws a line into such a path where it can; its types know contexts only.
    line.path(own as unknown as CanvasRenderingContext2D)
    all.addPath(own, new DOMMatrix([1, 0, 0, 1, -area.left, -area.top]))
  })
  const { ctx } = chart
  for (const { area } of plots) {
    ctx.save()
    ctx.translate(area.left, area.top)
    ctx.strokeStyle = colour
    ctx.lineWidth = 1
    ctx.stroke(all)
    ctx.restore()
  }
}

interface Name {
  readonly lines: readonly string[]
  readonly colour: string
}

function drawNames(chart: Chart, plots: readonly Plot[], names: readonly Name[]): void {
  const { ctx } = chart
  ctx.save()
  ctx.font = `600 12px ${fontFamilyOf(chart)}`
  ctx.textAlign = 'left'
  ctx.textBaseline = 'middle'
  plots.forEach(({ area }, index) => {
    const { lines = [], colour = '' } = names[index] ?? {}
    ctx.fillStyle = colour
    lines.forEach((text, line) => {
      ctx.fillText(
        text,
        area.left,
        area.top - 4 - (lines.length - line - 0.5) * LINE,
        area.right - area.left + BESIDE - 6,
      )
    })
  })
  ctx.restore()
}

/** Draws the ticks of a row beside its first panel, and those of a column below its last one. */
function drawTicks(chart: Chart, plots: readonly Plot[], { columns, count }: Grid, colour: string): void {
  const { ctx } = chart
  ctx.save()
  ctx.font = tickFont(chart)
  ctx.fillStyle = colour
  ctx.textBaseline = 'middle'
  plots.forEach(({ area, x, y }, index) => {
    ctx.textAlign = 'right'
    if (index % columns === 0) for (const { at, text } of labelsOf(y)) ctx.fillText(text, area.left - 6, at)
    ctx.textAlign = 'center'
    if (index + columns < count) return
    for (const { at, text } of labelsOf(x)) {
      const half = ctx.measureText(text).width / 2
      // A tick that would reach into the next panel is left out.
      if (at + half < area.right + BESIDE / 2 && at - half > area.left - BESIDE / 2)
        ctx.fillText(text, at, area.bottom + 12)
    }
  })
  ctx.restore()
}

function drawTitles(chart: Chart, { x, y }: { readonly x: string; readonly y: string }, colour: string): void {
  const { ctx, chartArea: area } = chart
  ctx.save()
  ctx.font = tickFont(chart)
  ctx.fillStyle = colour
  ctx.textAlign = 'center'
  ctx.textBaseline = 'middle'
  ctx.fillText(x, (area.left + area.right) / 2, chart.height - TITLE / 2)
  ctx.translate(TITLE / 2, (area.top + area.bottom) / 2)
  ctx.rotate(-Math.PI / 2)
  ctx.fillText(y, 0, 0)
  ctx.restore()
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}
