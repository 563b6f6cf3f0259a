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
      ...othersIn(view, view.plan.host.cpus.length, 'the machine', (repetition) => repetition),
      ...otherMachinesIn(view),
      ...(stolen ? [`the hypervisor took ${percent(stolen.worst)} of the CPU time ${stolen.where}`] : []),
    ]
    return signs.length === 0 ? [] : [{ effect: 'doubts', evidence: list(signs) }]
  },
})

/** A machine in a repetition: its counters, and the cores that others used there. */
type Seen = Pick<Repetition, 'host' | 'othersCores'>

/** The repetitions that other programs disturbed on one machine. Each one counts, since the figures contain it like the others. */
function othersIn(
  { repetitions }: CellView,
  cpus: number,
  machine: string,
  seenIn: (repetition: Repetition) => Seen | undefined,
): string[] {
  const busy = repetitions.flatMap((repetition) => {
    const seen = seenIn(repetition)
    return seen && isBusy(seen, cpus) ? [{ number: repetition.number, seen }] : []
  })
  if (busy.length === 0) return []
  const { seen: worst } = busy.reduce((most, each) => (each.seen.othersCores! > most.seen.othersCores! ? each : most))
  const { pressure } = worst.host
  const waited = pressure === null ? '' : `, and something waited for a CPU in ${percent(pressure)} of the time`
  const numbers = busy.map(({ number }) => number)
  return [
    `others used ${cores(worst.othersCores!)} of ${machine}'s ${many(cpus, 'CPU')}${waited} ${inRepetitions(numbers, repetitions.length)}`,
  ]
}

/** The same of each other machine of the bench: who disturbs the database or a load agent disturbs the figures. */
function otherMachinesIn(view: CellView): string[] {
  const cpusOf = new Map(view.repetitions.flatMap(({ machines }) => machines.map(({ name, cpus }) => [name, cpus])))
  return [...cpusOf].flatMap(([name, cpus]) =>
    othersIn(view, cpus, name, ({ machines }) => machines.find((machine) => machine.name === name)),
  )
}

function isBusy({ othersCores, host: { pressure } }: Seen, cpus: number): boolean {
  if (othersCores === null || cpus === 0) return false
  const { others, othersUnderPressure, pressure: limit } = thresholds.host
  const share = othersCores / cpus
  return share > others || (share > othersUnderPressure && pressure !== null && pressure > limit)
}
