import { clockError } from '../../figures/network.js'
import { thresholds } from '../../thresholds.js'
import { duration } from '../../words/quantities.js'
import { above, defineCause } from './define.js'

/** Latencies are measured by one clock, that of the agent, whatever the others say: only what is put beside them is in doubt. */
export const clockUnsure = defineCause({
  id: 'clock-unsure',
  about:
    'The clocks of the machines could not be aligned well: cold starts are not told, and readings of CPU and memory may belong to a moment before or after. Latencies do not depend on it.',
  because: 'the clocks of the machines were not aligned',
  warning: {
    what: 'The clocks of the machines could not be aligned well',
    todo: 'Look at the network to these machines; npm run hosts -- check shows how long their answers take.',
  },
  find: (view) => {
    const { hidesColdStart, doubts } = thresholds.clock
    const unsure = above(view, clockError, hidesColdStart)
    if (unsure === null) return []
    const evidence = `the clocks of the machines are aligned within ${duration(unsure.worst)} only (limit ${duration(hidesColdStart)}) ${unsure.where}`
    return unsure.worst > doubts
      ? [{ effect: 'doubts', evidence: `${evidence}: CPU and memory may be those of another moment` }]
      : [{ effect: 'explains', evidence: `${evidence}: cold starts are not told` }]
  },
})
