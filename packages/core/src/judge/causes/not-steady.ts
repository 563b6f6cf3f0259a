import { formatDurationMs, kindOf, type WarmUpRecord } from '@bakeoff/model'
import type { Repetition } from '../../observe/view.js'
import { changeWithin, trendOf } from '../../stats/index.js'
import { thresholds } from '../../thresholds.js'
import { percent } from '../../words/quantities.js'
import { defineCause, type Found, inRepetitions } from './define.js'

export const notSteady = defineCause({
  id: 'not-steady',
  about:
    'Throughput had not settled when measuring began, changed within the window, or a queue kept growing: another window would show another figure.',
  because: 'throughput had not settled',
  find: (view) => {
    const { repetitions } = view
    const where = (found: readonly { readonly number: number }[]) =>
      inRepetitions(
        found.map(({ number }) => number),
        repetitions.length,
      )
    const found: Found[] = []
    const cold = repetitions.filter(({ whole }) => whole.warmUp !== null && !whole.warmUp.steady)
    const [first] = cold
    if (first) found.push({ effect: effectOf(cold), evidence: `${coldText(first.whole.warmUp!)} ${where(cold)}` })
    const changing = repetitions.flatMap((repetition) => {
      const change = changeOf(repetition)
      return change === null ? [] : [{ number: repetition.number, change }]
    })
    if (changing.length > 0) {
      const { change } = changing.reduce((most, each) => (Math.abs(each.change) > Math.abs(most.change) ? each : most))
      found.push({
        effect: 'doubts',
        evidence: `throughput ${change > 0 ? 'rose' : 'fell'} by ${percent(Math.abs(change))} within the window ${where(changing)}`,
      })
    }
    return [...found, ...growingQueue(repetitions)]
  },
})

/** A warm-up that was too short to tell does not speak against the figure: it is mentioned, and is not a doubt by itself. */
function effectOf(cold: readonly Repetition[]): Found['effect'] {
  const isTooShort = ({ whole: { warmUp } }: Repetition) =>
    (warmUp?.why === 'too-few' || warmUp?.why === 'too-early') && warmUp.durationMs < thresholds.warmUpTells
  return cold.every(isTooShort) ? 'explains' : 'doubts'
}

/** The reason why the warm-up does not count as steady. */
function coldText({ why, durationMs, remaining }: WarmUpRecord): string {
  const after = `when the warm-up ended after ${formatDurationMs(durationMs)}`
  switch (why) {
    case 'changed':
      return `throughput had just made a step ${after}`
    case 'drifting':
      return `throughput was still changing ${after}${remaining == null ? '' : ` (a further ${percent(Math.abs(remaining))} to come)`}`
    case 'too-few':
      return `throughput scattered so much that a change of 10 % could have hidden in it ${after}`
    case 'no-answers':
      return `there were no answers ${after}`
    default:
      return `throughput had not settled ${after}`
  }
}

/** Change of throughput within the window, by a trend or a step, relative to its mean; null when it may be chance. */
function changeOf({ record }: Repetition): number | null {
  if (kindOf(record.load).windows !== 'one') return null
  const { windows } = record.measurement
  const { change: least, p: limit } = thresholds.trend
  const trend = trendOf(windows)
  const step = changeWithin(windows)
  const changes = [trend !== null && trend.p < limit ? trend.change : 0, step?.change ?? 0]
  const largest = changes.reduce((most, each) => (Math.abs(each) > Math.abs(most) ? each : most))
  return Math.abs(largest) > least ? largest : null
}

function growingQueue(repetitions: readonly Repetition[]): Found[] {
  const counts = repetitions.map(({ record }) => record.measurement.counts)
  const queued = counts.reduce((sum, { unsent }) => sum + unsent, 0)
  const due = counts.reduce((sum, { unsent, sent }) => sum + unsent + sent, 0)
  if (due === 0 || queued / due <= thresholds.unsent) return []
  return [
    {
      effect: 'doubts',
      evidence: `${percent(queued / due)} of the requests that were due were not sent before the timeout because no connection was free: the queue grew, and latency depends on the length of the window`,
    },
  ]
}
