import { BakeoffError } from '@bakeoff/model'

/** One thing that is wrong in a text file. Line and column count from 1. */
export interface Problem {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
  readonly hint?: string
}

/** Line and column, both from 1, of an offset in a text. */
export function placeIn(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}

/** The word that was probably meant: the candidate at the smallest edit distance, if that is at most a third of the word. */
export function didYouMean(word: string, candidates: readonly string[]): string | null {
  let best: { candidate: string; distance: number } | null = null
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    if (best === null || distance < best.distance) best = { candidate, distance }
  }
  return best !== null && best.distance <= Math.max(1, Math.floor(Math.max(word.length, best.candidate.length) / 3))
    ? best.candidate
    : null
}

/** `file:line:col: message`, the line itself and a caret under the column. */
export function frame(problem: Problem, text: string): string {
  const line = text.split(/\r?\n/)[problem.line - 1] ?? ''
  // A caret below a very long line (NDJSON) is useless when the terminal wraps: show the neighbourhood.
  const from = problem.column > 100 ? problem.column - 60 : 1
  const shown = line.slice(from - 1, from + 119).replaceAll('\t', ' ')
  const gutter = `${problem.line} | `
  const caret = `${' '.repeat(gutter.length + problem.column - from)}^`
  return [
    `${problem.file}:${problem.line}:${problem.column}: ${problem.message}`,
    `  ${gutter}${shown}`,
    `  ${caret}`,
  ].join('\n')
}

/** The command that shows whether a file is right. */
export const LOOK_AT_PLAN = 'npm run plan'

/**
 * All problems of one file as one error; the first five in full.
 *
 * @param next the command that the user runs once the file is corrected
 */
export function badSpec(problems: readonly Problem[], text: string, next: string = LOOK_AT_PLAN): BakeoffError {
  const shown = problems
    .slice(0, 5)
    .map((problem) => [frame(problem, text), ...(problem.hint ? [`  ${problem.hint}`] : [])].join('\n'))
  const rest = problems.length > 5 ? [`… and ${problems.length - 5} more in this file`] : []
  return new BakeoffError('BAD_SPEC', [...shown, ...rest].join('\n'), {
    hint: `Correct the file, then look at the plan: ${next}`,
  })
}

/** Levenshtein's distance with transpositions of neighbours counted as one (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const rows: number[][] = Array.from({ length: a.length + 1 }, (_, i) => [i, ...new Array<number>(b.length).fill(0)])
  for (let j = 1; j <= b.length; j++) rows[0]![j] = j
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, rows[i - 1]![j - 1]! + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, rows[i - 2]![j - 2]! + 1)
      rows[i]![j] = least
    }
  }
  return rows[a.length]![b.length]!
}
