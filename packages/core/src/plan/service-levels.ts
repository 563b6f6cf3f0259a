import {
  type AskedLevel,
  DEFAULT_OFFERED,
  type LevelPercentile,
  type LoadSpec,
  levelPercentiles,
  loadIdOf,
  type PlannedScenario,
  rateLoad,
  type ScenarioSpec,
  type WantedLevel,
} from '@bakeoff/model'
import { ANSWERS_BEYOND } from '../stats/index.js'
import { thresholds } from '../thresholds.js'

/** The id of the load under which a service level is asked for. */
export function loadIdOfLevel({ perSecond }: Pick<AskedLevel, 'perSecond'>): string {
  return loadIdOf(rateLoad(perSecond, DEFAULT_OFFERED))
}

/** The service level that is asked for under a load; null: none is. */
export function levelUnder({ levels }: Pick<PlannedScenario, 'levels'>, loadId: string): AskedLevel | null {
  return (levels ?? []).find((level) => loadIdOfLevel(level) === loadId) ?? null
}

/**
 * The service levels of a scenario in a run: those that the run asks for, then those of its file at other rates, as far as
 * their loads are measured. Errors are those that the scenario allows where a level does not say.
 */
export function levelsOf(
  scenario: Pick<ScenarioSpec, 'levels' | 'slo'>,
  wanted: readonly WantedLevel[],
  loads: readonly LoadSpec[],
): AskedLevel[] {
  const errors = scenario.slo?.errors ?? thresholds.errorsTolerated
  const asked = wanted.map((level): AskedLevel => ({ ...level, errors: level.errors ?? errors }))
  const own = (scenario.levels ?? []).filter(({ perSecond }) => asked.every((level) => level.perSecond !== perSecond))
  const measured = new Set(loads.map(loadIdOf))
  return [...asked, ...own].filter((level) => measured.has(loadIdOfLevel(level)))
}

/** The percentiles that a level limits. */
export function limitsOf(level: AskedLevel): { readonly limit: LevelPercentile; readonly ms: number }[] {
  return (Object.keys(levelPercentiles) as LevelPercentile[]).flatMap((limit) => {
    const ms = level[limit]
    return ms === null ? [] : [{ limit, ms }]
  })
}

/** Arrivals scatter: a window that holds so many standard deviations more than it needs has too few answers once in a thousand. */
const SPARE = 3.1

/** The length of a window in which every percentile that a level limits can be known, in ms; 0: any does. */
export function levelWindowMs(level: AskedLevel | null): number {
  if (level === null) return 0
  const beyond = Math.min(...limitsOf(level).map(({ limit }) => 1 - levelPercentiles[limit]), 1)
  if (beyond === 1) return 0
  const answers = ANSWERS_BEYOND / beyond
  return Math.ceil(((answers + SPARE * Math.sqrt(answers)) / level.perSecond) * 1000)
}
