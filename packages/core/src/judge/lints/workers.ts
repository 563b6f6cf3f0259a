import { cores, many } from '../../words/quantities.js'
import { servingThreads } from './compute-threads.js'
import { defineLint } from './define.js'

export const workers = defineLint({
  id: 'workers-not-cores',
  description: 'Serving processes and cores do not match.',
  find: ({ entry, info }) => {
    if (!info || info.workers === null || info.workers === undefined || info.workers < 1) return []
    const cap = Math.floor(entry.caps.cpus)
    const processes = info.workers * entry.replicas
    const had =
      entry.replicas === 1 ? many(processes, 'worker') : `${many(processes, 'worker')} in ${entry.replicas} replicas`
    if (processes > Math.max(1, cap)) {
      return [
        {
          message: `${had} on ${cores(entry.caps.cpus)}`,
          consequence:
            'Workers beyond the cores take turns. It helps where they wait for something outside; where they compute it costs memory and switches.',
          hint: 'Start one per core (CORES), or say in the variant why more are right.',
        },
      ]
    }
    if (processes < cap && servingThreads(info) * processes < cap) {
      return [
        {
          message: `${had} on ${cores(entry.caps.cpus)}, and no pool of serving threads that would fill them`,
          consequence: `If a worker serves on one thread, ${cores(cap - processes)} of the cap cannot be used.`,
          hint: 'Start one worker per core (CORES), or add a variant that does.',
        },
      ]
    }
    return []
  },
})
