import { medianOf } from '../../stats/index.js'
import { thresholds } from '../thresholds.js'
import { cores, percent } from '../words.js'
import { defineVerdict } from './define.js'

export const serviceCpu = defineVerdict({
  cause: 'service-cpu',
  description:
    'A service that the target needs filled its cores: the target could not have been faster, whatever its language.',
  find: ({ scenario, repetitions }) =>
    scenario.services.flatMap(({ name, caps }) => {
      const used = medianOf(repetitions.map(({ services }) => services[name]?.coresUsed ?? null))
      if (used === null || used / caps.cpus < thresholds.full) return []
      return [
        {
          effect: 'explains',
          evidence: `${name} used ${Number(used.toFixed(2))} of its ${cores(caps.cpus)} (${percent(used / caps.cpus)})`,
          subject: name,
        } as const,
      ]
    }),
})
