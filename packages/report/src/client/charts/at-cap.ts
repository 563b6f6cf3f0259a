import { formatShare } from '../../shared/format.js'
import { baseOptions, nameAxis, numberAxis } from './axes.js'
import type { Drawing } from './drawing.js'

/** How long target and services had their cores full, one after the other. Parts have colours of their own: no target's. */
export const atCap: Drawing = (scene) => {
  const rows = scene.cells
    .filter(({ target }) => target.atCapShare !== null)
    .map((cell) => ({ cell, label: scene.view.subjectOf(cell.entry).label }))
  if (rows.length === 0) return null
  const services = [...new Set(rows.flatMap(({ cell }) => Object.keys(cell.services)))]
  const parts = [
    { name: 'target', of: ({ cell }: (typeof rows)[number]) => cell.target.atCapShare },
    ...services.map((name) => ({
      name,
      of: ({ cell }: (typeof rows)[number]) => cell.services[name]?.atCapShare ?? null,
    })),
  ]
  const base = baseOptions(scene)
  return {
    height: rows.length * 32 + 96,
    config: {
      type: 'bar',
      data: {
        labels: rows.map(({ label }) => label),
        datasets: parts.map(({ name, of }, index) => ({
          label: name,
          data: rows.map(of),
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
