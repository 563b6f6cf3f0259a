import type { PlannedBench, PlannedSite } from '@bakeoff/model'

/** Which roles of a bench are on one machine, without its name: `target and services on one host, 2 agents on hosts of their own`. */
export function benchShape({ target, services, agents }: PlannedBench): string {
  const apart = agents.filter((host) => host !== target && host !== services).length
  return [
    services === target ? 'target and services on one host' : 'services on a host of their own',
    ...(agents.includes(target) ? ['an agent beside the target'] : []),
    ...(services !== target && agents.includes(services) ? ['an agent beside the services'] : []),
    ...(apart > 0 ? [`${apart} ${apart === 1 ? 'agent on a host of its own' : 'agents on hosts of their own'}`] : []),
  ].join(', ')
}

/** What sets the shapes of two benches apart: the order of agents counts too, as each has its part of the load. */
export function benchShapeKey({ target, services, agents }: PlannedBench): string {
  return [services === target, ...agents.map((host) => (host === target ? 't' : host === services ? 's' : '-'))].join()
}

/** `Xeon, 8 CPUs` for each machine other than the target's, each kind once; null where there is none. */
export function otherMachinesWords(
  { hosts, benches: [bench] }: Pick<PlannedSite, 'hosts' | 'benches'>,
  role: 'services' | 'agents',
): string | null {
  const names = role === 'services' ? [bench?.services] : (bench?.agents ?? [])
  const kinds = names
    .filter((name) => name !== bench?.target)
    .flatMap((name) => hosts.filter((host) => host.name === name))
    .map(({ facts }) => `${facts.cpuModel ?? 'unknown'}, ${facts.cpus.length} CPUs`)
  return kinds.length === 0 ? null : [...new Set(kinds)].join(' and ')
}

/** Whether roles that share cores are one and the probe of its machine, which costs it next to nothing. */
export function isBesideProbe(roles: readonly string[]): boolean {
  return roles.length === 2 && roles.includes('probe')
}
