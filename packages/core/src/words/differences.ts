import type { Difference, Outlook, Ratio, Side } from '@bakeoff/model'
import { list, many, percent, times, withInterval } from './quantities.js'

/**
 * Why two targets of a run are told apart, or what is missing for that and what would decide it.
 *
 * @param names         of the two
 * @param isProvisional whether it rests on fewer repetitions than were promised
 */
export function differenceSays(
  { reason, ratio, pAdjusted, family, least, leastIs, outlook }: Difference,
  names: Readonly<Record<Side, string>>,
  isProvisional = false,
): string {
  const interval = `${withInterval(ratio.median, ratio.low ?? ratio.median, ratio.high ?? ratio.median)}${machinesSay(ratio)}`
  const floor = leastIs === 'noise-floor' ? ', by which the machine itself differed from block to block' : ''
  const provisional = isProvisional ? `; provisional: ${many(ratio.n, 'repetition')}` : ''
  const open = `${outlook ? `; ${outlookSays(outlook, ratio)}` : ''}${provisional}`
  switch (reason.kind) {
    case 'apart':
      return `${interval}: all of it beyond ${percent(least)}${floor} (p ${pSays(pAdjusted)}${family > 1 ? `, ${family} comparisons at once` : ''})${provisional}`
    case 'within':
      return `${interval} lies within ± ${percent(least)}${provisional}`
    case 'too-few': {
      const few = (['of', 'to'] as const).filter((side) => reason.repetitions[side] < 2).map((side) => names[side])
      return `one ${ratio.machines ? 'machine' : 'repetition'} has no interval: ${list(few)} ${few.length === 1 ? 'needs' : 'need'} a second one`
    }
    case 'held-back': {
      const heldBack = `${interval}, but the load agent held back ${list(reason.sides.map((side) => names[side]))}`
      return reason.looks === 'apart'
        ? `${heldBack}: it may be better than shown`
        : `${heldBack}: what it could do is not known`
    }
    case 'includes-one':
      return `${interval} includes 1${open}`
    case 'may-be-less':
      return `${interval} may be less than ${percent(least)}${floor}${open}`
    case 'hidden':
      return `${interval} is less than ${percent(least)}, by which the machine itself differed from block to block: nothing so small is told apart${open}`
  }
}

/** `with 3 repetitions 1.4× would be told apart, and 12 would decide it if the ratio stays`. */
function outlookSays({ detectable, repetitions }: Outlook, { n, machines }: Ratio): string {
  const needed = repetitions === null ? '' : `, and about ${repetitions} would decide it if the ratio stays as it is`
  return `with ${machines ? many(machines, 'machine') : many(n, 'repetition')} ${times(detectable)} would be told apart${needed}`
}

/** So few machines say little of others of their kind. */
const MACHINES_OF_A_KIND = 5

function machinesSay({ machines }: Ratio): string {
  if (!machines) return ''
  return machines < MACHINES_OF_A_KIND ? ` on these ${many(machines, 'machine')}` : ` over ${machines} machines`
}

/** `< 0.001`, `= 0.042`; `not known` without an interval. */
function pSays(p: number | null): string {
  if (p === null) return 'not known'
  return p < 0.001 ? '< 0.001' : `= ${Number(p.toPrecision(2))}`
}
