import type { Cell, Estimate } from '@bakeoff/model'
import { drawnFigure } from '../../shared/figures.js'
import { heightOf } from '../../shared/heights.js'
import { lettersBy, type Subject } from '../../shared/subjects.js'
import { baseOptions, nameAxis, numberAxis } from './axes.js'
import { colourOf, counts, type Drawing, type Scene, withAlpha } from './drawing.js'
import { widthOf } from './measuring.js'
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
  const room = Math.max(...rows.map((row) => widthOf(textOf(figure, row), `600 13px ${scene.ink.font}`)))
  return {
    height: heightOf('bars', rows.length),
    config: {
      type: 'bar',
      data: {
        labels: rows.map(({ subject }) => subject.label),
        datasets: [datasetOf(scene, figure, rows)],
      },
      options: {
        ...base,
        indexAxis: 'y',
        layout: { padding: { top: 4, right: Math.ceil(room) + 16, bottom: 0, left: 0 } },
        scales: {
          x: numberAxis(scene, {
            // Numbers that have their unit with them (9.2 MiB) would contradict another one below the axis.
            title: figure.withUnit(1) === figure.format(1) ? figure.title : figure.unit,
            format: figure.format,
            holds: [reach],
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
    whiskers: rows.map((row): Whisker[] => [
      {
        axis: 'x',
        low: row.bar.low,
        high: row.bar.high,
        values: row.bar.values.length > 1 ? row.bar.values : [],
        text: textOf(figure, row),
      },
    ]),
    whiskerColour: scene.ink.text,
    whiskerHalo: scene.ink.surface,
  } as never
}

/** The text at the end of a bar: its value, and the letters of its groups. */
function textOf(figure: Figure, { value, letters }: Row): string {
  return [figure.format(value), letters].filter(Boolean).join('  ')
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
