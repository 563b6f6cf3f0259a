import { figureTitle } from '@bakeoff/core'
import { type AgainstCommit, againstWords, visibleText } from '@bakeoff/model'
import type { Colours } from './paint.js'
import { padEnd, widthOf, wrap } from './width.js'

/** The most figures that are all shown; of more, only those that are not equal. */
const FEW = 12

/** The comparison with another commit for a terminal: what changed, cell by cell. No line is wider than `columns`. */
export function againstLines(
  { says, figures, leftOut }: AgainstCommit,
  columns: number,
  { bold, green, red, yellow }: Colours,
): string[] {
  const shown = figures.length <= FEW ? figures : figures.filter(({ conclusion }) => conclusion !== 'no-difference')
  const cells = [...new Set(shown.map(({ cell }) => cell))]
  const width = Math.max(0, ...shown.map(({ metric }) => widthOf(figureTitle(metric))))
  const paint = { better: green, worse: red, equal: String, open: yellow }
  return [
    ...wrap(visibleText(says), columns).map(bold),
    ...cells.flatMap((cell) => [
      visibleText(cell),
      ...shown
        .filter((figure) => figure.cell === cell)
        .flatMap((figure) => {
          const { ratio, answer, tone } = againstWords(figure)
          const missing = figure.missing === null ? '' : `: ${visibleText(figure.why)}`
          const text = figure.ratio === null ? answer : `${ratio}, ${answer}`
          const [first = '', ...more] = wrap(`${text}${missing}`, columns - width - 4)
          return [
            `  ${padEnd(figureTitle(figure.metric), width)}  ${paint[tone](first)}`,
            ...more.map((line) => `${' '.repeat(width + 4)}${line}`),
          ]
        }),
    ]),
    ...leftOut.flatMap(({ entry, why }) => wrap(visibleText(`${entry}: not compared, ${why}`), columns)),
  ]
}
