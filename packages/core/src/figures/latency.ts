import { kindOf, type LoadSpec } from '@bakeoff/model'
import type { Repetition } from '../observe/view.js'
import { defineFigure, type LoadFigure } from './define.js'
import {
  extremeOver,
  type PercentileName,
  percentileMs,
  percentileOver,
  percentiles,
  responseTimes,
  serviceTimes,
  type Times,
} from './times.js'

/** The two kinds of time: from sending a request, and from the moment at which it was due. Under an open load a cell has both. */
const KINDS = {
  service: {
    title: 'Service time',
    // A batch is one request, and its tasks cannot be seen from outside.
    times: (repetition: Repetition) => (repetition.record.measurement.batch === null ? serviceTimes(repetition) : null),
    about: 'From sending a request to the end of its answer.',
  },
  response: {
    title: 'Response time',
    times: responseTimes,
    about:
      'From the moment at which a request was due to the end of its answer: waiting for a connection counts. Open loads only.',
  },
} as const
type Kind = keyof typeof KINDS

const SUPPORT =
  'Of each repetition, then the median: percentiles are never averaged. Not known when fewer than ten answers lie beyond it, or as many requests never ended.'
const NAMES: Readonly<Record<PercentileName, string>> = {
  p50: 'p50',
  p90: 'p90',
  p95: 'p95',
  p99: 'p99',
  p99_9: 'p99.9',
}

/** The width of a histogram's bucket, relative: three significant digits are kept. */
const BUCKET = 0.001

const times = (kind: Kind) => (repetition: Repetition) => KINDS[kind].times(repetition)
const known = (kind: Kind, repetitions: readonly Repetition[]) =>
  repetitions.map(times(kind)).filter((each): each is Times => each !== null)

const percentile = (kind: Kind, name: PercentileName): LoadFigure =>
  defineFigure({
    id: `${kind}Ms.${name}`,
    title: `${KINDS[kind].title}, ${NAMES[name]}`,
    unit: 'ms',
    about: `${KINDS[kind].about} ${SUPPORT}`,
    column: `${kind}_${name}_ms`,
    seenByAgent: true,
    // Only where all targets are offered the same rate: a fraction of a target's own throughput differs from target to target.
    ...(kind === 'response' && name === 'p99' ? { isCompared: (load: LoadSpec) => kindOf(load).sameRate } : {}),
    from: (repetition) => {
      const found = times(kind)(repetition)
      return found && percentileMs(found, percentiles[name])
    },
    quantum: () => BUCKET,
    over: ({ repetitions }) => percentileOver(known(kind, repetitions), percentiles[name]),
  })

const mean = (kind: Kind): LoadFigure =>
  defineFigure({
    id: `${kind}Ms.mean`,
    title: `${KINDS[kind].title}, mean`,
    unit: 'ms',
    about: `${KINDS[kind].about} The arithmetic mean of all answers, for comparison with sources and for Little's law; percentiles say more.`,
    column: `${kind}_mean_ms`,
    seenByAgent: true,
    from: (repetition) => {
      const us = times(kind)(repetition)?.distribution.meanUs ?? null
      return us === null ? null : us / 1000
    },
    over: ({ repetitions }) => extremeOver(known(kind, repetitions), ({ meanUs }) => meanUs),
  })

const max = (kind: Kind): LoadFigure =>
  defineFigure({
    id: `${kind}Ms.max`,
    title: `${KINDS[kind].title}, slowest`,
    unit: 'ms',
    shows: 'highest',
    about: `${KINDS[kind].about} The slowest answer of all repetitions. It grows with the number of answers.`,
    column: `${kind}_max_ms`,
    seenByAgent: true,
    growsWithAnswers: true,
    from: (repetition) => {
      const us = times(kind)(repetition)?.distribution.maxUs ?? null
      return us === null ? null : us / 1000
    },
    over: ({ repetitions }) => extremeOver(known(kind, repetitions), ({ maxUs }) => maxUs),
  })

const all = (kind: Kind): readonly LoadFigure[] => [
  ...(Object.keys(percentiles) as PercentileName[]).map((name) => percentile(kind, name)),
  max(kind),
  mean(kind),
]

export const serviceFigures = all('service')
export const responseFigures = all('response')
