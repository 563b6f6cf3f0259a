import type { Cell } from '@bakeoff/model'
import { formatShare } from '../../shared/format.js'
import type { Drawing } from './drawing.js'
import { stackedBars } from './stacked.js'

/** The share of the window that target and services spent at their CPU cap, end to end. */
export const atCap: Drawing = (scene) =>
  stackedBars(scene, {
    chart: 'at-cap',
    parts: [
      { name: 'target', of: ({ target }) => target.atCapShare },
      ...servicesOf(scene.cells).map((name) => ({
        name,
        of: (cell: Cell) => cell.services[name]?.atCapShare ?? null,
      })),
    ],
    axis: 'share of the measured window',
    format: formatShare,
    max: 1,
    say: (name, share) => `${name}: ${share === null ? 'not known' : formatShare(share)} of the window at its cap`,
  })

/** Every service that a cell has. */
function servicesOf(cells: readonly Cell[]): string[] {
  return [...new Set(cells.flatMap((cell) => Object.keys(cell.services)))]
}
