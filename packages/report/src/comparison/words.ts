import {
  type Against,
  type ComparedFigure,
  type Difference,
  formatNumber,
  isToldApart,
  type WhyNotJudged,
} from '@bakeoff/model'
import { formatFactor, formatShare } from '../shared/format.js'

/** The conclusions, each with its sign and its word. */
export const CONCLUSIONS: Readonly<Record<Against['conclusion'], { readonly sign: string; readonly word: string }>> = {
  higher: { sign: '↑', word: 'higher' },
  lower: { sign: '↓', word: 'lower' },
  'no-difference': { sign: '=', word: 'no difference' },
  undecided: { sign: '?', word: 'undecided' },
  'different-work': { sign: '≠', word: 'different work' },
  'not-in-both': { sign: '–', word: 'not in both' },
}

/** How many of the figures differ, and what can be said of the others. */
export function countedSays(found: readonly Against[]): string {
  const of = (conclusion: Against['conclusion']) => found.filter((each) => each.conclusion === conclusion).length
  const apart = found.some(isToldApart) ? `${of('higher')} higher, ${of('lower')} lower` : 'no figure is told apart'
  const others = (['no-difference', 'undecided', 'different-work', 'not-in-both'] as const)
    .filter((conclusion) => of(conclusion) > 0)
    .map((conclusion) => `${of(conclusion)} ${CONCLUSIONS[conclusion].word}`)
  return [apart, ...(others.length > 0 ? [others.join(', ')] : [])].join('; ')
}

/** The reason for a conclusion; the ratio and its interval stand beside it. */
export function whySays({ difference, why }: Against, { name }: Pick<ComparedFigure, 'name'>): string {
  return why === null ? differenceSays(difference) : notJudgedSays(why, name)
}

function differenceSays({ reason, pAdjusted, least, leastIs, outlook }: Difference): string {
  const floor = leastIs === 'noise-floor' ? ', by which the machine itself differed' : ''
  switch (reason.kind) {
    case 'apart':
      return `its whole interval lies beyond ${formatShare(least)}${floor} (p ${pSays(pAdjusted)})`
    case 'within':
      return `its interval lies within ± ${formatShare(least)}`
    case 'too-few':
      return `one repetition has no interval: a second one is missing ${missingIn(reason.repetitions)}`
    case 'held-back':
      return 'the load agent was the limit: it may be better than shown'
    case 'includes-one':
      return `its interval includes 1 (p ${pSays(pAdjusted)})${outlookSays(outlook)}`
    case 'may-be-less':
      return `it may be less than ${formatShare(least)}${floor}${outlookSays(outlook)}`
    case 'hidden':
      return `it is less than ${formatShare(least)}, by which the machine itself differed${outlookSays(outlook)}`
  }
}

/** The factor that would have been told apart, as repetitions scattered; empty where more repetitions would not decide it. */
function outlookSays(outlook: Difference['outlook']): string {
  return outlook === null ? '' : `; ${formatFactor(outlook.detectable)} would be told apart`
}

/** The run in which a second repetition is missing. A later run is compared with the first: `of` is the later one. */
function missingIn({ of, to }: Readonly<Record<'of' | 'to', number>>): string {
  if (of < 2 && to < 2) return 'in both runs'
  return of < 2 ? 'here' : 'in the first run'
}

function notJudgedSays(why: WhyNotJudged, figure: string): string {
  switch (why.kind) {
    case 'absent':
      return `not part of ${why.run === 'first' ? 'the first run' : 'this run'}`
    case 'not-measured':
      return `${where(why.run)} it was not measured (${why.outcome}${why.says === null ? '' : `: ${why.says}`})`
    case 'no-right-answer':
      return `${where(why.run)} a repetition had no right answer`
    case 'no-figure':
      return `${where(why.run)} it has no ${figure}`
    case 'other-requests':
      return 'requests or answers differ: the figures are not of the same work'
    case 'other-load':
      return `the load differs (${why.settings.map(({ name, first, later }) => `${name} ${first} in the first run, ${later} here`).join('; ')}): the figures are not of the same work`
    case 'other-caps':
      return `the caps of ${why.of ?? 'the target'} differ: the figures are not of the same work`
    case 'other-network':
      return `the kind of network differs (${why.first} in the first run, ${why.later} here): figures over two kinds are never compared`
    case 'invalid':
      return `${where(why.run)} its figures do not count (${why.causes.map(({ cause }) => cause).join(', ')})`
  }
}

function where(run: 'first' | 'later'): string {
  return run === 'first' ? 'in the first run' : 'here'
}

function pSays(p: number | null): string {
  if (p === null) return 'not known'
  return p < 0.001 ? '< 0.001' : `= ${formatNumber(p)}`
}
