import { type Counted, connectionsOf } from '@bakeoff/model'
import type { CellView, Repetition } from '../../observe/view.js'
import { thresholds } from '../../thresholds.js'
import { many, percent } from '../../words/quantities.js'
import { defineCause, type Found, inRepetitions } from './define.js'

export const workSkipped = defineCause({
  id: 'work-skipped',
  about:
    'The target gave more right answers than a service that it needs for them did work, by the counters of the service. So it answered without that work, for example from a cache.',
  because: 'a service did not see all of the work',
  find: (view) => (view.scenario.counters ?? []).flatMap(({ service }) => skippedOf(service, view)),
})

function skippedOf(service: string, view: CellView): Found[] {
  const skipped = view.repetitions.flatMap((repetition) => {
    const counted = repetition.record.counters?.find((each) => each.service === service)
    return counted && isSkipped(counted, repetition, view) ? [{ number: repetition.number, ...counted }] : []
  })
  const shareOf = ({ answered, work }: Counted) => 1 - (work ?? 0) / answered
  const [worst] = [...skipped].sort((a, b) => shareOf(b) - shareOf(a))
  if (!worst) return []
  const numbers = skipped.map(({ number }) => number)
  return [
    {
      effect: 'invalidates',
      evidence: `the target gave ${many(worst.answered, 'right answer')} while ${service} counted ${workOf(worst, view)}: at least ${percent(shareOf(worst))} came without the work (${inRepetitions(numbers, view.repetitions.length)})`,
      subject: service,
    },
  ]
}

/** The allowance for counters that are some time old, in which the target answered at its usual rate. */
function isSkipped({ service, work, answered }: Counted, { right, seconds }: Repetition, view: CellView): boolean {
  if (work === null) return false
  const lagMs = sourceOf(service, view)?.lagMs ?? 0
  const missing = seconds > 0 ? (right / seconds) * (lagMs / 1000) : 0
  return work < answered * (1 - thresholds.workSkipped) - (connectionsOf(view.load) ?? 0) - missing
}

function workOf({ service, work }: Counted, view: CellView): string {
  return `${(work ?? 0).toLocaleString('en-US')} ${sourceOf(service, view)?.work ?? 'requests'}`
}

function sourceOf(service: string, { scenario }: CellView) {
  return scenario.counters?.find((each) => each.service === service)
}
