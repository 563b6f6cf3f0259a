import type { Cell } from '@bakeoff/model'
import { drawnFigure } from './figures.js'
import type { View } from './subjects.js'

/** The parts of a start, one after the other: what the engine needs to start a container, and what the target needs from then on. */
export const STARTS = [
  { id: 'coldStartMs', name: 'the target, until it is ready' },
  { id: 'startCallMs', name: 'the engine’s start call' },
] as const

/** Both parts of a cell's start, in ms; null where one is not known. */
export function startMs(view: View, cell: Cell): number | null {
  const parts = STARTS.map(({ id }) => drawnFigure(view, id).value(cell))
  return parts.reduce<number | null>((sum, part) => (sum === null || part === null ? null : sum + part), 0)
}
