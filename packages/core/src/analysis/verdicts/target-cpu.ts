import { typical } from '../estimate.js'
import { coresUsed } from '../metrics/cpu.js'
import { thresholds } from '../thresholds.js'
import { cores, percent } from '../words.js'
import { defineVerdict } from './define.js'

export const targetCpu = defineVerdict({
  cause: 'target-cpu',
  description:
    'The target filled the cores of its cap: that is what held it back, and what a comparison of stacks is about.',
  find: (view) => {
    const used = typical(coresUsed, view)
    const cap = view.entry.caps.cpus
    if (used === null || used / cap < thresholds.full) return []
    return [
      {
        effect: 'explains',
        evidence: `the target used ${Number(used.toFixed(2))} of its ${cores(cap)} (${percent(used / cap)})`,
      },
    ]
  },
})
