import { connectionsOf, kindOf } from '@bakeoff/model'
import type { CellView, Repetition } from '../../observe/view.js'
import { thresholds } from '../../thresholds.js'
import { list, many, percent } from '../../words/quantities.js'
import { defineCause, inRepetitions } from './define.js'

export const unaccountedTime = defineCause({
  id: 'unaccounted-time',
  about:
    "Little's law as an account: connections × window is the time that all connections had, and each moment of it should lie in a request that was answered. The rest was spent on requests without an answer, or on opening connections again, and no latency shows it.",
  because: 'part of the time of the connections is not accounted for',
  warning: {
    what: 'Part of the time of the connections is not accounted for',
    todo: 'Look at errors, timeouts and reconnects of these targets first: their latencies leave that time out.',
  },
  find: (view) => {
    if (busyConnections(view) === null) return []
    const { doubts, invalidates } = thresholds.unaccounted
    const all = view.repetitions.flatMap((repetition) => accountOf(repetition, view) ?? [])
    const beyond = all.filter(({ unanswered, between }) => unanswered + between > doubts)
    const worst = beyond.reduce<Unaccounted | null>(
      (most, each) => (most === null || missing(each) > missing(most) ? each : most),
      null,
    )
    if (worst === null) return []
    const numbers = beyond.map(({ number }) => number)
    return [
      {
        effect: worst.unanswered > invalidates ? 'invalidates' : 'doubts',
        evidence: `${percent(missing(worst))} of the connections' time within the window was in no request that was answered: ${list(partsOf(worst))} (${inRepetitions(numbers, view.repetitions.length)})`,
      },
    ]
  },
})

/** Shares of connections × window. */
interface Unaccounted {
  readonly number: number
  /** the share in requests that had no answer */
  readonly unanswered: number
  /** the share in no request */
  readonly between: number
  readonly silent: number
  readonly connections: number
}

function accountOf(repetition: Repetition, view: CellView): Unaccounted | null {
  const connections = busyConnections(view)
  if (connections === null) return null
  const { window } = repetition.record.measurement
  const about = { number: repetition.number, connections }
  if (window) {
    const { connectionMs, answeredMs, betweenMs } = window.account
    if (connectionMs <= 0) return null
    const between = betweenMs / connectionMs
    return {
      ...about,
      unanswered: Math.max(0, 1 - answeredMs / connectionMs - between),
      between,
      silent: window.silentConnections,
    }
  }
  // Before 2026-12 only what had ended within the window was known.
  const { serviceTime, seconds } = repetition
  if (serviceTime.meanUs === null || seconds <= 0) return null
  const implied = (serviceTime.count * serviceTime.meanUs) / 1e6 / seconds
  return { ...about, unanswered: Math.max(0, 1 - implied / connections), between: 0, silent: 0 }
}

/** The number of connections that should always be waiting for an answer; null where some may be without work. */
function busyConnections({ load }: CellView): number | null {
  return kindOf(load).pace === 'own' ? connectionsOf(load) : null
}

function missing({ unanswered, between }: Unaccounted): number {
  return unanswered + between
}

function partsOf({ unanswered, between, silent, connections }: Unaccounted): string[] {
  const isTold = (share: number) => share > thresholds.unaccounted.told
  return [
    ...(silent > 0 ? [`${silent} of ${many(connections, 'connection')} never had an answer`] : []),
    ...(isTold(unanswered) ? [`${percent(unanswered)} went into requests without one`] : []),
    ...(isTold(between) ? [`${percent(between)} into opening connections again, which the latency leaves out`] : []),
  ]
}
