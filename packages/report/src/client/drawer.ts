/** Keeps the charts in sight drawn as the selection says, one per frame, so that no click has to wait for all of them. */
import type { Cell } from '@bakeoff/model'
import { cellsInOrder, type View } from '../shared/subjects.js'
import type { Drawn, Scene } from './charts/drawing.js'
import { DRAWINGS } from './charts/index.js'
import { Chart } from './charts/library.js'
import { readInk } from './ink.js'
import { walkByKeys } from './keyboard.js'
import type { Selection } from './selection.js'

export class Drawer {
  readonly #charts = new Map<HTMLCanvasElement, Chart>()
  /** the state that a canvas was drawn for; drawing the same again is skipped */
  readonly #drawn = new Map<HTMLCanvasElement, string>()
  #queue: HTMLCanvasElement[] = []
  #frame = 0
  /** grows when colours or fonts change */
  #look = 0

  constructor(
    readonly root: Document,
    readonly view: View,
    readonly selection: Selection,
    say: (text: string) => void,
  ) {
    for (const canvas of this.#canvases()) {
      canvas.tabIndex = 0
      canvas.setAttribute('role', 'img')
      canvas.setAttribute('aria-label', labelOf(canvas))
      walkByKeys(canvas, () => this.#charts.get(canvas), say)
    }
  }

  /** Draws the charts in sight that are out of date, and destroys those out of sight. */
  refresh(): void {
    cancelAnimationFrame(this.#frame)
    const shown = this.#canvases().filter(isShown)
    for (const [canvas, chart] of this.#charts) {
      if (shown.includes(canvas)) continue
      chart.destroy()
      this.#charts.delete(canvas)
      this.#drawn.delete(canvas)
      delete canvas.dataset.drawn
    }
    this.#queue = shown.filter((canvas) => this.#drawn.get(canvas) !== this.#stateOf(canvas))
    this.#next()
  }

  /** Draws everything anew, after colours changed. */
  repaint(): void {
    this.#look += 1
    this.refresh()
  }

  /** Draws all charts in sight at once and to their present width, for paper. */
  drawNow(): void {
    this.refresh()
    cancelAnimationFrame(this.#frame)
    for (const canvas of this.#queue) this.#draw(canvas)
    this.#queue = []
    for (const chart of this.#charts.values()) chart.resize()
  }

  #next(): void {
    const canvas = this.#queue.shift()
    if (!canvas) return
    this.#draw(canvas)
    this.#frame = requestAnimationFrame(() => this.#next())
  }

  #draw(canvas: HTMLCanvasElement): void {
    this.#charts.get(canvas)?.destroy()
    this.#charts.delete(canvas)
    const scene = this.#sceneOf(canvas)
    const drawn = scene && (DRAWINGS[canvas.dataset.chart ?? '']?.(scene) ?? null)
    this.#drawn.set(canvas, this.#stateOf(canvas))
    canvas.dataset.drawn = ''
    if (drawn) this.#charts.set(canvas, this.#chart(canvas, drawn))
    else this.#drawNothing(canvas)
  }

  #chart(canvas: HTMLCanvasElement, { config, height = 320 }: Drawn): Chart {
    const plot = canvas.parentElement
    if (plot) plot.style.height = `${height}px`
    plot?.classList.remove('empty')
    return new Chart(canvas, config)
  }

  /** Shows a sentence instead of empty axes, when all subjects are switched off or have no figures. */
  #drawNothing(canvas: HTMLCanvasElement): void {
    const plot = canvas.parentElement
    if (!plot) return
    plot.style.height = ''
    plot.classList.add('empty')
  }

  #sceneOf(canvas: HTMLCanvasElement): Scene | null {
    const place = canvas.closest<HTMLElement>('[data-scenario]')?.dataset
    const scenario = this.view.results.scenarios[Number(place?.scenario)]
    if (!scenario) return null
    const load = place?.load ?? null
    const isOn = ({ entry }: Cell) => !this.selection.hidden.has(this.view.subjectOf(entry).index)
    return {
      view: this.view,
      scenario,
      load,
      cells: cellsInOrder(this.view, scenario.id, load ?? scenario.mainLoad).filter(isOn),
      all: this.view.results.cells.filter((cell) => cell.scenario === scenario.id && isOn(cell)),
      of: canvas.dataset.of ?? '',
      ink: readInk(this.root),
      width: canvas.parentElement?.clientWidth ?? 600,
    }
  }

  #stateOf(canvas: HTMLCanvasElement): string {
    const narrow = (canvas.parentElement?.clientWidth ?? 0) < 520
    return JSON.stringify([this.#look, [...this.selection.hidden].sort((a, b) => a - b), narrow])
  }

  #canvases(): HTMLCanvasElement[] {
    return [...this.root.querySelectorAll<HTMLCanvasElement>('canvas[data-chart]')]
  }
}

function isShown(canvas: HTMLCanvasElement): boolean {
  return canvas.closest('[hidden]') === null
}

/** The label of a chart, which a screen reader reads out. */
function labelOf(canvas: HTMLCanvasElement): string {
  const figure = canvas.closest('figure')
  const title = figure?.querySelector('h3')?.textContent ?? 'Chart'
  return `${title}. ${figure?.querySelector('.condition')?.textContent ?? ''}. Arrow keys move from point to point; the numbers are in the table below.`
}
