import type { Cell } from '@bakeoff/model'
import { drawnFigure } from '../../shared/figures.js'
import { baseOptions, nameAxis, numberAxis } from './axes.js'
import { colourOf, counts, type Drawing, withAlpha } from './drawing.js'
import type { Whisker } from './whiskers.js'

/** One bar per target from zero, its interval, its repetitions and its value. What does not count is hollow. */
export const bars: Drawing = (scene) => {
  if (!scene.of) return null
  const figure = drawnFigure(scene.view, scene.of, scene.cells[0]?.load)
  const rows = scene.cells.flatMap((cell) => {
    const bar = figure.estimate(cell)
    const value = figure.value(cell)
    return bar && value !== null ? [{ cell, bar, value, subject: scene.view.subjectOf(cell.entry) }] : []
  })
  if (rows.length === 0) return null
  const whiskers = rows.map(({ bar, value }): Whisker[] => [
    {
      axis: 'x',
      low: bar.low,
      high: bar.high,
      values: bar.values.length > 1 ? bar.values : [],
      text: figure.format(value),
    },
  ])
  // What is measured at rest does not depend on how the load went.
  const solid = (cell: Cell) => scene.load === null || counts(cell)
  const base = baseOptions(scene)
  const reach = Math.max(...rows.flatMap(({ bar, value }) => [value, bar.high ?? 0, ...bar.values]))
  return {
    height: rows.length * 36 + 62,
    config: {
      type: 'bar',
      data: {
        labels: rows.map(({ subject }) => subject.label),
        datasets: [
          {
            label: figure.title,
            data: rows.map(({ value }) => value),
            backgroundColor: rows.map(({ cell, subject }) =>
              solid(cell) ? withAlpha(colourOf(scene, subject), 0.82) : withAlpha(colourOf(scene, subject), 0.1),
            ),
            borderColor: rows.map(({ subject }) => colourOf(scene, subject)),
            borderWidth: rows.map(({ cell }) => (solid(cell) ? 0 : 1.5)),
            borderSkipped: false,
            barThickness: 20,
            whiskers,
            whiskerColour: scene.ink.text,
            whiskerHalo: scene.ink.surface,
          } as never,
        ],
      },
      options: {
        ...base,
        indexAxis: 'y',
        layout: { padding: { top: 4, right: 66, bottom: 0, left: 0 } },
        // Wide intervals of tiny samples must not squeeze the bars: the axis ends where the figures do.
        scales: {
          x: numberAxis(scene, {
            title: figure.unit,
            format: figure.format,
            max: reach > 0 ? undefined : 1,
            binary: figure.unit === 'bytes',
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
              label: ({ dataIndex }) => {
                const { bar, value, cell } = rows[dataIndex]!
                return [
                  `${figure.title}: ${figure.withUnit(value)}`,
                  ...(bar.low !== null && bar.high !== null
                    ? [`95 % interval: ${figure.format(bar.low)}–${figure.format(bar.high)}`]
                    : bar.values.length === 1
                      ? ['one repetition: no interval']
                      : []),
                  ...(solid(cell) ? [] : ['does not count: see its verdict']),
                ]
              },
            },
          },
        },
      },
    },
  }
}
