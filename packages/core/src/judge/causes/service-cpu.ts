import { medianOf } from '../../stats/index.js'
import { thresholds } from '../../thresholds.js'
import { ofItsCores, percent } from '../../words/quantities.js'
import { defineCause } from './define.js'
import { crowdedCores } from './tenants.js'
import { serviceUse } from './use.js'

export const serviceCpu = defineCause({
  id: 'service-cpu',
  about: 'A service that the target needs filled its cores: the target could not have been faster in any language.',
  because: 'a service was full',
  limits: (subject) => ({ what: subject ?? 'a service', isOwn: false }),
  against: serviceUse,
  unclear: crowdedCores,
  find: ({ scenario, repetitions }) =>
    scenario.services.flatMap(({ name, caps }) => {
      const used = medianOf(repetitions.map(({ services }) => services[name]?.coresUsed ?? null))
      if (used === null || used / caps.cpus < thresholds.full) return []
      return [
        {
          effect: 'explains',
          evidence: `${name} used ${ofItsCores(used, caps.cpus)} (${percent(used / caps.cpus)})`,
          subject: name,
        } as const,
      ]
    }),
})
