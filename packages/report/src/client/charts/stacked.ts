import type { Cell } from '@bakeoff/model'
import { heightOf } from '../../shared/heights.js'
import { baseOptions, nameAxis, numberAxis } from './axes.js'
import type { Drawn, Scene } from './drawing.js'

export interface Stack {
  /** the name by which the chart's height is known */
  readonly chart: string
  /** drawn end to end, in colours that no target has */
  readonly parts: readonly { readonly name: string; readonly of: (cell: Cell) => number | null }[]
  readonly axis: string
  readonly format: (value: number) => string
  /** the end of the axis, where it has one that does not depend on the data */
  readonly max?: number
  /** what the pointer is told of a part */
  readonly say: (name: string, value: number | null) => string
}

/** Bars of parts end to end, one per target; null where no part is known of any. */
export function stackedBars(scene: Scene, { chart, parts, axis, format, max, say }: Stack): Drawn | null {
  const rows = scene.cells
    .filter((cell) => parts[0]?.of(cell) !== null)
    .map((cell) => ({ cell, label: scene.view.subjectOf(cell.entry).label }))
  if (rows.length === 0) return null
  const base = baseOptions(scene)
  const labels = rows.map(({ label }) => label)
  return {
    height: heightOf(chart, rows.length),
    config: {
      type: 'bar',
      data: {
        labels,
        datasets: parts.map(({ name, of }, index) => ({
          label: name,
          data: rows.map(({ cell }) => of(cell)),
          backgroundColor: scene.ink.parts[index % scene.ink.parts.length] ?? scene.ink.faint,
          barThickness: 16,
          stack: 'parts',
        })),
      },
      options: {
        ...base,
        indexAxis: 'y',
        scales: {
          x: {
            ...numberAxis(scene, { title: axis, format }),
            stacked: true,
            ...(max === undefined ? {} : { suggestedMax: max, grace: 0 }),
          },
          y: { ...nameAxis(scene, labels), stacked: true },
        } as never,
        plugins: {
          ...base.plugins,
          legend: {
            display: true,
            position: 'top',
            align: 'start',
            labels: { color: scene.ink.text, boxWidth: 12, boxHeight: 12, font: { family: scene.ink.font, size: 13 } },
          },
          tooltip: {
            ...base.plugins?.tooltip,
            callbacks: {
              label: ({ dataset, raw }) => say(dataset.label ?? '', typeof raw === 'number' ? raw : null),
            },
          },
        },
      },
    },
  }
}
