import { coresUsed } from '../../figures/cpu.js'
import { typical } from '../../figures/estimate.js'
import { thresholds } from '../../thresholds.js'
import { ofItsCores, percent } from '../../words/quantities.js'
import { defineCause } from './define.js'
import { targetUse } from './use.js'

export const targetCpu = defineCause({
  id: 'target-cpu',
  about: 'The target filled the cores of its cap. This is the limit that a comparison of stacks is about.',
  because: 'its cores were full',
  limits: () => ({ what: 'own cores', isOwn: true }),
  against: (view) => targetUse(view),
  find: (view) => {
    const used = typical(coresUsed, view)
    const cap = view.entry.caps.cpus
    if (used === null || used / cap < thresholds.full) return []
    return [
      {
        effect: 'explains',
        evidence: `the target used ${ofItsCores(used, cap)} (${percent(used / cap)})`,
      },
    ]
  },
})
