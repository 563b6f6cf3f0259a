import { typical } from '../../figures/estimate.js'
import { hostOthers, hostSteal } from '../../figures/host.js'
import type { CellView, Repetition } from '../../observe/view.js'
import { thresholds } from '../../thresholds.js'
import { cores, list, many, percent } from '../../words/quantities.js'
import { above, defineCause, inRepetitions } from './define.js'

export const noisyHost = defineCause({
  id: 'noisy-host',
  about:
    'Other programs used the machine, or the hypervisor gave its time to other machines. Pressure alone says nothing, since a target that fills its cores causes it too. It counts only together with load by others.',
  because: 'others used the machine',
  delays: true,
  warning: {
    what: 'Others used the machine while it was measured',
    todo: 'Stop what else runs there, and run again.',
  },
  against: (view) =>
    typical(hostOthers, view) === null ? null : `no other program used the machine under ${view.entry.target}`,
  find: (view) => {
    const stolen = above(view, hostSteal, thresholds.host.steal)
    const signs = [
      ...(othersIn(view) ?? []),
      ...(stolen ? [`the hypervisor took ${percent(stolen.worst)} of the CPU time ${stolen.where}`] : []),
    ]
    return signs.length === 0 ? [] : [{ effect: 'doubts', evidence: list(signs) }]
  },
})

/** The repetitions that other programs disturbed. Each one counts, since the figures contain it like the others. */
function othersIn(view: CellView): [string] | null {
  const cpus = view.plan.host.cpus.length
  const busy = view.repetitions.filter((repetition) => isBusy(repetition, cpus))
  if (busy.length === 0) return null
  const worst = busy.reduce((most, each) => (each.othersCores! > most.othersCores! ? each : most))
  const { pressure } = worst.host
  const waited = pressure === null ? '' : `, and something waited for a CPU in ${percent(pressure)} of the time`
  const numbers = busy.map(({ number }) => number)
  return [
    `others used ${cores(worst.othersCores!)} of the machine's ${many(cpus, 'CPU')}${waited} ${inRepetitions(numbers, view.repetitions.length)}`,
  ]
}

function isBusy({ othersCores, host: { pressure } }: Repetition, cpus: number): boolean {
  if (othersCores === null || cpus === 0) return false
  const { others, othersUnderPressure, pressure: limit } = thresholds.host
  const share = othersCores / cpus
  return share > others || (share > othersUnderPressure && pressure !== null && pressure > limit)
}
