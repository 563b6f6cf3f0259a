import type { Cell, Estimate } from '@bakeoff/model'
import { drawnFigure } from '../../shared/figures.js'
import { lettersBy, type Subject } from '../../shared/subjects.js'
import { baseOptions, nameAxis, numberAxis } from './axes.js'
import { colourOf, counts, type Drawing, type Scene, withAlpha } from './drawing.js'
import type { Whisker } from './whiskers.js'

type Figure = ReturnType<typeof drawnFigure>

interface Row {
  readonly cell: Cell
  readonly bar: Estimate
  readonly value: number
  readonly subject: Subject
  /** the letters of its groups by this figure; empty: it is not ranked */
  readonly letters: string
}

/**
 * Bars: one per target from zero, with its interval, repetitions, value and the letters of its groups. A bar that does not
 * count is hollow.
 */
export const bars: Drawing = (scene) => {
  const { of } = scene
  if (!of) return null
  const figure = drawnFigure(scene.view, of, scene.cells[0]?.load)
  const rows = scene.cells.flatMap((cell): Row[] => {
    const bar = figure.estimate(cell)
    const value = figure.value(cell)
    return bar && value !== null
      ? [{ cell, bar, value, subject: scene.view.subjectOf(cell.entry), letters: lettersBy(scene.view, cell, of) }]
      : []
  })
  if (rows.length === 0) return null
  const base = baseOptions(scene)
  const reach = Math.max(...rows.flatMap(({ bar, value }) => [value, bar.high ?? 0, ...bar.values]))
  return {
    height: rows.length * 36 + 62,
    config: {
      type: 'bar',
      data: {
        labels: rows.map(({ subject }) => subject.label),
        datasets: [datasetOf(scene, figure, rows)],
      },
      options: {
        ...base,
        indexAxis: 'y',
        layout: { padding: { top: 4, right: 84, bottom: 0, left: 0 } },
        // The wide intervals of tiny samples must not squeeze the bars: the axis ends where the figures do.
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
              label: ({ dataIndex }) => sayOf(scene, figure, rows[dataIndex]!),
            },
          },
        },
      },
    },
  }
}

/** Whether a bar is solid. A figure that is measured at rest does not depend on how the load went. */
function isSolid(scene: Scene, cell: Cell): boolean {
  return scene.load === null || counts(cell)
}

function datasetOf(scene: Scene, figure: Figure, rows: readonly Row[]) {
  return {
    label: figure.title,
    data: rows.map(({ value }) => value),
    backgroundColor: rows.map(({ cell, subject }) =>
      withAlpha(colourOf(scene, subject), isSolid(scene, cell) ? 0.82 : 0.1),
    ),
    borderColor: rows.map(({ subject }) => colourOf(scene, subject)),
    borderWidth: rows.map(({ cell }) => (isSolid(scene, cell) ? 0 : 1.5)),
    borderSkipped: false,
    barThickness: 20,
    whiskers: rows.map(({ bar, value, letters }): Whisker[] => [
      {
        axis: 'x',
        low: bar.low,
        high: bar.high,
        values: bar.values.length > 1 ? bar.values : [],
        text: [figure.format(value), letters].filter(Boolean).join('  '),
      },
    ]),
    whiskerColour: scene.ink.text,
    whiskerHalo: scene.ink.surface,
  } as never
}

function sayOf(scene: Scene, figure: Figure, { bar, value, cell, letters }: Row): string[] {
  const interval =
    bar.low !== null && bar.high !== null
      ? [`95 % interval: ${figure.format(bar.low)}–${figure.format(bar.high)}`]
      : bar.values.length === 1
        ? ['one repetition: no interval']
        : []
  return [
    `${figure.title}: ${figure.withUnit(value)}`,
    ...interval,
    ...(letters === '' ? [] : [`group ${letters}: targets that share no letter are told apart`]),
    ...(isSolid(scene, cell) ? [] : ['does not count: see its verdict']),
  ]
}
