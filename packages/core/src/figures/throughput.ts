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
  unit: 'right answers/s',
  better: 'higher',
  about: 'Right answers a second; of a batch, tasks done a second. Wrong answers and errors do not count.',
  ofBatch: { title: 'Throughput', unit: 'tasks/s' },
  column: 'throughput_per_s',
  seenByAgent: true,
  // Under open load everyone is offered a rate, and serving it is no merit.
  isCompared: (load) => kindOf(load).pace === 'own',
  from: ({ right, seconds }) => (seconds > 0 ? right / seconds : null),
  quantum: oneAnswer,
})

export const offeredPerSecond = defineFigure({
  id: 'offeredPerSecond',
  title: 'Offered',
  unit: 'requests/s',
  better: 'higher',
  about: 'Requests that were due in the window, a second: what an open load asked for, whatever became of them.',
  column: 'offered_per_s',
  from: ({ record }) => record.measurement.offeredPerSecond,
})

export const windowSeconds = defineFigure({
  id: 'windowSeconds',
  title: 'Window',
  unit: 's',
  better: 'higher',
  about: 'How long was measured once the target had settled; of a batch, until its answer.',
  column: 'window_s',
  from: ({ seconds }) => seconds,
})
