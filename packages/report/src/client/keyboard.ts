/** Arrow keys move from point to point of a chart; what the tooltip shows is also read out. */
import type { ActiveElement, Chart } from 'chart.js'

export function walkByKeys(
  canvas: HTMLCanvasElement,
  chartOf: () => Chart | undefined,
  say: (text: string) => void,
): void {
  canvas.addEventListener('keydown', (event) => {
    const chart = chartOf()
    const step = STEPS[event.key]
    if (!chart || (!step && event.key !== 'Escape')) return
    event.preventDefault()
    const next = step ? moved(chart, step) : null
    activate(chart, next ? [next] : [])
    if (next) say(textOf(chart))
  })
  canvas.addEventListener('blur', () => {
    const chart = chartOf()
    if (chart) activate(chart, [])
  })
}

const STEPS: Readonly<Record<string, { readonly along: number; readonly across: number }>> = {
  ArrowRight: { along: 1, across: 0 },
  ArrowLeft: { along: -1, across: 0 },
  ArrowDown: { along: 0, across: 1 },
  ArrowUp: { along: 0, across: -1 },
}

interface Place {
  readonly datasetIndex: number
  readonly index: number
}

/** The point with a value to which a key moves. In a chart of one series all four arrows move along it. */
function moved(chart: Chart, { along, across }: { along: number; across: number }): Place | null {
  const lines = chart.data.datasets
    .map((_, datasetIndex) => pointsOf(chart, datasetIndex))
    .filter((points) => points.length > 0)
  const active = chart.getActiveElements()[0]
  const line = lines.findIndex((points) => points[0]?.datasetIndex === active?.datasetIndex)
  if (!active || line < 0) return lines[0]?.[0] ?? null
  const points = lines[line]!
  const place = points.findIndex(({ index }) => index === active.index)
  if (along !== 0 || lines.length === 1) return points[clamp(place + along + across, points.length)] ?? null
  const other = lines[clamp(line + across, lines.length)]!
  return other[clamp(place, other.length)] ?? null
}

function pointsOf(chart: Chart, datasetIndex: number): Place[] {
  const { data } = chart.getDatasetMeta(datasetIndex)
  return data.flatMap((element, index) => {
    const { x, y } = element.getProps(['x', 'y'], true)
    return Number.isFinite(x) && Number.isFinite(y) && !('skip' in element && element.skip)
      ? [{ datasetIndex, index }]
      : []
  })
}

function activate(chart: Chart, places: readonly Place[]): void {
  const elements: ActiveElement[] = places.map(({ datasetIndex, index }) => ({
    datasetIndex,
    index,
    element: chart.getDatasetMeta(datasetIndex).data[index]!,
  }))
  const first = elements[0]
  chart.setActiveElements(elements)
  chart.tooltip?.setActiveElements(elements, first ? { x: first.element.x, y: first.element.y } : { x: 0, y: 0 })
  chart.update('none')
}

function textOf(chart: Chart): string {
  const { title = [], body = [] } = chart.tooltip ?? {}
  return [...title, ...body.flatMap(({ lines }) => lines)].join(', ')
}

const clamp = (value: number, length: number) => Math.min(length - 1, Math.max(0, value))
