import type { Cell } from '@bakeoff/model'
import { formatShare } from '../../shared/format.js'
import { heightOf } from '../../shared/heights.js'
import { baseOptions, nameAxis, numberAxis } from './axes.js'
import type { Drawing } from './drawing.js'

/** The share of the window that target and services spent at their CPU cap, end to end. Parts have colours that no target has. */
export const atCap: Drawing = (scene) => {
  const rows = scene.cells
    .filter(({ target }) => target.atCapShare !== null)
    .map((cell) => ({ cell, label: scene.view.subjectOf(cell.entry).label }))
  if (rows.length === 0) return null
  const parts = partsOf(rows.map(({ cell }) => cell))
  const base = baseOptions(scene)
  return {
    height: heightOf('at-cap', rows.length),
    config: {
      type: 'bar',
      data: {
        labels: rows.map(({ label }) => label),
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
            ...numberAxis(scene, { title: 'share of the measured window', format: formatShare }),
            stacked: true,
            suggestedMax: 1,
            grace: 0,
          },
          y: {
            ...nameAxis(
              scene,
              rows.map(({ label }) => label),
            ),
            stacked: true,
          },
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
              label: ({ dataset, raw }) =>
                `${dataset.label}: ${typeof raw === 'number' ? formatShare(raw) : 'not known'} of the window at its cap`,
            },
          },
        },
      },
    },
  }
}

/** The parts of a bar: the target, then every service that a cell has. */
function partsOf(cells: readonly Cell[]): { name: string; of: (cell: Cell) => number | null }[] {
  const services = [...new Set(cells.flatMap((cell) => Object.keys(cell.services)))]
  return [
    { name: 'target', of: ({ target }) => target.atCapShare },
    ...services.map((name) => ({ name, of: (cell: Cell) => cell.services[name]?.atCapShare ?? null })),
  ]
}
