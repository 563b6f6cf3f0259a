import { thresholds } from '../../thresholds.js'
import { isBesideProbe } from '../../words/benches.js'
import { cores, list, percent } from '../../words/quantities.js'
import { defineCause } from './define.js'
import { areHeldByQuotas, coresOf, usedBy } from './tenants.js'

/**
 * A role that shares cores with the target takes time from it, which is always a doubt. Services and agent that share cores among
 * themselves are a doubt only when together they filled those cores, or when that is unknown. Below that, and for the
 * orchestrator, which only waits while a load runs, and the probe, which takes about 1 % of a core, the cell only mentions it, as it does
 * where quotas keep the roles apart.
 */
export const sharedCores = defineCause({
  id: 'shared-cores',
  about: 'The machine has too few cores to give each role its own.',
  because: 'roles held one another back on shared cores',
  delays: true,
  warning: {
    what: 'Roles held one another back on the cores they share',
    todo: 'Use a machine with more cores; four are enough for most scenarios.',
  },
  find: (view) =>
    view.scenario.cores.shared.map((roles) => {
      const subject = roles.join('+')
      const ids = coresOf(view, roles)
      const together = `${list(roles)} shared ${ids.size === 1 ? `core ${[...ids][0]}` : `cores ${[...ids].join(', ')}`}`
      if (areHeldByQuotas(view, roles))
        return { effect: 'explains', evidence: `${together}, which hold their quotas together`, subject }
      if (isBesideProbe(roles))
        return { effect: 'explains', evidence: `${together}; the probe takes about 1 % of a core`, subject }
      if (roles.includes('target'))
        return {
          effect: 'doubts',
          evidence: `${together}: ${view.scenario.isUncapped ? 'the target has no cap, as its source had none' : 'the target did not have its cores to itself'}`,
          subject,
        }
      const working = roles.filter((role) => role !== 'orchestrator' && role !== 'probe')
      if (working.length < 2)
        return { effect: 'explains', evidence: `${together}; the orchestrator waits while a load runs`, subject }
      const used = usedBy(view, working)
      if (used === null) return { effect: 'doubts', evidence: `${together}; how much they used is not known`, subject }
      const share = used / Math.max(1, ids.size)
      const use = `together they used ${cores(used)} (${percent(share)})`
      return share > thresholds.sharedCoresFull
        ? { effect: 'doubts', evidence: `${together}, and ${use}: they held one another back`, subject }
        : { effect: 'explains', evidence: `${together}; ${use}, so each had what it asked for`, subject }
    }),
})
