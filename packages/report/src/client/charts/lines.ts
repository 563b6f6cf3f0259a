/** Lines and areas that are not data: caps, service level, warm-up. */
import type { AnnotationOptions } from 'chartjs-plugin-annotation'
import { formatNumber } from '../../shared/format.js'
import type { Scene } from './drawing.js'

type Annotations = Record<string, AnnotationOptions>

/** A level as a line across the chart at a value, with its name at the end. */
export function levelLine({ ink }: Scene, axis: 'x' | 'y', value: number, text: string): AnnotationOptions {
  const colour = ink.bad
  return {
    type: 'line',
    ...(axis === 'y' ? { yMin: value, yMax: value } : { xMin: value, xMax: value }),
    borderColor: colour,
    borderWidth: 1.5,
    borderDash: [6, 4],
    label: {
      display: true,
      content: text,
      position: axis === 'y' ? 'end' : 'start',
      yAdjust: axis === 'y' ? -10 : 0,
      backgroundColor: `${ink.surface}e6`,
      color: colour,
      font: { family: ink.font, size: 12, weight: 600 },
      padding: { top: 1, bottom: 1, left: 4, right: 4 },
    },
  }
}

/** The line of the service level: the p99 that the scenario allows; nothing where it has no service level. */
export function sloLine(scene: Scene, axis: 'x' | 'y'): Annotations {
  const { slo } = scene.scenario
  return slo ? { slo: levelLine(scene, axis, slo.p99Ms, `SLO p99 ${formatNumber(slo.p99Ms)} ms`) } : {}
}

/** The area of the warm-up: everything left of 0. */
export function warmUpArea({ ink }: Scene, from: number): Annotations {
  if (from >= 0) return {}
  return {
    warmUp: {
      type: 'box',
      xMin: from,
      xMax: 0,
      backgroundColor: `${ink.faint}1f`,
      borderWidth: 0,
      label: {
        display: true,
        content: 'warm-up',
        position: { x: 'center', y: 'start' },
        color: ink.faint,
        font: { family: ink.font, size: 12, weight: 400 },
      },
    },
  }
}
