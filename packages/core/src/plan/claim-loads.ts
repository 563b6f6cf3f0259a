import {
  type ClaimSpec,
  type ClaimSubject,
  kindOf,
  type LoadSpec,
  loadIdOf,
  type PlanWarning,
  publishedLoad,
  type ScenarioSpec,
} from '@bakeoff/model'
import { settingWords } from '../words/settings.js'
import { bestFirst } from './main-load.js'

/** The loads of the sources of a scenario's claims, as far as a load can express them, and warnings about what differs. */
export interface ClaimLoads {
  readonly loads: readonly LoadSpec[]
  readonly warnings: readonly PlanWarning[]
}

/**
 * Turns the published settings into loads. Closed loads come first, as in every scenario: the fractions of open ones refer
 * to the best of them. All entries get all of them, so that what two sources measured apart can be compared at one setting.
 */
export function claimLoadsOf(scenario: ScenarioSpec, claims: readonly ClaimSpec[]): ClaimLoads {
  const own = claims.filter((claim) => claim.scenario === scenario.id)
  const read = own.flatMap((claim) =>
    claim.subjects
      .filter(({ load }) => Object.keys(load).length > 0)
      .map((subject) => ({ claim, subject, ...loadOf(subject, scenario) })),
  )
  const loads = new Map(read.flatMap(({ load }) => (load ? [[loadIdOf(load), load] as const] : [])))
  const told = read.flatMap(({ claim, subject, untold }): PlanWarning[] =>
    untold === null
      ? []
      : [
          {
            what: `${settingWords(subject)}: ${untold}`,
            where: scenario.id,
            why: `“${claim.title}” published it for ${subject.says}.`,
            todo: 'Read the figures beside the published ones with this in mind.',
          },
        ],
  )
  return {
    loads: bestFirst([...loads.values()]),
    warnings: [...oncePerSetting(told), ...own.map((claim) => machineWarning(claim, scenario))],
  }
}

/** The load of one subject, and a note on what of the setting it leaves out; null when it leaves out nothing. */
function loadOf(
  { load: said }: ClaimSubject,
  scenario: ScenarioSpec,
): { load: LoadSpec | null; untold: string | null } {
  const unit = said['tasks'] === undefined ? 'request' : 'task'
  if (!scenario.loads.some((load) => kindOf(load).unit === unit)) {
    return {
      load: null,
      untold:
        unit === 'task'
          ? 'no load of this scenario has tasks, so it is not measured'
          : 'this scenario has loads of tasks only, so it is not measured',
    }
  }
  const load = publishedLoad(said, scenario)
  if (typeof load === 'string') return { load: null, untold: load }
  const isCut = unit === 'request' && said['requests'] !== undefined
  return {
    load,
    untold: isCut ? 'a window lasts as long as the profile says, and not until a number of requests is answered' : null,
  }
}

/** The warning that a load says how requests are sent, and nothing about the machine. */
function machineWarning({ title, setting }: ClaimSpec, { id, target }: ScenarioSpec): PlanWarning {
  const others = target.cpus === 0 ? 'machine and load generator' : 'caps, machine and load generator'
  return {
    what: `The load is that of the source; ${others} are those of this run`,
    where: id,
    why: `“${title}”: ${setting}`,
    todo: 'Compare ratios with the published ratios, and not the figures themselves.',
  }
}

/** Groups subjects by setting, so that each setting is mentioned once. */
function oncePerSetting(warnings: readonly PlanWarning[]): PlanWarning[] {
  const byWhat = new Map<string, PlanWarning>()
  for (const warning of warnings) {
    const before = byWhat.get(warning.what)
    byWhat.set(
      warning.what,
      before && before.why !== warning.why ? { ...before, why: `${before.why} ${warning.why}` } : warning,
    )
  }
  return [...byWhat.values()]
}
