import type { Decision } from './results.js'

/** What stands before the command that would decide what is open: it names the scenarios where others are decided. Null without one. */
export function decidesWords({ columns, next }: Pick<Decision, 'columns' | 'next'>): string | null {
  if (next === null) return null
  if (columns.length === 1) return 'To decide it:'
  return next.scenarios.length === columns.length ? 'To decide them:' : `To decide ${next.scenarios.join(', ')}:`
}
