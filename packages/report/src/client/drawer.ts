/**
 * Keeps the charts of the page in sight drawn as the selection says: those on the screen one per frame, those farther down when
 * the browser has time, so that nothing has to wait for all of them.
 */
import type { Cell } from '@bakeoff/model'
import { cellsInOrder, type View } from '../shared/subjects.js'
import { breath, frame, idle } from './breath.js'
import type { Drawn, Scene } from './charts/drawing.js'
import { DRAWINGS } from './charts/index.js'
import { Chart } from './charts/library.js'
import { type Ink, readInk } from './ink.js'
import { walkByKeys } from './keyboard.js'
import { pictureOf } from './picture.js'
import type { Selection } from './selection.js'

export class Drawer {
  readonly #charts = new Map<HTMLCanvasElement, Chart>()
  /** the state that a canvas was drawn for; drawing the same again is skipped */
  readonly #drawn = new Map<HTMLCanvasElement, string>()
  readonly #all: readonly HTMLCanvasElement[]
  readonly #known = new Set<HTMLCanvasElement>()
  readonly #say: (text: string) => void
  /** what is to be drawn, those on the screen first */
  #queue: HTMLCanvasElement[] = []
  readonly #onScreen = new Set<HTMLCanvasElement>()
  /** grows with each refresh, which ends the drawing of the one before it */
  #round = 0
  /** grows when colours or fonts change */
  #look = 0
  #ink: Ink | null = null

  constructor(
    readonly root: Document,
    readonly view: View,
    readonly selection: Selection,
    say: (text: string) => void,
  ) {
    this.#all = [...root.querySelectorAll<HTMLCanvasElement>('canvas[data-chart]')]
    this.#say = say
  }

  /** Draws the charts in sight that are out of date, from the next frame on, and destroys those out of sight. */
  refresh(): void {
    this.#round += 1
    for (const canvas of this.#all) if (isShown(canvas)) delete canvas.dataset.drawn
    void this.#drawInTime(this.#round)
  }

  async #drawInTime(round: number): Promise<void> {
    // Looking at widths makes the browser lay out the page: it does that anyway for the next frame, not for this click.
    await frame()
    if (round !== this.#round) return
    this.#choose()
    await breath()
    while (round === this.#round) {
      const canvas = this.#queue[0]
      if (!canvas) return
      // A canvas without a width was not laid out yet: whatever is drawn now would be cut for a screen that is not there.
      if (widthOf(canvas) > 0) this.#draw(this.#queue.shift() as HTMLCanvasElement)
      const next = this.#queue[0]
      await (next === undefined || this.#onScreen.has(next) ? frame() : idle())
    }
  }

  #choose(): void {
    const shown = new Set(this.#all.filter(isShown))
    for (const [canvas, chart] of this.#charts) {
      if (shown.has(canvas)) continue
      chart.destroy()
      this.#charts.delete(canvas)
      this.#drawn.delete(canvas)
      delete canvas.dataset.drawn
    }
    const queue: HTMLCanvasElement[] = []
    for (const canvas of shown) {
      if (this.#drawn.get(canvas) === this.#stateOf(canvas)) canvas.dataset.drawn = ''
      else queue.push(canvas)
    }
    this.#onScreen.clear()
    for (const canvas of queue) if (isOnScreen(canvas)) this.#onScreen.add(canvas)
    this.#queue = [...this.#onScreen, ...queue.filter((canvas) => !this.#onScreen.has(canvas))]
  }

  /** Draws everything anew, after colours changed. */
  repaint(): void {
    this.forget()
    this.refresh()
  }

  /** Takes everything drawn for out of date. */
  forget(): void {
    this.#look += 1
    this.#ink = null
  }

  /** The picture of a chart, twice as fine as on a plain screen, with its title; null when there is nothing to draw. */
  async pictureOf(canvas: HTMLCanvasElement): Promise<Blob | null> {
    const scene = this.#sceneOf(canvas)
    const drawn = scene && DRAWINGS[canvas.dataset.chart ?? '']?.(scene)
    if (!scene || !drawn) return null
    const figure = canvas.closest('figure')
    return pictureOf(drawn, {
      ink: scene.ink,
      width: scene.width,
      title: figure?.querySelector('h3')?.textContent ?? '',
      condition: figure?.querySelector('.condition')?.textContent ?? '',
    })
  }

  /** Draws all charts in sight at once and to their present width, for paper. */
  drawNow(): void {
    this.#round += 1
    this.#choose()
    for (const canvas of this.#queue) this.#draw(canvas)
    this.#queue = []
    for (const chart of this.#charts.values()) chart.resize()
  }

  #draw(canvas: HTMLCanvasElement): void {
    if (!this.#known.has(canvas)) this.#introduce(canvas)
    this.#charts.get(canvas)?.destroy()
    this.#charts.delete(canvas)
    const scene = this.#sceneOf(canvas)
    const drawn = scene && (DRAWINGS[canvas.dataset.chart ?? '']?.(scene) ?? null)
    this.#drawn.set(canvas, this.#stateOf(canvas))
    canvas.dataset.drawn = ''
    if (drawn) this.#charts.set(canvas, this.#chart(canvas, drawn))
    else this.#drawNothing(canvas)
  }

  /** Makes a canvas known to the keyboard and to screen readers, when it is drawn first. */
  #introduce(canvas: HTMLCanvasElement): void {
    this.#known.add(canvas)
    canvas.tabIndex = 0
    canvas.setAttribute('role', 'img')
    canvas.setAttribute('aria-label', labelOf(canvas))
    walkByKeys(canvas, () => this.#charts.get(canvas), this.#say)
  }

  #chart(canvas: HTMLCanvasElement, { config, height }: Drawn): Chart {
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
    this.#ink ??= readInk(this.root)
    const isOn = ({ entry }: Cell) => !this.selection.hidden.has(this.view.subjectOf(entry).index)
    return {
      view: this.view,
      scenario,
      load,
      cells: cellsInOrder(this.view, scenario.id, load ?? scenario.mainLoad).filter(isOn),
      all: this.view.results.cells.filter((cell) => cell.scenario === scenario.id && isOn(cell)),
      of: canvas.dataset.of ?? '',
      ink: this.#ink,
      width: widthOf(canvas),
    }
  }

  #stateOf(canvas: HTMLCanvasElement): string {
    // Names and ticks are chosen for a width; within a step of it they stay as they are.
    const step = Math.floor(widthOf(canvas) / 80)
    return JSON.stringify([this.#look, [...this.selection.hidden].sort((a, b) => a - b), step])
  }
}

function widthOf(canvas: HTMLCanvasElement): number {
  return canvas.parentElement?.clientWidth ?? 0
}

function isShown(canvas: HTMLCanvasElement): boolean {
  return canvas.closest('[hidden]') === null
}

function isOnScreen(canvas: HTMLCanvasElement): boolean {
  const { top, bottom } = canvas.getBoundingClientRect()
  return bottom > 0 && top < innerHeight
}

/** The label of a chart, which a screen reader reads out. */
function labelOf(canvas: HTMLCanvasElement): string {
  const figure = canvas.closest('figure')
  const title = figure?.querySelector('h3')?.textContent ?? 'Chart'
  return `${title}. ${figure?.querySelector('.condition')?.textContent ?? ''}. Arrow keys move from point to point; the numbers are in the table below.`
}
