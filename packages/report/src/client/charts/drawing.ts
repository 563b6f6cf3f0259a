import type { Cell, ScenarioResult } from '@bakeoff/model'
import type { ChartConfiguration } from 'chart.js'
import { DASHES, MARKERS, type Subject, type View } from '../../shared/subjects.js'
import { type Ink, withAlpha } from '../ink.js'

/** The scene of a drawing: everything that it may use. */
export interface Scene {
  readonly view: View
  readonly scenario: ScenarioResult
  readonly load: string | null
  /** the cells of the load, or of the main load where a figure has none; in order, without those switched off */
  readonly cells: readonly Cell[]
  /** the cells of all loads of the scenario, without those switched off */
  readonly all: readonly Cell[]
  /** the figure's `data-of` */
  readonly of: string
  readonly ink: Ink
  /** of the canvas, in CSS pixels */
  readonly width: number
}

export interface Drawn {
  readonly config: ChartConfiguration
  /** in CSS pixels; 320 when not given */
  readonly height?: number
}

/** A drawing: it turns figures into a chart's configuration. Null: the subjects that are switched on have nothing to draw. */
export type Drawing = (scene: Scene) => Drawn | null

export function colourOf({ ink }: Scene, subject: Subject): string {
  return ink.subjects[subject.colour] ?? ink.text
}

/** The style of a subject's line, the same in every chart. */
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

/** Whether a cell's figures count. Figures that do not count are drawn hollow. */
export function counts(cell: Cell): boolean {
  return cell.verdict?.status !== 'invalid' && cell.outcome === 'measured'
}

export { withAlpha }
