import { type DecisionColumn, figureOf, formatNumber, isToldApart, suspectWords } from '@bakeoff/model'
import { reasonOf } from '../observe/outcome.js'
import { list, many } from '../words/quantities.js'
import type { Candidate, Field } from './decided.js'
import { isAgentBoundCell, ratioWords } from './findings/define.js'

interface Standing {
  readonly standing: DecisionColumn['standing']
  readonly says: string
  /** the targets that lead, or may lead */
  readonly leading: readonly Candidate[]
}

/**
 * The standing in a scenario, with a sentence: which target leads and by how much or, where none is told apart, what can be
 * said instead. The sentence says first which of the targets that it names are suspect.
 *
 * @param saidOnce why all scenarios are provisional, where that is said beside them: the sentence leaves it out
 */
export function saysOf(field: Field, saidOnce: string | null = null): Standing {
  const { ranked, provisional } = field
  const [first, ...rest] = ranked
  if (first === undefined) return { standing: 'nobody', says: nobodySays(field), leading: [] }
  if (rest.length === 0)
    return { standing: 'alone', says: `${doubted([first], ': ')}${aloneSays(field, first)}`, leading: [] }
  if (provisional !== null) {
    const why = saidOnce === null ? `provisional, ${provisional}: ` : ''
    const says = `${doubted(ranked.slice(0, 2), why ? ', ' : ': ')}${why}${aheadSays(field, first, rest)}`
    return { standing: 'provisional', says, leading: [] }
  }
  const behind = rest.filter((other) => isToldApart(field.comparedWith(other)))
  const peers = rest.filter((other) => !isToldApart(field.comparedWith(other)))
  const leading = [first, ...peers]
  const named = [...leading, ...behind.slice(0, 1)]
  if (peers.length === 0) {
    const says = `${doubted(named, ': ')}${first.name} leads: it ${compared(field, first, behind[0]!)}.`
    return { standing: 'leads', says, leading }
  }
  return { standing: 'level', says: `${doubted(named, ', ')}${levelSays(field, first, peers, behind)}`, leading }
}

/** What a sentence begins with where targets that it names are suspect; empty where they are not. */
function doubted(named: readonly Candidate[], joint: string): string {
  const words = suspectWords(named.map(({ name, cell }) => ({ name, verdict: cell?.verdict ?? null })))
  return words === null ? '' : `${words}${joint}`
}

/** The most names in a sentence; more targets are given as a number. */
const MOST_NAMES = 3

function levelSays(field: Field, first: Candidate, peers: readonly Candidate[], behind: readonly Candidate[]): string {
  const names =
    peers.length < MOST_NAMES
      ? list([first, ...peers].map(({ name }) => name))
      : `${first.name} and ${many(peers.length, 'other')}`
  const tail = behind[0] ? ` ${first.name} ${compared(field, first, behind[0])}.` : ''
  if (peers.every((peer) => field.comparedWith(peer)?.conclusion === 'no-difference'))
    return `level: ${names} ${peers.some((peer) => isByLatency(field, peer)) ? 'have the same p99' : 'serve the same'}.${tail}`
  const repetitions = Math.min(...[first, ...peers].map(({ cell }) => cell?.repetitions ?? 0))
  const why = wouldMoreTell(field, first, peers)
    ? ` in ${many(repetitions, 'repetition')}${detectableSays(field, peers)}`
    : ': the load agent was the limit'
  return `level: ${names} are not told apart${why}.${tail}`
}

/** The factor that would have been told apart from the first target, as words; empty where it is not known. */
function detectableSays({ comparedWith }: Field, peers: readonly Candidate[]): string {
  const detectable = peers.flatMap((peer) => comparedWith(peer)?.outlook?.detectable ?? [])
  return detectable.length === 0
    ? ''
    : ` (a factor of ${formatNumber(Number(Math.max(...detectable).toPrecision(3)))} would be)`
}

/** Whether more repetitions may tell the first target from some peer; they do not help where the load agent was the limit. */
export function wouldMoreTell(field: Field, first: Candidate, peers: readonly Candidate[]): boolean {
  const isBound = ({ cell }: Candidate) => cell !== null && isAgentBoundCell(cell)
  return peers.some((peer) => field.comparedWith(peer)?.conclusion === 'undecided' && !isBound(first) && !isBound(peer))
}

function aheadSays(field: Field, first: Candidate, [second]: readonly Candidate[]): string {
  const how = second && field.comparedWith(second) ? compared(field, first, second) : 'serves most'
  return `${first.name} ${how}.`
}

/**
 * The comparison as words, such as `serves at least 1.5× (1.4–1.6) what go-net-http does`. Where all are offered the same rate they
 * serve the same, and what is compared is how late their answers are: `has 0.46× (0.36–0.58) the p99 of java-helidon`.
 */
function compared(field: Field, first: Candidate, other: Candidate): string {
  const ratio = field.comparedWith(other)?.ratio
  if (isByLatency(field, other))
    return ratio ? `has ${ratioWords(ratio)} the p99 of ${other.name}` : `has a lower p99 than ${other.name}`
  const least = first.cell !== null && isAgentBoundCell(first.cell) ? 'at least ' : ''
  return `serves ${least}${ratio ? ratioWords(ratio) : 'more than'} what ${other.name} does`
}

function isByLatency({ comparedWith }: Field, other: Candidate): boolean {
  return comparedWith(other)?.metric === 'responseMs.p99'
}

function aloneSays({ unit, others }: Field, { name, value, cell }: Candidate): string {
  const { low, high } = figureOf(cell, 'throughput') ?? { low: null, high: null }
  const interval = low === null || high === null ? '' : ` (${formatNumber(low)}–${formatNumber(high)})`
  const figure = `${value === null ? '' : formatNumber(value)} ${unit}${interval}`
  return others.length === 0
    ? `${name} alone: ${figure}; nothing was measured beside it.`
    : `${name} alone can be compared: ${figure}.`
}

function nobodySays({ others, scenario }: Field): string {
  const shown = others.filter(({ value }) => value !== null)
  if (shown.some(({ kind }) => kind === 'stand-in'))
    return `only stand-ins have a figure (${list(shown.filter(({ kind }) => kind === 'stand-in').map(({ name }) => name))}), and none of them wins.`
  const served = shown.filter(({ kind }) => kind === 'development-server')
  if (served.length > 0)
    return `only development servers have a figure (${list(served.map(({ name }) => name))}), and none of them wins.`
  if (shown.some(({ kind }) => kind === 'not-contender'))
    return 'no contender was measured: the figures are those of sources and experiments.'
  if (shown.length > 0) return `no figure counts: ${why(shown)}`
  return others.length === 0 ? `no entry of ${scenario.id} is in this run.` : `no figure: ${why(others)}`
}

/** The reasons why there is no figure, stated once where they are the same for all. */
function why(candidates: readonly Candidate[]): string {
  const reasons = candidates.map((candidate) => ({ candidate, reason: reasonFor(candidate) }))
  const [first] = reasons
  if (first === undefined) return 'none was planned.'
  const distinct = new Set(reasons.map(({ reason }) => reason))
  return distinct.size === 1 && reasons.length > 1
    ? `for one reason in all ${reasons.length}: ${first.reason}.`
    : `${first.candidate.name}: ${first.reason}${reasons.length > 1 ? `; and ${many(reasons.length - 1, 'other')}` : ''}.`
}

const MOST_REASON = 160

function reasonFor({ cell, entry }: Candidate): string {
  const invalid = cell?.verdict?.causes.find(({ effect }) => effect === 'invalidates')?.evidence
  const text = (invalid ?? reasonOf(entry.outcome) ?? cell?.outcomeReason ?? 'no load was complete')
    .replace(/\s+/g, ' ')
    .replace(/\.$/, '')
  const characters = [...text]
  return characters.length > MOST_REASON ? `${characters.slice(0, MOST_REASON - 1).join('')}…` : text
}
