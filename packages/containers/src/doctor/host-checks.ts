/** What is told of each host of hosts.yaml, and of what joins them. Pure. */
import type { BakeoffError, EngineFacts, HostFacts, HostSpec, NetworkKind } from '@bakeoff/model'
import type { Hole } from '../engine/holes.js'
import type { ProbeClock, ProbeFacts } from '../probe/index.js'
import { VXLAN_BYTES } from '../session/testbed-network.js'
import { type HostState, membershipOf, readinessOf, SWARM_PORTS, type SwarmState } from '../swarm/index.js'
import { list } from '../swarm/readiness.js'
import { asChecks, bad, type Check, type DoctorCheck, examineMachine, type Finding, ok, warn } from './checks.js'

/** What was found of one host. */
export type HostFindings = SeenHost | UnseenHost

/** A host whose engine cannot be reached. */
export interface UnseenHost {
  readonly spec: HostSpec
  readonly problem: BakeoffError
}

export interface SeenHost {
  readonly spec: HostSpec
  readonly engine: EngineFacts
  readonly holes: readonly Hole[]
  /** its probe's; where there is none, what the engine says */
  readonly facts: HostFacts
  readonly hasLiveRestore: boolean
  readonly swarm: SwarmState
  readonly probe: ProbeFindings
  /** how many of target, services and load agent it has; of several benches the most */
  readonly roles: number
}

export type ProbeFindings =
  | { readonly kind: 'asked'; readonly facts: ProbeFacts; readonly clock: ProbeClock }
  /** the engine does not have its image yet */
  | { readonly kind: 'no-image' }
  /** it could not be started: another run has the engine, or the engine refuses */
  | { readonly kind: 'failed'; readonly error: BakeoffError }

export function isSeen(findings: HostFindings): findings is SeenHost {
  return 'engine' in findings
}

/** A host with the lines about it. */
export interface HostChecks {
  readonly host: string
  readonly checks: readonly DoctorCheck[]
}

/** The lines that `npm run hosts -- check` shows of those of a machine; doctor shows them all. */
const OF_SEVERAL_MACHINES: ReadonlySet<string> = new Set(['engine', 'cgroup', 'cores', 'memory', 'disk', 'governor'])

/** What only a probe can tell. */
const OF_PROBES: ReadonlySet<string> = new Set(['disk', 'pressure', 'autogroup', 'governor', 'clock'])

/** The lines about one host. @param all also what concerns one machine alone, as doctor shows it */
export function examineHost(
  findings: HostFindings,
  network: NetworkKind,
  { all }: { readonly all: boolean },
): HostChecks {
  const host = findings.spec.name
  if (!isSeen(findings)) return { host, checks: asChecks([{ id: 'way', title: 'Way', look: lookAtUnseen }], findings) }
  const { engine, facts, holes, probe, roles } = findings
  const isProbed = probe.kind === 'asked'
  const ofMachine = examineMachine({
    host: facts,
    engine,
    engineProblem: null,
    engineDiskFreeBytes: null,
    holes,
    inSite: { isProbed, roles },
  })
  const checks = [
    ...asChecks(CHECKS_BEFORE, findings),
    ...ofMachine.filter(({ id }) => all || OF_SEVERAL_MACHINES.has(id)),
    ...asChecks(CHECKS, findings),
    ...(network === 'overlay' ? asChecks(OVERLAY_CHECKS, findings) : []),
  ]
  return { host, checks: checks.filter(({ id }) => isProbed || !OF_PROBES.has(id)) }
}

const CHECKS_BEFORE: readonly Check<SeenHost>[] = [{ id: 'way', title: 'Way', look: ({ spec }) => ok(spec.docker) }]

const CHECKS: readonly Check<SeenHost>[] = [
  { id: 'kernel', title: 'Kernel', look: ({ facts }) => ok(`${facts.kernel ?? 'unknown'}, ${facts.os}`) },
  { id: 'probe', title: 'Probe', look: lookAtProbe },
  { id: 'clock', title: 'Clock', look: lookAtClock },
]

/** What only hosts have to fulfil that are joined by an overlay network. */
const OVERLAY_CHECKS: readonly Check<SeenHost>[] = [
  { id: 'address', title: 'Address', look: lookAtAddress },
  { id: 'live-restore', title: 'Live restore', look: lookAtLiveRestore },
  { id: 'swarm', title: 'Swarm', look: lookAtSwarm },
]

function lookAtUnseen({ spec, problem }: UnseenHost): Finding {
  return bad(`${spec.docker}: ${problem.message}`, problem.hint)
}

function lookAtProbe({ probe }: SeenHost): Finding {
  switch (probe.kind) {
    case 'asked':
      return ok('it runs here, and reads the counters')
    case 'no-image':
      return warn(
        'not there yet: topology, governor, disk, clock and network interfaces cannot be told',
        'npm run hosts -- prepare',
      )
    case 'failed':
      return probe.error.code === 'ENGINE_HELD'
        ? warn(probe.error.message, probe.error.hint)
        : bad(probe.error.message, probe.error.hint)
  }
}

/** Beyond this the certificates of a swarm, and the times in logs, are hard to follow. Figures do not depend on it. */
const MOST_WALL_OFFSET_MS = 5_000

function lookAtClock({ probe }: SeenHost): Finding {
  if (probe.kind !== 'asked') return ok('unknown')
  const { wallOffsetMs, errorMs } = probe.clock
  const side = wallOffsetMs > 0 ? 'behind' : 'ahead of'
  const what = `${Math.abs(wallOffsetMs).toFixed(1)} ms ${side} this machine's, ±${errorMs.toFixed(1)} ms`
  return Math.abs(wallOffsetMs) > MOST_WALL_OFFSET_MS
    ? warn(what, 'Let all machines set their clocks by NTP: timedatectl set-ntp true')
    : ok(what)
}

function lookAtAddress({ spec: { name, address }, probe }: SeenHost): Finding {
  if (address === null)
    return bad('none is given', 'Write the IPv4 address that is measured over: `address: 10.10.0.11`')
  if (probe.kind !== 'asked') return ok(`${address}, on an interface that the probe will tell`)
  const { uplink, uplinkMtu } = probe.facts
  if (uplink === null)
    return bad(
      `${address} is on no interface of this machine`,
      `Write the address that it has on the network which is measured over; on ${name}: ip -4 addr`,
    )
  return ok(`${address} on ${uplink}, MTU ${uplinkMtu ?? 'unknown'}`)
}

function lookAtLiveRestore({ spec: { name }, hasLiveRestore }: SeenHost): Finding {
  if (!hasLiveRestore) return ok('off')
  return bad(
    'on, which excludes Swarm',
    `Take "live-restore" out of /etc/docker/daemon.json on ${name}, and restart its engine`,
  )
}

function lookAtSwarm({ spec, engine, swarm }: SeenHost): Finding {
  if (engine.reducedTruth)
    return bad('Podman has no networks over several machines', 'Use Docker Engine where a bench has several machines')
  switch (swarm.kind) {
    case 'none':
      if (engine.rootless)
        return bad(
          'a rootless engine cannot be in one',
          'Use an engine that runs as root where a bench has several machines',
        )
      return warn('in none yet', 'npm run hosts -- prepare')
    case 'broken':
      return bad(
        `in one that does not work: ${swarm.problem}`,
        `If nothing needs that swarm, run \`docker swarm leave --force\` on ${spec.name}`,
      )
    case 'worker':
    case 'manager': {
      const what =
        swarm.kind === 'worker'
          ? 'worker'
          : `manager of one that Bakeoff ${swarm.formedByBakeoff ? 'formed' : 'did not form'}`
      if (swarm.address === spec.address) return ok(what)
      return warn(
        `${what}, which knows it as ${swarm.address}: packets go over that address, not over ${spec.address}`,
        'Write that address in the file of hosts, or join the swarm anew with --advertise-addr and --data-path-addr',
      )
    }
  }
}

/** The lines about what joins the hosts. */
export function examineBetween(all: readonly HostFindings[], network: NetworkKind): DoctorCheck[] {
  const hosts = all.filter(isSeen)
  const machines: Check<readonly SeenHost[]> = { id: 'machines', title: 'Machines', look: lookAtMachines }
  return asChecks(network === 'overlay' ? [machines, ...BETWEEN_CHECKS] : [machines], hosts)
}

const BETWEEN_CHECKS: readonly Check<readonly SeenHost[]>[] = [
  { id: 'one-swarm', title: 'One swarm', look: lookAtOneSwarm },
  { id: 'ports', title: 'Ports', look: lookAtPorts },
  { id: 'mtu', title: 'MTU', look: lookAtMtu },
]

function lookAtMachines(hosts: readonly SeenHost[]): Finding {
  const twins = hosts.flatMap((host, index) => {
    const other = hosts.slice(0, index).find(({ engine }) => engine.id && engine.id === host.engine.id)
    return other ? [`${other.spec.name} and ${host.spec.name} are the same engine`] : []
  })
  if (twins.length > 0)
    return bad(
      twins.join('\n'),
      'Every host is a machine of its own: remove one. Machines that were cloned share an id: remove /etc/docker/key.json on one, and restart its engine',
    )
  return ok(hosts.length === 1 ? 'one engine' : `${hosts.length} engines of their own`)
}

function lookAtOneSwarm(hosts: readonly SeenHost[]): Finding {
  const readiness = readinessOf(membershipOf(hosts.map(asState)))
  switch (readiness.kind) {
    case 'ready':
      return ok(`all are in the swarm of ${readiness.manager.name}, which makes the networks`)
    case 'to-form':
      return warn('not formed yet', 'npm run hosts -- prepare')
    case 'to-join':
      return warn(
        `${list(readiness.missing)} ${readiness.missing.length > 1 ? 'are' : 'is'} not in the swarm of ${readiness.manager.name} yet`,
        'npm run hosts -- prepare',
      )
    case 'unusable':
      return bad(readiness.problem, readiness.todo)
  }
}

function asState({ spec, swarm }: SeenHost): HostState {
  return { name: spec.name, state: swarm }
}

function lookAtPorts(hosts: readonly SeenHost[]): Finding {
  const addresses = hosts.flatMap(({ spec }) => spec.address ?? [])
  return ok(
    `to be open between ${list(addresses)}: ${SWARM_PORTS}. Whether they are, is told when the swarm is formed, and by the first run`,
  )
}

function lookAtMtu(hosts: readonly SeenHost[]): Finding {
  const known = hosts.flatMap(({ spec, probe }) =>
    probe.kind === 'asked' && probe.facts.uplinkMtu !== null ? [{ name: spec.name, mtu: probe.facts.uplinkMtu }] : [],
  )
  if (known.length < hosts.length || hosts.length === 0) return ok('the probes will tell')
  const least = Math.min(...known.map(({ mtu }) => mtu))
  const what = `${least - VXLAN_BYTES} inside of the overlay`
  if (known.every(({ mtu }) => mtu === least)) return ok(what)
  return warn(
    `${what}: ${known.map(({ name, mtu }) => `${name} has ${mtu}`).join(', ')}`,
    'Give all interfaces the same MTU, unless what is between them does not let larger packets through',
  )
}
