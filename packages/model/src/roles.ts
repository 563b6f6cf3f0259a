import type { Role, StandIn } from './plan.js'

interface InComparison {
  readonly role?: Role | null | undefined
  readonly standIn?: StandIn | null | undefined
}

/** What headlines and groups are made of. Files of before there were roles say none: everything took part then. */
export function competes({ role: own, standIn: other }: InComparison): boolean {
  return (own ?? 'contender') === 'contender' && !other
}

/**
 * The mark of an entry beside its name: `as published`, `stand-in, experiment`; empty for a contender, and for a variant whose
 * name says it.
 */
export function roleWords({ role: own, standIn: other }: InComparison, variant = ''): string {
  const words = { contender: '', 'as-published': 'as published', experiment: 'experiment' }[own ?? 'contender']
  return [other ? 'stand-in' : '', variant.startsWith(own ?? 'contender') ? '' : words].filter(Boolean).join(', ')
}
