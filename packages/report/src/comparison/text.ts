import { type ComparedCell, type ComparedFigure, formatNumber, isToldApart, type RunComparison } from '@bakeoff/model'
import { formatFactor } from '../shared/format.js'
import { CONCLUSIONS, whySays } from './words.js'

/**
 * The lines of a comparison for a terminal, the second run against the first: what else differs, then a line for every
 * cell of the second run, and one more for each further figure that is told apart. The page of the comparison has the rest.
 */
export function comparisonLines({ runs: [first, later], settings, cells }: RunComparison): string[] {
  const shown = cells.filter(({ cells: [, cell] }) => cell)
  const width = Math.max(0, ...shown.map(({ id }) => id.length))
  return [
    `${later?.name} against ${first?.name}:`,
    ...settings.map(({ what, values: [was, is] }) => `  ! ${what}: ${was ?? '–'} → ${is ?? '–'}`),
    ...shown.flatMap((cell) =>
      cellLines(cell).map((text, index) => `  ${(index === 0 ? cell.id : '').padEnd(width)}  ${text}`),
    ),
  ]
}

function cellLines({ figures: [main, ...others] }: ComparedCell): string[] {
  const further = others.filter(({ against: [found] }) => isToldApart(found))
  return [...(main ? [figureLine(main)] : []), ...further.map((figure) => `${figure.name}: ${figureLine(figure)}`)]
}

function figureLine(figure: ComparedFigure): string {
  const [was, is] = figure.estimates.map((estimate) => (estimate ? formatNumber(estimate.median) : '–'))
  const [found] = figure.against
  const ratio = found?.difference?.ratio
  const factor = ratio ? `, ${formatFactor(ratio.median)}` : ''
  const conclusion = found ? `${CONCLUSIONS[found.conclusion].word}: ${whySays(found, figure)}` : ''
  return `${was} → ${is} ${figure.unit}${factor}  ${conclusion}`
}
