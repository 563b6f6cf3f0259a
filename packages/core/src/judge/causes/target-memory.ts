import { formatBytes } from '@bakeoff/model'
import { typical } from '../../figures/estimate.js'
import { memoryPeak } from '../../figures/memory.js'
import { thresholds } from '../../thresholds.js'
import { many, percent } from '../../words/quantities.js'
import { defineCause, inRepetitions } from './define.js'

export const targetMemory = defineCause({
  id: 'target-memory',
  about:
    'The target ran into its memory cap: the kernel killed a process of it, or it came so close that it must have been reclaiming.',
  because: 'the target was short of memory',
  limits: () => ({ what: 'memory', isOwn: true }),
  against: (view) => {
    const peak = typical(memoryPeak, view)
    const { target, caps } = view.entry
    return peak === null ? null : `${target} held ${percent(peak / caps.memoryBytes)} of its memory`
  },
  find: (view) => {
    const killed = view.repetitions.filter(({ record }) => record.oomKills > 0)
    const cap = view.entry.caps.memoryBytes
    if (killed.length > 0) {
      const kills = killed.reduce((sum, { record }) => sum + record.oomKills, 0)
      return [
        {
          effect: 'invalidates',
          evidence: `the kernel killed ${many(kills, 'process', 'processes')} of the target for memory ${inRepetitions(
            killed.map(({ number }) => number),
            view.repetitions.length,
          )}; its cap is ${formatBytes(cap)}`,
        },
      ]
    }
    const peak = typical(memoryPeak, view)
    if (peak === null || peak / cap <= thresholds.memoryFull) return []
    return [
      {
        effect: 'doubts',
        evidence: `the target held ${formatBytes(peak)} of its ${formatBytes(cap)} (${percent(peak / cap)})`,
      },
    ]
  },
})
