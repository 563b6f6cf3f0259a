import { drawnFigure } from '../../shared/figures.js'
import { STARTS } from '../../shared/starts.js'
import type { Drawing } from './drawing.js'
import { stackedBars } from './stacked.js'

/** The time from the engine's start call to the first answer, in its parts. */
export const starts: Drawing = (scene) => {
  const parts = STARTS.map(({ id, name }) => ({ name, of: drawnFigure(scene.view, id).value }))
  const { format, unit } = drawnFigure(scene.view, STARTS[0].id)
  return stackedBars(scene, {
    chart: 'starts',
    parts,
    axis: unit === 'ms' ? 'time' : unit,
    format,
    say: (name, value) => `${name}: ${value === null ? 'not known' : format(value)}`,
  })
}
