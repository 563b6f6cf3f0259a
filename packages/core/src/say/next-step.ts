import { type Decision, withHosts } from '@bakeoff/model'
import { LEAST_REPETITIONS } from '../plan/least-repetitions.js'
import type { Candidate, Decided, Field } from './decided.js'
import { saysOf, wouldMoreTell } from './standing.js'

/** The number of repetitions with which a difference of some percent is usually told apart. */
const DECIDING = 5
/** The most repetitions that are worth waiting for. */
const MOST = 50
/** The most targets that a run is likely to be about. */
const FEW = 3

/** The command that would decide what is still open. Null when everything is decided, or when more repetitions would not help. */
export function nextStep({ scenarios, entries, site }: Decided, fields: readonly Field[]): Decision['next'] {
  const open = fields.filter(isOpen)
  if (open.length === 0) return null
  const most = Math.max(...open.flatMap(({ ranked }) => ranked.map(repetitionsOf)))
  const usual = most < LEAST_REPETITIONS ? DECIDING : Math.max(DECIDING, 2 * most)
  const needed = open.flatMap(neededIn).filter((count) => count <= MOST)
  const repetitions = needed.length === 0 ? usual : Math.max(DECIDING, ...needed)
  const targets = [...new Set(entries.map(({ target }) => target))]
  const command = [
    `npm run matrix -- --repetitions ${repetitions}`,
    ...(open.length === scenarios.length && open.length > 1
      ? []
      : open.map(({ scenario }) => `--scenario ${scenario.id}`)),
    ...(targets.length <= FEW ? targets.map((target) => `--target ${target}`) : []),
  ].join(' ')
  return { scenarios: open.map(({ scenario }) => scenario.id), command: withHosts(command, site?.file) }
}

/** Whether a scenario is open: measured too little, or undecided for a reason other than the load agent's limit. */
function isOpen(field: Field): boolean {
  const { standing, leading } = saysOf(field)
  if (standing === 'provisional') return true
  if (standing !== 'level') return false
  const [first, ...peers] = leading
  return first !== undefined && wouldMoreTell(field, first, peers) && isWithinReach(field)
}

/** Whether a pair is foreseen to be decided by as many repetitions as are worth waiting for, or nothing is foreseen. */
function isWithinReach({ ranked, comparedWith }: Field): boolean {
  const outlooks = ranked.slice(1).flatMap((other) => comparedWith(other)?.outlook ?? [])
  return outlooks.length === 0 || outlooks.some(({ repetitions }) => repetitions !== null && repetitions <= MOST)
}

/** The repetitions that the judge expects to decide the targets level with the first one. */
function neededIn({ ranked, comparedWith }: Field): number[] {
  return ranked.slice(1).flatMap((other) => comparedWith(other)?.outlook?.repetitions ?? [])
}

function repetitionsOf({ cell }: Candidate): number {
  return cell?.repetitions ?? 0
}
