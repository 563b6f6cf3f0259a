import { cores, many } from '../../words/quantities.js'
import { defineLint } from './define.js'

export const seesHostCores = defineLint({
  id: 'sees-host-cores',
  description: 'The runtime believes that it has more processors than its cap gives it.',
  find: ({ entry, info }) => {
    const believed = info?.cpus ?? null
    if (believed === null || believed <= Math.ceil(entry.caps.cpus)) return []
    return [
      {
        message: `the runtime believes it has ${many(believed, 'processor')}; the cap is ${cores(entry.caps.cpus)}`,
        consequence:
          'Everything that it sizes by itself (threads, heaps, workers) is sized for a machine that it does not have.',
        hint: 'Tell it its cores from CORES, or take a runtime version that reads its cpuset.',
      },
    ]
  },
})
