import type { Cell, ScenarioResult } from '@bakeoff/model'
import type { ChartConfiguration } from 'chart.js'
import { MARKERS, type Subject, type View } from '../../shared/subjects.js'
import { type Ink, mixed, withAlpha } from '../ink.js'

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
  /** in CSS pixels */
  readonly height: number
}

/** A drawing: it turns figures into a chart's configuration. Null: the subjects that are switched on have nothing to draw. */
export type Drawing = (scene: Scene) => Drawn | null

/** A subject's colour: the hue of its language, in its own shade. The style sheet mixes the same for tables and chips. */
export function colourOf({ ink }: Scene, { colour, shade }: Subject): string {
  const hue = ink.subjects[colour]
  if (hue === undefined) return ink.text
  return shade === 0 ? hue : mixed(hue, 0.58, ink.text)
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
