import { hostsOf } from './bench-hosts.js'
import type { NetworkKind, PlannedBench, PlannedSite } from './machines.js'

/** `3 machines over an overlay network`, of a fleet `9 machines, each by itself`. */
export function machinesWords({ hosts, network }: Pick<PlannedSite, 'hosts' | 'network'>): string {
  const count = `${hosts.length} ${hosts.length === 1 ? 'machine' : 'machines'}`
  if (network === 'overlay') return `${count} over an overlay network`
  return hosts.length === 1 ? count : `${count}, each by itself`
}

/** `target on bench-1, services on db-1, load agents on load-1 and load-2`; a bench of one host: `all on node-1`. */
export function benchWords(bench: PlannedBench): string {
  const [only, ...others] = hostsOf(bench)
  if (others.length === 0) return `all on ${only}`
  const { target, services, agents } = bench
  const first =
    services === target ? [`target and services on ${target}`] : [`target on ${target}`, `services on ${services}`]
  return [...first, `${agents.length === 1 ? 'load agent' : 'load agents'} on ${agents.join(' and ')}`].join(', ')
}

/** The kind of network between target and load agent. Who pays for a packet differs, so figures over two kinds are never compared. */
export function networkWords(network: NetworkKind): string {
  return network === 'overlay' ? 'overlay: packets between machines are wrapped (VXLAN)' : 'bridge of one machine'
}
