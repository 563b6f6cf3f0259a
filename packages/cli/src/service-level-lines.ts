import { type Cell, type LevelAnswer, type Results, visibleText } from '@bakeoff/model'
import type { Colours } from './paint.js'
import { wrap } from './width.js'

/**
 * Who keeps each service level that was asked for, for a terminal: the sentence of the decision, then the answer of every
 * target. Empty where none was asked for. No line is wider than `columns`.
 */
export function serviceLevelLines(
  { decision, cells }: Pick<Results, 'decision' | 'cells'>,
  columns: number,
  { bold, green, red, yellow }: Colours,
): string[] {
  const paint: Readonly<Record<LevelAnswer['answer'], Colours[keyof Colours]>> = {
    yes: green,
    no: red,
    undecided: yellow,
  }
  return (decision?.levels ?? []).flatMap(({ scenario, loadId, says }) => [
    ...wrap(visibleText(says), columns).map(bold),
    ...byAnswer(cells.filter((cell) => cell.scenario === scenario && cell.loadId === loadId)).flatMap(
      ({ answer, says: own }) =>
        wrap(visibleText(`${SIGNS[answer]} ${own}`), columns - 2, '  ').map((line) => `  ${paint[answer](line)}`),
    ),
  ])
}

const SIGNS: Readonly<Record<LevelAnswer['answer'], string>> = { yes: '✓', no: '✗', undecided: '–' }
const ORDER = ['yes', 'no', 'undecided'] as const

/** Those that keep it first. */
function byAnswer(cells: readonly Cell[]): LevelAnswer[] {
  const answers = cells.flatMap(({ serviceLevel }) => serviceLevel ?? [])
  return answers.toSorted((a, b) => ORDER.indexOf(a.answer) - ORDER.indexOf(b.answer))
}
