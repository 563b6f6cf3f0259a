import { formatNumber } from '../../shared/format.js'
import { baseOptions, numberAxis } from './axes.js'
import { counts, type Drawing, lineStyle } from './drawing.js'
import { sloLine } from './lines.js'
import type { Whisker } from './whiskers.js'

/** Throughput against p99, with the uncertainty of both. */
export const scatter: Drawing = (scene) => {
  const rows = scene.cells.flatMap((cell) => {
    const p99 = cell.latencyMs?.p99 ?? null
    return cell.throughput && p99 !== null && p99 > 0
      ? [{ cell, subject: scene.view.subjectOf(cell.entry), x: cell.throughput.median, y: p99 }]
      : []
  })
  if (rows.length === 0) return null
  const base = baseOptions(scene)
  return {
    height: 340,
    config: {
      type: 'scatter',
      data: {
        datasets: rows.map(({ cell, subject, x, y }) => {
          const range = cell.latencyRangeMs.p99
          const whiskers: Whisker[] = [
            ...(cell.throughput ? [{ axis: 'x', low: cell.throughput.low, high: cell.throughput.high } as const] : []),
            ...(range && range[0] < range[1] ? [{ axis: 'y', low: range[0], high: range[1] } as const] : []),
          ]
          return {
            ...lineStyle(scene, subject),
            data: [{ x, y }],
            pointRadius: 7,
            pointBorderWidth: 2,
            ...(counts(cell) ? {} : { pointBackgroundColor: scene.ink.surface }),
            whiskers: [whiskers],
            whiskerColour: lineStyle(scene, subject).borderColor,
            whiskerHalo: scene.ink.surface,
            whiskersBehind: true,
          }
        }),
      },
      options: {
        ...base,
        scales: {
          x: numberAxis(scene, { title: 'Throughput, right answers/s' }),
          y: numberAxis(scene, { title: 'p99, ms, log scale', log: true }),
        } as never,
        plugins: {
          ...base.plugins,
          annotation: { annotations: { ...sloLine(scene, 'y') } },
          tooltip: {
            ...base.plugins?.tooltip,
            callbacks: {
              title: ([item]) => item?.dataset.label ?? '',
              label: ({ datasetIndex }) => {
                const { x, y } = rows[datasetIndex]!
                return [`${formatNumber(x)} right answers/s`, `p99 ${formatNumber(y)} ms`]
              },
            },
          },
        },
      },
    },
  }
}
