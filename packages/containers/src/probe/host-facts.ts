import { type HostFacts, hostFacts } from '@bakeoff/model'
import type { ProbeFacts } from './protocol.js'

/** The machine as plans see it: an engine may be kept to some of its processors, and only those can be planned with. */
export function hostFactsOf(facts: ProbeFacts): HostFacts {
  const { cpus, allowedCpus } = facts
  return hostFacts.parse({
    ...facts,
    cpus: allowedCpus.length === 0 ? cpus : cpus.filter(({ id }) => allowedCpus.includes(id)),
  })
}
