import type { CellView } from '../../observe/view.js'
import { thresholds } from '../../thresholds.js'
import { percent } from '../../words/quantities.js'
import { defineCause, type Found, inRepetitions } from './define.js'

export const serviceLate = defineCause({
  id: 'service-late',
  about:
    'A service was behind its own script, by its own counters: part of the latency comes from the service and not from the target.',
  because: 'a service was behind its script',
  delays: true,
  warning: {
    what: 'A service was behind its own script',
    todo: "Give the service more cores, or the machine less other work: part of these latencies is its own and not the target's.",
  },
  find: (view) =>
    (view.scenario.counters ?? []).flatMap(({ service, late }) => (late ? lateOf(service, late.of, view) : [])),
})

function lateOf(service: string, what: string, { repetitions }: CellView): Found[] {
  const late = repetitions.flatMap(({ number, record }) => {
    const counted = record.counters?.find((each) => each.service === service)
    if (!counted?.late || !counted.of) return []
    const share = counted.late / counted.of
    return share > thresholds.serviceLate ? [{ number, share }] : []
  })
  if (late.length === 0) return []
  const worst = Math.max(...late.map(({ share }) => share))
  const where = inRepetitions(
    late.map(({ number }) => number),
    repetitions.length,
  )
  return [
    {
      effect: 'doubts',
      evidence: `${service} was late with ${percent(worst)} of its ${what} (limit ${percent(thresholds.serviceLate)}) ${where}: part of the latency is its own`,
      subject: service,
    },
  ]
}
