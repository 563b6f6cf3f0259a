import type { Cell, ScenarioResult } from '@bakeoff/model'
import type { ChartConfiguration } from 'chart.js'
import { DASHES, MARKERS, type Subject, type View } from '../../shared/subjects.js'
import { type Ink, withAlpha } from '../ink.js'

/** All that a drawing may look at. */
export interface Scene {
  readonly view: View
  readonly scenario: ScenarioResult
  readonly load: string | null
  /** of the load, or of the main load where a figure has none; in order, without those switched off */
  readonly cells: readonly Cell[]
  /** of all loads of the scenario, without those switched off */
  readonly all: readonly Cell[]
  /** the figure's `data-of` */
  readonly of: string
  readonly ink: Ink
  /** CSS pixels that the canvas has */
  readonly width: number
}

export interface Drawn {
  readonly config: ChartConfiguration
  /** CSS pixels; 320 where nothing is said */
  readonly height?: number
}

/** Turns figures into a chart's configuration. Null: there is nothing to draw with what is switched on. */
export type Drawing = (scene: Scene) => Drawn | null

export function colourOf({ ink }: Scene, subject: Subject): string {
  return ink.subjects[subject.colour] ?? ink.text
}

/** How a subject's line looks everywhere. */
export function lineStyle(scene: Scene, subject: Subject) {
  const colour = colourOf(scene, subject)
  return {
    label: subject.label,
    borderColor: colour,
    backgroundColor: colour,
    pointBackgroundColor: colour,
    pointBorderColor: colour,
    pointStyle: MARKERS[subject.marker] ?? 'circle',
    borderDash: [...(DASHES[subject.dash] ?? [])],
    borderWidth: 2,
    pointHoverRadius: 6,
    pointHoverBorderWidth: 2,
  }
}

/** Whether a cell's figures count. What does not count is drawn hollow. */
export function counts(cell: Cell): boolean {
  return cell.verdict?.status !== 'invalid' && cell.outcome === 'measured'
}

export { withAlpha }
