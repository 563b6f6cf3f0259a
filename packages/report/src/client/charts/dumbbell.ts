import { leastMs, rangeOf, shownMs, shownTime } from '../../shared/figures.js'
import { formatMs, formatNumber } from '../../shared/format.js'
import { heightOf } from '../../shared/heights.js'
import { baseOptions, nameAxis, numberAxis } from './axes.js'
import { type Drawing, lineStyle, type Scene } from './drawing.js'
import type { Whisker } from './whiskers.js'

const ENDS = [
  { key: 'p50', name: 'p50' },
  { key: 'p99', name: 'p99' },
  { key: 'p99_9', name: 'p99.9' },
] as const

/** Dumbbells: p50 to p99.9 of each target on one logarithmic axis, with the range of p99 over repetitions as a whisker. */
export const dumbbell: Drawing = (scene) => {
  const rows = rowsOf(scene)
  if (rows.length === 0) return null
  const base = baseOptions(scene)
  return {
    height: heightOf('dumbbell', rows.length),
    config: {
      type: 'scatter',
      data: {
        datasets: rows.map((row) => datasetOf(scene, row)),
      },
      options: {
        ...base,
        layout: { padding: { top: 4, right: 24, bottom: 0, left: 0 } },
        scales: {
          x: numberAxis(scene, {
            title: 'ms, log scale',
            log: true,
            holds: rows.flatMap(({ points }) =>
              points.flatMap(({ x, name, range }) => [x, ...(name === 'p99' ? (range ?? []) : [])]),
            ),
          }),
          y: nameAxis(
            scene,
            rows.map(({ subject }) => subject.label),
          ),
        } as never,
        plugins: {
          ...base.plugins,
          tooltip: {
            ...base.plugins?.tooltip,
            callbacks: {
              title: ([item]) => (item ? (rows[item.datasetIndex]?.subject.label ?? '') : ''),
              label: ({ datasetIndex, dataIndex }) => {
                const { name, x, range, isBound } = rows[datasetIndex]!.points[dataIndex]!
                return [
                  isBound ? `${name}: at least ${formatMs(x)}, it is not known` : `${name}: ${formatMs(x)}`,
                  ...(range ? [`repetitions: ${formatNumber(range[0])}–${formatNumber(range[1])} ms`] : []),
                ]
              },
            },
          },
        },
      },
    },
  }
}

function datasetOf(scene: Scene, { subject, points }: ReturnType<typeof rowsOf>[number]) {
  const style = lineStyle(scene, subject)
  return {
    ...style,
    data: points as never,
    showLine: true,
    borderWidth: 5,
    borderColor: `${style.borderColor}66`,
    // An arrow: the value lies there, or farther to the right.
    pointStyle: points.map(({ isBound }) => (isBound ? ('triangle' as const) : style.pointStyle)),
    pointRotation: points.map(({ isBound }) => (isBound ? 90 : 0)),
    pointRadius: points.map(({ name }) => (name === 'p99.9' ? 4 : 6)),
    pointBorderWidth: 2,
    pointBackgroundColor: points.map(({ name }) => (name === 'p50' ? scene.ink.surface : style.borderColor)),
    whiskers: points.map(({ name, range }): Whisker[] =>
      name === 'p99' && range ? [{ axis: 'x', low: range[0], high: range[1] }] : [],
    ),
    whiskerColour: scene.ink.text,
    whiskerHalo: scene.ink.surface,
  }
}

/** The rows: targets of which at least one time is known. */
function rowsOf({ view, cells }: Scene) {
  return cells.flatMap((cell) => {
    const subject = view.subjectOf(cell.entry)
    const points = ENDS.flatMap(({ key, name }) => {
      const value = shownMs(cell, key)
      const least = key === 'p99' ? leastMs(cell, key) : null
      const x = value ?? least ?? 0
      return x <= 0
        ? []
        : [{ x, y: subject.label, name, isBound: value === null, range: rangeOf(shownTime(cell, key)) }]
    })
    return points.length > 0 ? [{ cell, subject, points }] : []
  })
}
