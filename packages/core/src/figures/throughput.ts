import { kindOf } from '@bakeoff/model'
import type { Repetition } from '../observe/view.js'
import { defineFigure } from './define.js'

/** The share of one answer. */
export function oneAnswer({ right }: Pick<Repetition, 'right'>): number | null {
  return right > 0 ? 1 / right : null
}

export const throughput = defineFigure({
  id: 'throughput',
  title: 'Throughput',
  unit: 'correct responses/s',
  better: 'higher',
  about: 'Correct responses a second; of a batch, tasks done a second. Wrong answers and errors do not count.',
  ofBatch: { title: 'Throughput', unit: 'tasks/s' },
  column: 'throughput_per_s',
  seenByAgent: true,
  // Under an open load the rate is given, so targets are not compared by how much of it they serve.
  isCompared: (load) => kindOf(load).pace === 'own',
  from: ({ right, seconds }) => (seconds > 0 ? right / seconds : null),
  quantum: oneAnswer,
})

export const offeredPerSecond = defineFigure({
  id: 'offeredPerSecond',
  title: 'Offered',
  unit: 'requests/s',
  better: 'higher',
  about: 'Requests that were due in the window, per second: the rate that an open load asked for, answered or not.',
  column: 'offered_per_s',
  from: ({ record }) => record.measurement.offeredPerSecond,
})

export const windowSeconds = defineFigure({
  id: 'windowSeconds',
  title: 'Window',
  unit: 's',
  better: 'higher',
  about: 'Length of the measured window, after the target had settled; for a batch, the time until its answer.',
  column: 'window_s',
  from: ({ seconds }) => seconds,
})
