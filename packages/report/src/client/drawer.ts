/**
 * Keeps the charts that a reader sees, or is about to, drawn as the selection says: one per frame, those on the screen first, so
 * that nothing has to wait for all of them.
 */
import type { Cell } from '@bakeoff/model'
import type { Chart } from 'chart.js'
import { cellsInOrder } from '../shared/subjects.js'
import { breath, frame } from './breath.js'
import type { Drawn, Scene } from './charts/drawing.js'
import { type Ink, readInk } from './ink.js'
import { walkByKeys } from './keyboard.js'
import { type Later, laterCode } from './later-code.js'
import type { PageResults } from './results.js'
import type { Selection } from './selection.js'

/** How near to the screen a chart is drawn, so that it is there when a reader comes to it: half a screen. */
const NEAR = '50% 0px'

export class Drawer {
  readonly #charts = new Map<HTMLCanvasElement, Chart>()
  /** the state that a canvas was drawn for; drawing the same again is skipped */
  readonly #drawn = new Map<HTMLCanvasElement, string>()
  readonly #say: (text: string) => void
  /** what is on the screen, or near it */
  readonly #near = new Set<HTMLCanvasElement>()
  readonly #watcher = new IntersectionObserver((changes) => this.#see(changes), { rootMargin: NEAR })
  /** what is to be drawn, those on the screen first */
  #queue: HTMLCanvasElement[] = []
  /** grows with each refresh, which ends the drawing of the one before it */
  #round = 0
  /** grows when colours or fonts change */
  #look = 0
  #ink: Ink | null = null
  #later: Later | null = null

  constructor(
    readonly root: Document,
    readonly results: PageResults,
    readonly selection: Selection,
    say: (text: string) => void,
  ) {
    this.#say = say
  }

  /** Draws charts when they come near the screen, and makes them known to the keyboard and to screen readers before. */
  watch(canvases: readonly HTMLCanvasElement[]): void {
    for (const canvas of canvases) {
      canvas.tabIndex = 0
      canvas.setAttribute('role', 'img')
      canvas.setAttribute('aria-label', labelOf(canvas))
      walkByKeys(canvas, () => (this.#drawn.has(canvas) ? this.#charts.get(canvas) : undefined), this.#say)
      // The frame of the chart, which has its place also while there is nothing to draw.
      if (canvas.parentElement) this.#watcher.observe(canvas.parentElement)
    }
  }

  /** Makes ready what draws, which a reader may need at once: paper does not wait. */
  async prepare(): Promise<Later> {
    this.#later ??= await laterCode(this.root)
    return this.#later
  }

  #see(changes: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of changes) {
      const canvas = target.querySelector('canvas')
      if (canvas && isIntersecting) this.#near.add(canvas)
      else if (canvas) this.#near.delete(canvas)
    }
    this.refresh()
  }

  /** Draws the charts near the screen that are out of date, from the next frame on, and destroys those that are hidden. */
  refresh(): void {
    this.#round += 1
    for (const canvas of this.#drawn.keys()) if (isShown(canvas)) delete canvas.dataset.drawn
    void this.#drawInTime(this.#round)
  }

  async #drawInTime(round: number): Promise<void> {
    // Looking at widths makes the browser lay out the page: after the next frame it is.
    await frame()
    if (round !== this.#round) return
    this.#choose(this.#near)
    if (this.#queue.length === 0) return
    await this.prepare()
    await breath()
    while (round === this.#round) {
      const canvas = this.#queue[0]
      if (!canvas) return
      const scenario = scenarioOf(canvas)
      if (this.results.known(scenario) === null) await this.results.read(scenario)
      // A canvas without a width was not laid out yet: whatever is drawn now would be cut for a screen that is not there.
      else if (widthOf(canvas) > 0) {
        this.#queue.shift()
        if (this.#charts.has(canvas)) keepPicture(canvas)
        await this.#drawInPieces(canvas, round)
      }
      await frame()
    }
  }

  /** Makes the queue of what is to be drawn: those of the canvases that are shown and out of date. */
  #choose(canvases: Iterable<HTMLCanvasElement>): void {
    for (const [canvas, chart] of this.#charts) {
      if (isShown(canvas)) continue
      chart.destroy()
      this.#charts.delete(canvas)
      this.#drawn.delete(canvas)
      delete canvas.dataset.drawn
      canvas.parentElement?.querySelector('.still')?.remove()
    }
    for (const [canvas, state] of this.#drawn) {
      if (!isShown(canvas)) continue
      if (state === this.#stateOf(canvas)) canvas.dataset.drawn = ''
      else delete canvas.dataset.drawn
    }
    const queue = [...canvases].filter((canvas) => isShown(canvas) && canvas.dataset.drawn === undefined)
    const onScreen = new Set(queue.filter(isOnScreen))
    this.#queue = [...onScreen, ...queue.filter((canvas) => !onScreen.has(canvas))]
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
    await this.results.read(scenarioOf(canvas))
    const { pictureOf } = await this.prepare()
    const scene = this.#sceneOf(canvas)
    const drawn = scene && this.#drawingOf(canvas, scene)
    if (!scene || !drawn) return null
    const figure = canvas.closest('figure')
    return pictureOf(drawn, {
      ink: scene.ink,
      width: scene.width,
      title: figure?.querySelector('h3')?.textContent ?? '',
      condition: figure?.querySelector('.condition')?.textContent ?? '',
    })
  }

  /** Draws all charts that are shown at once and to their present width, for paper: those of scenarios that were read by now. */
  drawNow(): void {
    this.#round += 1
    if (this.#later === null) return
    this.#choose(this.root.querySelectorAll<HTMLCanvasElement>('canvas[data-chart]'))
    for (const canvas of this.#queue) if (this.results.known(scenarioOf(canvas)) !== null) this.#draw(canvas)
    this.#queue = []
    for (const chart of this.#charts.values()) chart.resize()
  }

  #draw(canvas: HTMLCanvasElement): void {
    const drawn = this.#begin(canvas)
    if (drawn && this.#later) this.#charts.set(canvas, new this.#later.Chart(canvas, drawn.config))
    this.#end(canvas)
  }

  /** As `#draw`, with a breath between the pieces; the next round begins anew with what it finds half done. */
  async #drawInPieces(canvas: HTMLCanvasElement, round: number): Promise<void> {
    const drawn = this.#begin(canvas)
    if (drawn && this.#later) {
      await breath()
      if (round !== this.#round) return
      const { chart, pieces } = this.#later.chartInPieces(canvas, drawn.config)
      this.#charts.set(canvas, chart)
      for (const piece of pieces) {
        await breath()
        if (round !== this.#round) return
        piece()
      }
    }
    this.#end(canvas)
  }

  /** Makes room for what is drawn on a canvas. @returns null: there is nothing to draw */
  #begin(canvas: HTMLCanvasElement): Drawn | null {
    this.#charts.get(canvas)?.destroy()
    this.#charts.delete(canvas)
    this.#drawn.delete(canvas)
    const scene = this.#sceneOf(canvas)
    const drawn = scene && this.#drawingOf(canvas, scene)
    if (drawn) this.#makeRoom(canvas, drawn)
    else this.#drawNothing(canvas)
    return drawn
  }

  #end(canvas: HTMLCanvasElement): void {
    this.#drawn.set(canvas, this.#stateOf(canvas))
    canvas.dataset.drawn = ''
    canvas.parentElement?.querySelector('.still')?.remove()
  }

  #drawingOf({ dataset }: HTMLCanvasElement, scene: Scene): Drawn | null {
    return this.#later?.DRAWINGS[dataset.chart ?? '']?.(scene) ?? null
  }

  #makeRoom(canvas: HTMLCanvasElement, { height }: Drawn): void {
    const plot = canvas.parentElement
    if (plot) plot.style.height = `${height}px`
    plot?.classList.remove('empty')
  }

  /** Shows a sentence instead of empty axes, when all subjects are switched off or have no figures. */
  #drawNothing(canvas: HTMLCanvasElement): void {
    const plot = canvas.parentElement
    if (!plot) return
    plot.style.height = ''
    plot.querySelector('.still')?.remove()
    plot.classList.add('empty')
  }

  #sceneOf(canvas: HTMLCanvasElement): Scene | null {
    const view = this.results.known(scenarioOf(canvas))
    const scenario = view?.results.scenarios[scenarioOf(canvas)]
    if (!view || !scenario) return null
    const load = placeOf(canvas)?.dataset.load ?? null
    this.#ink ??= readInk(this.root)
    // On the page of a target there is that one, whatever is switched off on the others.
    const only = canvas.closest<HTMLElement>('[data-target]')?.dataset.target
    const isOn = ({ entry }: Cell) => {
      const { target, index } = view.subjectOf(entry)
      return only === undefined ? !this.selection.hidden.has(index) : target === only
    }
    return {
      view,
      scenario,
      load,
      cells: cellsInOrder(view, scenario.id, load ?? scenario.mainLoad).filter(isOn),
      all: view.results.cells.filter((cell) => cell.scenario === scenario.id && isOn(cell)),
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

/** Leaves the picture of a chart that is seen in its place until the chart is drawn anew: it is replaced at once. */
function keepPicture(canvas: HTMLCanvasElement): void {
  const plot = canvas.parentElement
  if (!plot || plot.querySelector('.still')) return
  const still = canvas.ownerDocument.createElement('canvas')
  const { width, height } = canvas
  Object.assign(still, { className: 'still', width, height })
  Object.assign(still.style, { width: canvas.style.width, height: canvas.style.height })
  still.getContext('2d')?.drawImage(canvas, 0, 0)
  plot.append(still)
}

/** What says of which scenario and load a chart is: a part, which is shown while they are chosen, or a place on the page of a target. */
function placeOf(canvas: HTMLCanvasElement): HTMLElement | null {
  return canvas.closest<HTMLElement>('[data-scenario], [data-of-scenario]')
}

/** The scenario of a canvas, by its place in the run. */
function scenarioOf(canvas: HTMLCanvasElement): number {
  const { scenario, ofScenario } = placeOf(canvas)?.dataset ?? {}
  return Number(scenario ?? ofScenario)
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
