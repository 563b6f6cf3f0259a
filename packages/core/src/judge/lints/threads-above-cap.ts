import { cores, list, many } from '../../words/quantities.js'
import { computePools } from './compute-threads.js'
import { defineLint } from './define.js'

export const threadsAboveCap = defineLint({
  id: 'threads-above-cap',
  description: 'A pool of computing threads is larger than the cores that the target may use.',
  isGrave: true,
  find: ({ plan, entry, info }) => {
    if (!info) return []
    const cap = entry.caps.cpus
    const processes = Math.max(1, info.workers ?? 1) * entry.replicas
    const hostCpus = plan.host.cpus.length
    const pools = computePools(info).flatMap(({ name, threads }) => {
      if (threads === 0)
        return hostCpus > cap
          ? [`${name} is 0, so the library sizes its pool by the host (${many(hostCpus, 'CPU')})`]
          : []
      // One thread in each of many processes is a matter of workers, which has its own lint.
      if (threads <= 1 || threads * processes <= Math.ceil(cap)) return []
      return [
        processes === 1
          ? `${name} has ${threads} threads`
          : `${name} has ${threads} threads in each of ${many(processes, 'process', 'processes')}, ${threads * processes} in all`,
      ]
    })
    if (pools.length === 0) return []
    return [
      {
        message: `${list(pools)}; the cap is ${cores(cap)}`,
        consequence:
          'Threads that cannot run at once take turns: they cost switches and caches, and libraries that wait busily use up the CPU limit.',
        hint: 'Size the pools from CORES, for example ORT_THREADS, OMP_NUM_THREADS, RAYON_NUM_THREADS or GOMAXPROCS.',
      },
    ]
  },
})
