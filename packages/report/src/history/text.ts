import { type History, type HistoryCell, type HistorySeries, loadLabel } from '@bakeoff/model'
import { formatTime } from '../shared/format.js'
import { changeSays, commitText, conditionsSay, pointText, runName, runsSay, spreadSays } from './words.js'

/** The history for a terminal: of each series and cell a line for every run, and below the run with which a level begins what changed. */
export function historyLines({ series, leftOut }: History): string[] {
  return [
    ...series.flatMap((each, index) => [...(index > 0 ? [''] : []), ...seriesLines(each)]),
    ...(leftOut.length > 0 ? ['', ...leftOut.map(({ name, why }) => `! ${name} is left out: ${why}`)] : []),
  ]
}

function seriesLines(series: HistorySeries): string[] {
  return [
    `${series.scenario}, ${runsSay(series)}`,
    `  ${conditionsSay(series.conditions)}`,
    ...series.cells.flatMap((cell) => ['', ...cellLines(series, cell)]),
  ]
}

function cellLines({ runs }: HistorySeries, { name, load, figures }: HistoryCell): string[] {
  const heads = figures.map((figure) => `${figure.name}, ${figure.unit}`)
  const rows = runs.map((run, index) => {
    const own = figures.map(({ points }) => points[index]!)
    const why = own[0]?.whyNot ?? null
    return {
      texts: [formatTime(run.startedAt), runName(run), commitText(run), ...own.map(pointText)],
      after: [
        ...(why === null ? [] : [`    not counted: ${why}`]),
        ...figures.flatMap((figure) =>
          figure.changes
            .filter(({ at }) => at === index)
            .map((change) => `    ${change.isBetter ? '↑ better' : '↓ worse'}: ${changeSays(figure, change)}`),
        ),
      ],
    }
  })
  const head = ['started', 'run', 'commit', ...heads]
  const widths = head.map((text, column) =>
    Math.max(text.length, ...rows.map(({ texts }) => (texts[column] as string).length)),
  )
  const line = (texts: readonly string[]) =>
    `  ${texts.map((text, column) => (column < 3 ? text.padEnd(widths[column]!) : text.padStart(widths[column]!))).join('  ')}`.trimEnd()
  return [
    `${name}, ${loadLabel(load)}`,
    line(head),
    ...rows.flatMap(({ texts, after }) => [line(texts), ...after]),
    ...(figures[0] ? [`  ${figures[0].name}: ${spreadSays(figures[0])}`] : []),
  ]
}
