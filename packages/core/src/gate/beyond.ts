import type { CellComparison, Ratio } from '@bakeoff/model'

type Better = 'higher' | 'lower'

/** Whether the whole interval is worse than allowed, a share from 0 to 1. */
export function isBeyond({ low, high }: Ratio, better: Better, allowed: number): boolean {
  return better === 'higher' ? high !== null && high < 1 - allowed : low !== null && low > 1 + allowed
}

/** Whether a figure is told apart as worse. */
export function isWorse(conclusion: CellComparison['conclusion'] | null, better: Better): boolean {
  return conclusion === (better === 'higher' ? 'lower' : 'higher')
}
