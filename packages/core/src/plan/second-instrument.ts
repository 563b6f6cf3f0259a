import {
  kindOf,
  loadIdOf,
  type PlannedEntry,
  type PlannedScenario,
  type RequestLine,
  type RunRules,
  reachOf,
} from '@bakeoff/model'
import { mainLoadOf } from './main-load.js'

/** wrk's own warm-up on the target, before the window that counts. */
export const SECOND_WARM_UP_S = 1
/** Time for the start, first connections and removal of its container, seen on two cores. */
const SECOND_OVERHEAD_MS = 1500

/** The load that the second instrument repeats, or the reason why it cannot. */
export type SecondInstrumentTask =
  | { readonly kind: 'possible'; readonly loadId: string; readonly connections: number }
  | { readonly kind: 'unsupported'; readonly loadId: string; readonly reason: string }

/**
 * The task of the second instrument for an entry of this scenario.
 *
 * @param requests the corpus; without it only the load decides, which is enough for an estimate of time
 * @param entry    default: one that is reached as usual
 */
export function secondInstrumentTask(
  { loads, stream, state }: Pick<PlannedScenario, 'loads' | 'stream' | 'state'>,
  requests: readonly RequestLine[] = [],
  entry: Pick<PlannedEntry, 'reach'> = {},
): SecondInstrumentTask {
  const loadId = mainLoadOf(loads)
  const unsupported = (reason: string) => ({ kind: 'unsupported', loadId, reason }) as const
  const main = loads.find((load) => loadIdOf(load) === loadId)
  const kind = main && kindOf(main)
  if (kind?.unit === 'task') return unsupported('a batch is one request, and the target does the rest itself')
  const connections = main && kind?.best === 'gives' ? kind.connections(main) : null
  if (connections === null) return unsupported('there is no closed load, and wrk has no other kind')
  if (stream) return unsupported('the answers are streams, and wrk sees neither their first byte nor their chunks')
  if (state)
    return unsupported('values are filled into the requests, or they go together, and wrk replays finished ones')
  if (reachOf(entry).tls) return unsupported('it answers by TLS, and wrk checks no certificate')
  if (requests.some(({ method }) => method === 'HEAD'))
    return unsupported('wrk waits for the body of an answer to HEAD, which has none')
  return { kind: 'possible', loadId, connections }
}

/** Seconds of its window: as long as the agent's, in whole seconds, since wrk accepts no others. */
export function secondInstrumentSeconds({ windowMs }: Pick<RunRules, 'windowMs'>): number {
  return Math.max(1, Math.round(windowMs / 1000))
}

/** How long it takes for one entry; 0 when it is not used, or cannot be. */
export function secondInstrumentMs(scenario: PlannedScenario, rules: RunRules): number {
  if (!rules.secondInstrument || secondInstrumentTask(scenario).kind === 'unsupported') return 0
  return SECOND_OVERHEAD_MS + (SECOND_WARM_UP_S + secondInstrumentSeconds(rules)) * 1000
}
