import { type History, type HistoryCell, type HistorySeries, loadLabel } from '@bakeoff/model'
import { formatTime } from '../shared/format.js'
import { changeSays, commitText, conditionsSay, pointText, runName, runsSay, spreadSays } from './words.js'

/** Columns of a terminal that a text takes. */
type WidthOf = (text: string) => number

/** The history for a terminal: of each series and cell a line for every run, and below the run with which a level begins what changed. */
export function historyLines({ series, leftOut }: History, widthOf: WidthOf): string[] {
  return [
    ...series.flatMap((each, index) => [...(index > 0 ? [''] : []), ...seriesLines(each, widthOf)]),
    ...(leftOut.length > 0 ? ['', ...leftOut.map(({ name, why }) => `! ${name} is left out: ${why}`)] : []),
  ]
}

function seriesLines(series: HistorySeries, widthOf: WidthOf): string[] {
  return [
    `${series.scenario}, ${runsSay(series)}`,
    `  ${conditionsSay(series.conditions)}`,
    ...series.cells.flatMap((cell) => ['', ...cellLines(series, cell, widthOf)]),
  ]
}

function cellLines({ runs }: HistorySeries, { name, load, figures }: HistoryCell, widthOf: WidthOf): string[] {
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
    Math.max(widthOf(text), ...rows.map(({ texts }) => widthOf(texts[column] as string))),
  )
  const field = (text: string, column: number) => {
    const space = ' '.repeat(widths[column]! - widthOf(text))
    return column < 3 ? text + space : space + text
  }
  const line = (texts: readonly string[]) => `  ${texts.map(field).join('  ')}`.trimEnd()
  return [
    `${name}, ${loadLabel(load)}`,
    line(head),
    ...rows.flatMap(({ texts, after }) => [line(texts), ...after]),
    ...(figures[0] ? [`  ${figures[0].name}: ${spreadSays(figures[0])}`] : []),
  ]
}
