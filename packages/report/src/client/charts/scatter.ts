import { figureOf } from '@bakeoff/model'
import { leastMs, rangeOf, shownMs, shownTime } from '../../shared/figures.js'
import { formatMs, formatNumber } from '../../shared/format.js'
import { heightOf } from '../../shared/heights.js'
import { baseOptions, numberAxis, sayingPoints } from './axes.js'
import { counts, type Drawing, lineStyle, type Scene } from './drawing.js'
import { pointLabels } from './labels.js'
import { levelsNear, marksPlugin, serviceLevel } from './lines.js'
import type { Whisker } from './whiskers.js'

/** A scatter of targets: throughput against p99, with the uncertainty of both. */
export const scatter: Drawing = (scene) => {
  const rows = rowsOf(scene)
  if (rows.length === 0) return null
  const base = baseOptions(scene)
  const times = rows.flatMap(({ cell, y }) => [y, ...(rangeOf(shownTime(cell, 'p99')) ?? [])])
  const levels = levelsNear(serviceLevel(scene), times)
  return {
    height: heightOf('scatter'),
    config: {
      type: 'scatter',
      data: { datasets: rows.map((row) => datasetOf(scene, row)) },
      options: {
        ...base,
        scales: {
          x: numberAxis(scene, {
            title: 'Throughput, correct responses/s',
            holds: rows.map(({ throughput }) => throughput.high),
          }),
          y: numberAxis(scene, {
            title: 'p99, ms, log scale',
            log: true,
            holds: [...times, ...levels.map(({ at }) => at)],
          }),
        } as never,
        plugins: sayingPoints(base, ({ datasetIndex }) => {
          const { x, y, isBound } = rows[datasetIndex]!
          return [`${formatNumber(x)} correct responses/s`, `p99 ${isBound ? 'at least ' : ''}${formatMs(y)}`]
        }),
      },
      plugins: [
        marksPlugin(scene, { levels }),
        pointLabels(
          scene,
          rows.map(({ subject }) => subject),
          levels,
        ),
      ],
    },
  }
}

type Row = ReturnType<typeof rowsOf>[number]

function rowsOf({ view, cells }: Scene) {
  return cells.flatMap((cell) => {
    const known = shownMs(cell, 'p99')
    // A target whose slow tail is not known must not be left out: the others would look worse than it.
    const p99 = known ?? leastMs(cell, 'p99')
    const throughput = figureOf(cell, 'throughput')
    return throughput && p99 !== null && p99 > 0
      ? [
          {
            cell,
            throughput,
            subject: view.subjectOf(cell.entry),
            x: throughput.median,
            y: p99,
            isBound: known === null,
          },
        ]
      : []
  })
}

function datasetOf(scene: Scene, { cell, throughput, subject, x, y, isBound }: Row) {
  const range = rangeOf(shownTime(cell, 'p99'))
  const whiskers: Whisker[] = [
    { axis: 'x', low: throughput.low, high: throughput.high },
    ...(range ? [{ axis: 'y', low: range[0], high: range[1] } as const] : []),
  ]
  return {
    ...lineStyle(scene, subject),
    data: [{ x, y }],
    ...(isBound ? { pointStyle: 'triangle' as const } : {}),
    pointRadius: 7,
    pointBorderWidth: 2,
    ...(counts(cell) ? {} : { pointBackgroundColor: scene.ink.surface }),
    whiskers: [whiskers],
    whiskerColour: lineStyle(scene, subject).borderColor,
    whiskerHalo: scene.ink.surface,
    whiskersBehind: true,
  }
}
