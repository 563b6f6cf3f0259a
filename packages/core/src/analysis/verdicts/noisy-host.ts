import { typical } from '../estimate.js'
import { hostOthers, hostPressure, hostSteal } from '../metrics/host.js'
import { thresholds } from '../thresholds.js'
import { cores, list, many, percent } from '../words.js'
import { defineVerdict } from './define.js'

export const noisyHost = defineVerdict({
  cause: 'noisy-host',
  description:
    'Others used the machine, or the hypervisor gave its time to other machines. Pressure alone says nothing: a target that fills its cores causes it too. It counts beside load by others.',
  find: (view) => {
    const { others, othersUnderPressure, pressure, steal } = thresholds.host
    const cpus = view.plan.host.cpus.length
    const used = typical(hostOthers, view)
    const waiting = typical(hostPressure, view)
    const stolen = typical(hostSteal, view)
    const share = used === null || cpus === 0 ? null : used / cpus
    const busy =
      share !== null && (share > others || (share > othersUnderPressure && waiting !== null && waiting > pressure))
    const signs = [
      ...(busy
        ? [
            `others used ${cores(used!)} of the machine's ${many(cpus, 'CPU')}${waiting === null ? '' : `, and something waited for a CPU in ${percent(waiting)} of the time`}`,
          ]
        : []),
      ...(stolen !== null && stolen > steal ? [`the hypervisor took ${percent(stolen)} of the CPU time`] : []),
    ]
    return signs.length === 0 ? [] : [{ effect: 'doubts', evidence: list(signs) }]
  },
})
