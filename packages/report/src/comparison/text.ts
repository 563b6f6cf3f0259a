import { formatNumber } from '@bakeoff/model'
import { against, type Conclusion, differencesOf, figureName, figureOf, isSameWork, type NamedRun } from './read.js'

const WORDS: Readonly<Record<Conclusion, string>> = {
  higher: 'higher',
  lower: 'lower',
  'not-apart': 'not told apart',
  undecided: 'undecided',
  'different-work': 'different work',
  'not-in-both': 'not in both',
}

/**
 * The later run against the first for a terminal: what else differs, then a line for every cell of the later one. The
 * page of the comparison has the rest.
 */
export function comparisonLines(first: NamedRun, later: NamedRun): string[] {
  const differences = differencesOf([first, later])
  const cells = later.results.cells.map((cell) => {
    const before = first.results.cells.find(({ id }) => id === cell.id) ?? null
    const { conclusion, why, ratio } = against(before, cell, isSameWork(first.results, later.results, cell.scenario))
    const { unit } = figureName(cell.load)
    const [was, is] = [before && figureOf(before), figureOf(cell)].map((figure) =>
      figure ? formatNumber(figure.median) : '–',
    )
    const factor = ratio === null ? '' : ` × ${formatNumber(ratio)}`
    return { id: cell.id, text: `${was} → ${is} ${unit}${factor}  ${WORDS[conclusion]}: ${why}` }
  })
  const width = Math.max(0, ...cells.map(({ id }) => id.length))
  return [
    `${later.name} against ${first.name}:`,
    ...differences.map(({ what, values: [was, is] }) => `  ! ${what}: ${was} → ${is}`),
    ...cells.map(({ id, text }) => `  ${id.padEnd(width)}  ${text}`),
  ]
}
