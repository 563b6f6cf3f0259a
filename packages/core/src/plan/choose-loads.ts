import {
  BakeoffError,
  capacityLoad,
  kindOf,
  type LoadSpec,
  loadIdOf,
  type MatrixSpec,
  type ProfileSpec,
  rateLoad,
  type ScenarioSpec,
  type WantedLevel,
} from '@bakeoff/model'
import { bestFirst, mainLoadOf } from './main-load.js'
import { needKnown, type Selection } from './select.js'

/** What a request for a plan says of loads. */
export interface WantedLoads {
  readonly catalogue: { readonly matrix: Pick<MatrixSpec, 'rates' | 'capacity'> }
  readonly selection: Pick<Selection, 'all'>
  readonly capacity: boolean
  readonly rates: readonly number[]
  /** service levels that every target is asked to keep; their rates are offered too. Absent: those of the scenarios' files alone */
  readonly levels?: readonly WantedLevel[]
  /** ids of loads, only these of each scenario; null or absent: all */
  readonly loads?: readonly string[] | null
}

/** A scenario with the loads of the sources of its claims. */
export interface Published {
  readonly scenario: ScenarioSpec
  readonly loads: readonly LoadSpec[]
}

/**
 * The loads of each scenario in a run: its own, only the named ones where some are named, and those that the run adds.
 *
 * @throws BakeoffError BAD_SPEC for a name that no scenario has, a scenario that has none of the named loads, and a load without the one
 *         that it refers to
 */
export function chooseLoads(all: readonly Published[], profile: ProfileSpec, request: WantedLoads): LoadSpec[][] {
  const names = request.loads ?? null
  const loads = all.map(({ scenario, loads: published }) => loadsOf({ scenario, loads: published }, profile, request))
  if (names === null) return loads
  const known = [...new Set(loads.flatMap((own) => own.map(loadIdOf)))]
  for (const name of names) needKnown('load', name, known)
  return loads.map((own, index) => onlyNamed(own, names, { request, scenario: all[index]!.scenario }))
}

/**
 * Closed loads first: the fractions of open loads refer to the best of them. Published loads take the place of the
 * scenario's own, or come beside them where everything is measured; a smoke run has them all, since they are what it is for.
 */
function loadsOf({ scenario, loads: published }: Published, profile: ProfileSpec, request: WantedLoads): LoadSpec[] {
  // A load that is named is wanted, also in a smoke run.
  const onlyMainLoad = profile.onlyMainLoad && (request.loads ?? null) === null
  const own = published.length === 0 || request.selection.all ? ownLoads(scenario, { ...profile, onlyMainLoad }) : []
  const all = bestFirst([...own, ...published.filter((load) => !own.some((one) => loadIdOf(one) === loadIdOf(load)))])
  const givesBest = all.some((load) => kindOf(load).best === 'gives')
  const add = (load: LoadSpec) => {
    if (!all.some((one) => loadIdOf(one) === loadIdOf(load))) all.push(load)
  }
  const ofFile = onlyMainLoad || own.length === 0 ? [] : (scenario.levels ?? [])
  const levels = [...(request.levels ?? []), ...ofFile].map(({ perSecond }) => perSecond)
  for (const perSecond of [...request.rates, ...request.catalogue.matrix.rates, ...levels])
    add(rateLoad(perSecond, scenario))
  const wanted = request.capacity || request.catalogue.matrix.capacity
  if (wanted && scenario.slo && givesBest) add(capacityLoad(scenario, scenario.slo))
  return all
}

function ownLoads(
  scenario: ScenarioSpec,
  { onlyMainLoad, tasks }: Pick<ProfileSpec, 'onlyMainLoad' | 'tasks'>,
): LoadSpec[] {
  const main = mainLoadOf(scenario.loads)
  const chosen = scenario.loads.filter((load) => !onlyMainLoad || loadIdOf(load) === main)
  if (tasks === null) return chosen
  const shorter = chosen.map((load) => kindOf(load).atMost(load, tasks))
  // What differed only by its tasks is one load now.
  return shorter.filter((load, index) => shorter.findIndex((one) => loadIdOf(one) === loadIdOf(load)) === index)
}

function onlyNamed(
  all: readonly LoadSpec[],
  names: readonly string[],
  { request, scenario }: { readonly request: WantedLoads; readonly scenario: ScenarioSpec },
): LoadSpec[] {
  const { id } = scenario
  const has = `It has: ${all.map(loadIdOf).join(', ')}`
  if (!all.some((load) => names.includes(loadIdOf(load))))
    throw new BakeoffError('BAD_SPEC', `${id} has no load ${names.join(' or ')}`, {
      hint: `${has}. Name one of them too, or leave the scenario out with --scenario.`,
    })
  const added = addedIds(scenario, request)
  const chosen = all.filter((load) => names.includes(loadIdOf(load)) || added.has(loadIdOf(load)))
  const givesBest = chosen.some((load) => kindOf(load).best === 'gives')
  const alone = chosen.find((load) => kindOf(load).best === 'needs')
  if (alone && !givesBest)
    throw new BakeoffError(
      'BAD_SPEC',
      `--load leaves ${id} with ${loadIdOf(alone)}, which refers to the best closed throughput, and without a closed load`,
      { hint: `Name a closed load too. ${has}` },
    )
  return chosen
}

/** The loads that the command line adds: they are asked for by it, as the named ones are. */
function addedIds(scenario: ScenarioSpec, { rates, levels = [], capacity }: WantedLoads): Set<string> {
  const offered = [...rates, ...levels.map(({ perSecond }) => perSecond)].map((rate) => rateLoad(rate, scenario))
  const searched = capacity && scenario.slo ? [capacityLoad(scenario, scenario.slo)] : []
  return new Set([...offered, ...searched].map(loadIdOf))
}
