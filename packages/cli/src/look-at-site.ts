/** What `npm run hosts -- check` and `npm run doctor -- --hosts` tell of the machines of a run. */
import {
  type DoctorCheck,
  examineBetween,
  examineHost,
  type HostChecks,
  type HostFindings,
  isSeen,
  lookAtHosts,
  newOwner,
  reachHosts,
} from '@bakeoff/containers'
import { classProblems } from '@bakeoff/core'
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
    between: [...examineBetween(found, network), ...classCheck(found, spec)],
  }
}

/** Whether the benches are of one class; no line where there is one bench. Pure. */
export function classCheck(found: readonly HostFindings[], { file, benches }: HostsSpec): DoctorCheck[] {
  if (benches.length < 2) return []
  const seen = found.filter(isSeen)
  const line = { id: 'class', title: 'One class' }
  const probed = seen.filter(({ probe }) => probe.kind === 'asked')
  if (seen.length < found.length || (probed.length > 0 && probed.length < seen.length))
    return [{ ...line, state: 'ok', found: 'can be told when all machines are reached and probed', todo: null }]
  const hosts = seen.map(({ spec: { name, address, docker }, facts, engine }) => ({
    name,
    address,
    docker,
    facts,
    engine,
  }))
  const network = networkOf(benches)
  const problems = classProblems({ file, network, mtu: null, hosts, benches: [...benches] })
  if (problems.length === 0) {
    const known = probed.length > 0 ? '' : ', as far as their engines say'
    return [{ ...line, state: 'ok', found: `the benches are alike${known}`, todo: null }]
  }
  const todo =
    'Figures of one run come from machines of one class: make them alike, or name each class in a file of its own'
  return [{ ...line, state: 'bad', found: problems.join('\n'), todo }]
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
