/**
 * The strip at the top of a page that a run serves while it goes on: how far the run is, what it measures at this moment,
 * and what target, services and agent use. The figures below it are those of the last reload, which follows every repetition.
 */
import type { RunEvent } from '@bakeoff/model'
import { formatBytes, formatDurationMs, formatNumber } from '@bakeoff/model'

const KEPT_POINTS = 120
const WIDTH = 240
const HEIGHT = 36

/** Listens to the server's events until it goes away. Does nothing on a page that is a file. */
export function startLive(strip: HTMLElement | null): void {
  if (!strip || !location.protocol.startsWith('http')) return
  strip.hidden = false
  const parts = partsOf(strip)
  const state = { planned: 0, done: 0, left: null as number | null }
  const series = new Map<string, number[]>()
  const draw = (name: string, value: number, text: string) => {
    const values = [...(series.get(name) ?? []), value].slice(-KEPT_POINTS)
    series.set(name, values)
    drawLine(parts.lines, name, values, text)
  }
  const fleet = new Fleet(parts)
  const source = new EventSource('/events')
  source.onmessage = ({ data }) => {
    const event = JSON.parse(String(data)) as RunEvent & { past?: boolean }
    if (event.kind === 'run-started') state.planned = event.entries
    fleet.hear(event)
    if (event.kind === 'step' && !fleet.isThere) {
      parts.now.textContent = `${event.entry}: ${event.step}`
      series.clear()
    }
    if (event.kind === 'slice' && !fleet.isThere) {
      parts.now.textContent = `${event.entry}: ${event.loadId}`
      const rate = event.slice.ok / (event.slice.durationMs / 1000)
      draw('correct responses/s', rate, formatNumber(rate))
      for (const [name, { cores, memoryBytes }] of Object.entries(event.use ?? {})) {
        if (cores !== null) draw(`${name} cores`, cores, cores.toFixed(2))
        if (memoryBytes !== null && name === 'target') draw(`${name} memory`, memoryBytes, formatBytes(memoryBytes))
      }
    }
    if (event.kind === 'repetition') {
      if (!event.triedAgain) state.done++
      state.left = event.leftMs
      // The figures changed, and the server has a new page. Past events are replayed on every load and must not cause another.
      if (!event.past) reload()
    }
    if (event.kind === 'run-ended') {
      source.close()
      if (!event.past) reload()
      else strip.hidden = true
    }
    parts.progress.textContent = `${state.done} ${state.done === 1 ? 'repetition' : 'repetitions'} done${state.left === null ? '' : `, about ${formatDurationMs(state.left)} left`}`
  }
  source.onerror = () => {
    parts.now.textContent = 'The run has ended or was stopped: this page changes no more.'
    source.close()
  }
}

/** Several benches that measure side by side: a cell for each, with what it measures and how fast. Without them it does nothing. */
class Fleet {
  readonly #parts: Parts
  readonly #cells = new Map<string, HTMLElement>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  get isThere(): boolean {
    return this.#cells.size > 0
  }

  hear(event: RunEvent): void {
    if (event.kind === 'run-started') this.#begin(event.benches ?? [])
    if (event.kind === 'bench-left') this.#leave(event.bench)
    if (event.kind === 'stage' && event.state === 'over') this.#show(event.bench, 'waits', '')
    if (event.kind === 'step') this.#show(event.bench, `${event.entry}: ${event.step}`, '')
    if (event.kind === 'slice') {
      const rate = event.slice.ok / (event.slice.durationMs / 1000)
      this.#show(event.bench, `${event.entry}: ${event.loadId}`, `${formatNumber(rate)}/s`)
    }
  }

  #begin(benches: readonly string[]): void {
    for (const cell of this.#cells.values()) cell.remove()
    this.#cells.clear()
    for (const bench of benches) this.#cells.set(bench, this.#parts.lines.appendChild(newCell(bench)))
    for (const bench of benches) this.#show(bench, 'waits', '')
  }

  #leave(bench: string): void {
    this.#cells.get(bench)?.remove()
    this.#cells.delete(bench)
    this.#count()
  }

  #show(bench: string | null | undefined, what: string, rate: string): void {
    const cell = this.#cells.get(bench ?? '')
    if (!cell) return
    cell.querySelector('small')!.textContent = what
    cell.querySelector('output')!.textContent = rate
    cell.toggleAttribute('data-waits', what === 'waits')
    this.#count()
  }

  #count(): void {
    const cells = [...this.#cells.values()]
    const busy = cells.filter((cell) => !cell.hasAttribute('data-waits')).length
    this.#parts.now.textContent = `${busy} of ${cells.length} benches measure`
  }
}

function newCell(bench: string): HTMLElement {
  const cell = document.createElement('div')
  cell.dataset.bench = bench
  const label = document.createElement('span')
  label.textContent = bench
  cell.append(label, document.createElement('output'), document.createElement('small'))
  return cell
}

interface Parts {
  readonly progress: HTMLElement
  readonly now: HTMLElement
  readonly lines: HTMLElement
}

function partsOf(strip: HTMLElement): Parts {
  const part = (name: string) => strip.querySelector<HTMLElement>(`[data-live-part="${name}"]`) as HTMLElement
  return { progress: part('progress'), now: part('now'), lines: part('lines') }
}

/** Draws a small line with its last value; all lines start from 0. */
function drawLine(lines: HTMLElement, name: string, values: readonly number[], text: string): void {
  const figure =
    lines.querySelector<HTMLElement>(`[data-series="${CSS.escape(name)}"]`) ?? lines.appendChild(newFigure(name))
  const most = Math.max(...values, Number.MIN_VALUE)
  const points = values.map(
    (one, index) =>
      `${((index / (KEPT_POINTS - 1)) * WIDTH).toFixed(1)},${(HEIGHT - (one / most) * (HEIGHT - 2) - 1).toFixed(1)}`,
  )
  figure.querySelector('polyline')?.setAttribute('points', points.join(' '))
  const output = figure.querySelector('output')
  if (output) output.textContent = text
}

function newFigure(name: string): HTMLElement {
  const figure = document.createElement('div')
  figure.dataset.series = name
  const label = document.createElement('span')
  label.textContent = name
  const picture = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  picture.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`)
  picture.setAttribute('aria-hidden', 'true')
  picture.append(document.createElementNS('http://www.w3.org/2000/svg', 'polyline'))
  figure.append(label, document.createElement('output'), picture)
  return figure
}

function reload(): void {
  location.reload() // the browser keeps the scroll position, and the hash says which page was open
}
