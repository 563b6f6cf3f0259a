import {
  type Cell,
  type Decision,
  type DecisionColumn,
  type EntryResult,
  isToldApart,
  sentenceCase,
  type TwinComparison,
} from '@bakeoff/model'
import { causeRules } from '../judge/causes/index.js'
import { median } from '../stats/index.js'
import { isBesideProbe } from '../words/benches.js'
import { nameOf } from '../words/names.js'
import { list, many, percent } from '../words/quantities.js'
import type { Decided } from './decided.js'

/** The trust that figures deserve, in at most three sentences: on repetitions, doubts, the machine. Empty when nothing was measured. */
export function trustOf(known: Decided): string[] {
  if (!known.cells.some(({ outcome }) => outcome === 'measured')) return []
  return [repetitionsSay(known), doubtsSay(known), machineSays(known)].filter((says) => says !== null)
}

/** The share of figures with a doubt above which trust is low. */
const MANY_DOUBTS = 1 / 3

/**
 * The trust in a word. Low: something is provisional, or more than a third of the figures are suspect or do not count. High: none
 * is, no cores were shared, and nothing was told apart that is the same. Null when nothing was measured.
 */
export function trustLevelOf(
  { cells, scenarios, twins }: Decided,
  columns: readonly DecisionColumn[],
): Decision['trustLevel'] {
  const judged = cells.filter(({ outcome }) => outcome === 'measured')
  if (judged.length === 0) return null
  const doubtful = judged.filter(({ verdict }) => verdict?.status !== 'valid').length
  const isProvisional = columns.some(({ standing }) => standing === 'provisional')
  if (isProvisional || doubtful > judged.length * MANY_DOUBTS) return 'low'
  const isShared = scenarios.some((scenario) => sharedIn(scenario).length > 0)
  const isAnyApart = (twins ?? []).some(isToldApart)
  return doubtful === 0 && !isShared && !isAnyApart ? 'high' : 'medium'
}

function repetitionsSay({ entries, scenarios }: Decided): string {
  const measured = entries.filter(({ repetitions }) => repetitions > 0)
  const counts = measured.map(({ repetitions }) => repetitions)
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)]
  if (most === 1) return 'One repetition of each entry: how much the next one would differ is not known.'
  const each = fewest === most ? `${most} repetitions of each entry` : `${fewest} to ${most} repetitions of each entry`
  const spread = measured.flatMap((entry) => (entry.variation === null ? [] : [{ entry, variation: entry.variation }]))
  if (spread.length === 0) return `${each}, in fresh containers.`
  const typical = median(spread.map(({ variation }) => variation))
  const widest = spread.reduce((a, b) => (b.variation > a.variation ? b : a))
  const where =
    spread.length === 1
      ? ''
      : `, at most ${percent(widest.variation)} (${entryName(widest.entry, scenarios.length > 1)})`
  return `${each}, in fresh containers; throughput varied by ${percent(typical)} between them${where}.`
}

function doubtsSay({ cells }: Decided): string {
  const judged = cells.filter(({ outcome }) => outcome === 'measured')
  const of = (status: 'suspect' | 'invalid') => judged.filter(({ verdict }) => verdict?.status === status)
  const [suspect, invalid] = [of('suspect'), of('invalid')]
  if (suspect.length + invalid.length === 0)
    return judged.length === 1 ? 'Its figure is valid.' : `All ${judged.length} figures are valid.`
  const share = (some: readonly Cell[], status: 'suspect' | 'invalid') => {
    const effect = status === 'suspect' ? 'doubts' : 'invalidates'
    const [why, count] = commonest(some, effect)
    const all = count === some.length ? '' : 'most '
    return `${some.length} of ${judged.length} ${some.length === 1 ? 'is' : 'are'} ${status}${why === null ? '' : `, ${all}because ${becauseOf(why)}`}`
  }
  return `Of the figures ${list([
    ...(suspect.length > 0 ? [share(suspect, 'suspect')] : []),
    ...(invalid.length > 0 ? [share(invalid, 'invalid')] : []),
  ])}.`
}

/** The commonest cause among the cells, and its count. */
function commonest(cells: readonly Cell[], effect: 'doubts' | 'invalidates'): readonly [string | null, number] {
  const counts = new Map<string, number>()
  for (const { verdict } of cells) {
    const own = new Set((verdict?.causes ?? []).filter((each) => each.effect === effect).map(({ cause }) => cause))
    for (const cause of own) counts.set(cause, (counts.get(cause) ?? 0) + 1)
  }
  return [...counts].reduce<readonly [string | null, number]>((a, b) => (b[1] > a[1] ? b : a), [null, 0])
}

function becauseOf(cause: string): string {
  return causeRules.find(({ id }) => id === cause)?.because ?? `of ${cause}`
}

function machineSays({ scenarios, host, site, certificates, twins }: Decided): string | null {
  const floors = (certificates ?? []).flatMap(({ scenario, noiseFloor }) =>
    noiseFloor === null ? [] : [{ scenario, noiseFloor }],
  )
  const widest = floors.length === 0 ? null : floors.reduce((a, b) => (b.noiseFloor > a.noiseFloor ? b : a))
  const shared = scenarios.filter((scenario) => sharedIn(scenario).length > 0)
  const again = twinsSay(twins ?? [])
  const parts = [
    ...(again === null ? [] : [again]),
    ...(widest
      ? [
          `the machine itself varied by up to ${percent(widest.noiseFloor)}${floors.length > 1 ? ` (${widest.scenario})` : ''}, and no smaller difference is told apart`,
        ]
      : []),
    ...(shared.length > 0
      ? [
          `${site ? '' : `on its ${many(host.cpus.length, 'CPU')} `}${list([...new Set(shared.flatMap((scenario) => sharedIn(scenario).flat()))])} shared a core${shared.length < scenarios.length ? ` (${list(shared.map(({ id }) => id))})` : ''}`,
        ]
      : []),
  ]
  if (parts.length === 0) return null
  return `${sentenceCase(parts.join('; '))}.`
}

/** The roles of a scenario that shared cores; one beside the probe of its machine had them to itself. */
function sharedIn({ cores }: Decided['scenarios'][number]): readonly string[][] {
  return cores.shared.filter((roles) => !isBesideProbe(roles))
}

/** A sentence about twins: how often the judge told two measurements of one entry apart. Null where there were no twins. */
function twinsSay(twins: readonly TwinComparison[]): string | null {
  const judged = twins.filter(({ conclusion }) => conclusion !== null)
  if (judged.length === 0) return null
  const apart = judged.filter(isToldApart)
  const entries = new Set(judged.map(({ entry }) => entry)).size
  const measured = `${entries === 1 ? 'one entry was' : `${entries} entries were`} measured twice under two names`
  if (apart.length === 0) return `${measured}, and no figure differed (${judged.length} compared)`
  const widest = apart.reduce((a, b) => (offBy(b) > offBy(a) ? b : a))
  return `${measured}, and ${apart.length} of ${judged.length} figures differed all the same, by up to ${percent(offBy(widest))} (${widest.scenario})`
}

/** The error that a twin's ratio shows: how far it lies from 1, in either direction. */
function offBy({ ratio }: TwinComparison): number {
  return ratio === null ? 0 : Math.exp(Math.abs(Math.log(ratio.median))) - 1
}

function entryName({ scenario, target, variant }: EntryResult, withScenario: boolean): string {
  const name = nameOf({ target: { name: target }, variant })
  return withScenario ? `${scenario}: ${name}` : name
}
