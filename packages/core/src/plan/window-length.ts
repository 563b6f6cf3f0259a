import { type LoadSlice, type PlannedScenario, type RunRules, requestsOfPass } from '@bakeoff/model'
import { DEFAULT_RESPONSES } from '../parse/matrix.js'
import { levelUnder, levelWindowMs } from './service-levels.js'

/** The longest window, where the scenario does not set a limit. */
const LONGEST_WINDOW_MS = 30_000

/** The pace of a load that has settled. */
export interface Pace {
  /** ms from sending (closed) or due (open) to the answer, on average; null without an answer */
  readonly meanMs: number | null
  /** answers a second */
  readonly perSecond: number
}

/** The pace of the later half of the slices: the earlier ones may still belong to the start. */
export function paceOf(slices: readonly Pick<LoadSlice, 'ok' | 'durationMs' | 'meanUs'>[]): Pace {
  const later = slices.slice(Math.floor(slices.length / 2))
  const answers = later.reduce((sum, { ok }) => sum + ok, 0)
  const ms = later.reduce((sum, { durationMs }) => sum + durationMs, 0)
  const timeUs = later.reduce((sum, { ok, meanUs }) => sum + ok * (meanUs ?? 0), 0)
  return { meanMs: answers === 0 ? null : timeUs / answers / 1000, perSecond: ms === 0 ? 0 : (answers / ms) * 1000 }
}

/** The requirements on a window, besides the profile's seconds. */
export interface WindowRules {
  readonly leastMs: number
  /** mean response times */
  readonly responses: number
  readonly longestMs: number
  /** requests of one pass of the corpus, or of the traffic, where they differ in cost; null: they cost the same */
  readonly passRequests: number | null
}

/**
 * The requirements on the windows of a load. Where a service level is asked for at its rate, they are long enough to know its
 * percentiles, as far as the limit lets them.
 */
export function windowRulesOf(
  rules: Pick<RunRules, 'windowMs' | 'leastResponses'>,
  scenario: Pick<PlannedScenario, 'requests' | 'wholePasses' | 'longestWindowMs' | 'levels' | 'state'>,
  loadId: string,
): WindowRules {
  const traffic = scenario.state?.traffic ?? null
  const longestMs = Math.max(rules.windowMs, scenario.longestWindowMs ?? LONGEST_WINDOW_MS)
  const levelMs = levelWindowMs(levelUnder(scenario, loadId))
  return {
    leastMs: Math.max(rules.windowMs, Math.min(levelMs, longestMs)),
    responses: rules.leastResponses ?? DEFAULT_RESPONSES,
    longestMs,
    passRequests: !scenario.wholePasses ? null : traffic === null ? scenario.requests : requestsOfPass(traffic),
  }
}

/** How long a window should be, without the limit: ms. */
export function neededMs({ leastMs, responses, passRequests }: WindowRules, { meanMs, perSecond }: Pace): number {
  const least = Math.max(leastMs, responses * (meanMs ?? 0))
  if (passRequests === null || perSecond <= 0) return least
  const passMs = (passRequests / perSecond) * 1000
  return Math.ceil(least / passMs - 1e-9) * passMs
}

/**
 * The length of a window, in ms: at least the profile's seconds and the required mean response times, in whole passes of the
 * corpus where requests differ in cost, and never longer than the limit. Where the limit cuts it short, `too-short` says so.
 */
export function windowLength(rules: WindowRules, pace: Pace): number {
  return Math.ceil(Math.min(rules.longestMs, neededMs(rules, pace)))
}
