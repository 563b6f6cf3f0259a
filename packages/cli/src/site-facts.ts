import { hostFactsOf, type ProbedHost, VXLAN_BYTES } from '@bakeoff/containers'
import { type HostsSpec, networkOf, type PlannedHost, type PlannedSite } from '@bakeoff/model'

/** The MTU of Ethernet, where that of an uplink is not known. */
const USUAL_MTU = 1500

/** What a probe says of a host, and what else a plan needs of it. */
type Described = Pick<ProbedHost, 'spec'> & {
  readonly engine: Pick<ProbedHost['engine'], 'facts'>
  readonly probe: Pick<ProbedHost['probe'], 'facts'>
}

/** The site that a plan is made for. @throws ENGINE_LOST when a probe is gone */
export async function plannedSiteOf(
  { file, benches, tolerance }: HostsSpec,
  hosts: readonly Described[],
): Promise<PlannedSite> {
  const described = await Promise.all(hosts.map(async (host) => ({ host, facts: await host.probe.facts() })))
  const network = networkOf(benches)
  const uplinks = described.map(({ facts }) => facts.uplinkMtu ?? USUAL_MTU)
  return {
    file,
    network,
    mtu: network === 'overlay' ? Math.min(...uplinks) - VXLAN_BYTES : null,
    ...(tolerance === null ? {} : { tolerance }),
    hosts: described.map(
      ({ host: { spec, engine }, facts }): PlannedHost => ({
        name: spec.name,
        address: spec.address,
        docker: spec.docker,
        facts: hostFactsOf(facts),
        engine: engine.facts,
      }),
    ),
    benches: benches.map((bench) => ({ ...bench, agents: [...bench.agents] })),
  }
}
