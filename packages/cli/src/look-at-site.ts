/** What `npm run hosts -- check` and `npm run doctor -- --hosts` tell of the machines of a run. */
import {
  type DoctorCheck,
  examineBetween,
  examineHost,
  type HostChecks,
  lookAtHosts,
  newOwner,
  reachHosts,
} from '@bakeoff/containers'
import { type HostsSpec, networkOf } from '@bakeoff/model'
import { sectionLines } from './doctor-lines.js'
import type { Invocation } from './invocation.js'
import type { Terminal } from './terminal.js'

/** The lines about machines: as they are printed, and with --json. */
export interface SiteChecks {
  readonly hosts: readonly HostChecks[]
  readonly between: readonly DoctorCheck[]
}

/** @param all also what concerns each machine alone, as doctor shows it */
export async function lookAtSite(
  { terminal, stop: { signal } }: Pick<Invocation, 'terminal' | 'stop'>,
  spec: HostsSpec,
  how: { readonly all: boolean },
): Promise<SiteChecks> {
  terminal.live(`looking at ${spec.hosts.map(({ name }) => name).join(', ')} …`)
  await using reached = await reachHosts(spec.hosts, signal)
  const options = { owner: await newOwner(), say: terminal.say, signal }
  const found = await lookAtHosts(reached.hosts, spec, options)
  terminal.live('')
  const network = networkOf(spec.benches)
  return {
    hosts: found.map((each) => examineHost(each, network, how)),
    between: examineBetween(found, network),
  }
}

export function siteLines({ hosts, between }: SiteChecks, terminal: Pick<Terminal, 'colours'>): string[] {
  return [
    ...hosts.flatMap(({ host, checks }) => [...sectionLines(host, checks, terminal), '']),
    ...sectionLines('Between the machines', between, terminal),
  ]
}

/** Whether nothing prevents a run. */
export function isFine({ hosts, between }: SiteChecks): boolean {
  return [...hosts.flatMap(({ checks }) => checks), ...between].every(({ state }) => state !== 'bad')
}
