import { formatBytes } from '@bakeoff/model'
import { many } from '../../words/quantities.js'
import { defineLint } from './define.js'

export const heapAboveCap = defineLint({
  id: 'heap-above-cap',
  description: "The runtime's heap limit is above the memory cap.",
  find: ({ entry, info }) => {
    const limit = info?.heapLimitBytes ?? null
    if (limit === null) return []
    const processes = Math.max(1, info?.workers ?? 1) * entry.replicas
    const cap = entry.caps.memoryBytes
    if (limit * processes <= cap) return []
    return [
      {
        message: `the heap may grow to ${formatBytes(limit)}${processes === 1 ? '' : ` in each of ${many(processes, 'process', 'processes')} (${formatBytes(limit * processes)} in all)`}; the cap is ${formatBytes(cap)}`,
        consequence: 'The collector sees no reason to work harder before the kernel kills the process.',
        hint: 'Set the limit from MEMORY_BYTES, for example three quarters of it: --max-old-space-size, GOMEMLIMIT.',
      },
    ]
  },
})
