import type { DecisionMark } from './results.js'

/** How each mark of a decision looks, and what it means, in the order in which they stand behind a figure. */
export const decisionSigns: readonly (readonly [mark: DecisionMark, sign: string, means: string])[] = [
  ['leads', '*', 'leads'],
  ['level', '=', 'may be the best: not told apart from the first'],
  ['at-least', '+', 'at least: the load agent was the limit'],
  ['suspect', '?', 'suspect: it counts, with a doubt'],
  ['invalid', '!', 'invalid: it does not count'],
  ['stand-in', 's', 'stand-in: never the winner'],
  ['development-server', 'd', 'a development server: never the winner'],
  ['not-contender', 'p', 'as published, or an experiment: not compared'],
  ['not-compared', 'n', 'not compared: other work or other caps'],
  ['failed', 'x', 'failed'],
  ['unsupported', '-', 'unsupported'],
  ['not-reached', '.', 'not reached'],
]

/** Signs of a figure, one after the other. */
export function signsOf(marks: readonly DecisionMark[]): string {
  return decisionSigns.flatMap(([mark, sign]) => (marks.includes(mark) ? [sign] : [])).join('')
}

/** A line for every sign that occurs among these marks, and no other. */
export function legendOf(marks: readonly DecisionMark[]): string[] {
  return decisionSigns.filter(([mark]) => marks.includes(mark)).map(([, sign, means]) => `${sign} ${means}`)
}
