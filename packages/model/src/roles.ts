import type { Role, StandIn } from './plan.js'

interface InComparison {
  readonly role?: Role | null | undefined
  readonly standIn?: StandIn | null | undefined
}

/** Whether an entry is a contender. Files of before there were roles say none: everything took part then. */
export function isContender({ role: own }: Pick<InComparison, 'role'>): boolean {
  return (own ?? 'contender') === 'contender'
}

/** What headlines and groups are made of: contenders that stand in for nothing. */
export function competes(entry: InComparison): boolean {
  return isContender(entry) && !entry.standIn
}

/**
 * The mark of an entry beside its name: `as published`, `stand-in, experiment`; empty for a contender, and for a variant whose
 * name says it.
 */
export function roleWords({ role: own, standIn: other }: InComparison, variant = ''): string {
  const words = { contender: '', 'as-published': 'as published', experiment: 'experiment' }[own ?? 'contender']
  return [other ? 'stand-in' : '', variant.startsWith(own ?? 'contender') ? '' : words].filter(Boolean).join(', ')
}
