import {
  BakeoffError,
  type CoreAssignment,
  formatBytes,
  hostsOf,
  type PlannedBench,
  type PlannedHost,
  type PlannedScenario,
  type PlannedSite,
  type ScenarioSpec,
} from '@bakeoff/model'
import { list } from '../words/quantities.js'
import { assignCores, type CoreDemand } from './cores.js'
import { bytesText, coresText } from './fingerprint.js'
import { AGENT_MEMORY_BYTES, RESERVED_BYTES } from './memory.js'
import { cpusOnHost } from './usable-cpus.js'

/** The cores of a scenario on the machines of a bench. */
export interface Placement {
  readonly cores: CoreAssignment
  /** of each agent, in the bench's order; null: there is one, on `cores.agent` */
  readonly agents: readonly (readonly number[])[] | null
}

/** What differs between two machines that should be alike. */
export interface ClassDifference {
  readonly what: string
  readonly first: string
  readonly other: string
}

/** Machines of one class, and of one machine from boot to boot, differ by as much memory. */
const MEMORY_TOLERANCE = 0.02

/** @throws Error for a name that the site does not have: hosts.yaml was checked before */
export function hostNamed(site: PlannedSite, name: string): PlannedHost {
  const found = site.hosts.find((host) => host.name === name)
  if (!found) throw new Error(`${site.file} has no host ${name}`)
  return found
}

/** The machine whose facts stand for the run: that of the first bench's target. */
export function mainHostOf(site: PlannedSite): PlannedHost {
  return hostNamed(site, firstOf(site).target)
}

/**
 * What tells machines of two classes apart: figures of one run come from one class. A value that is unknown of either is no difference.
 */
export function classDifferences(first: PlannedHost, other: PlannedHost): ClassDifference[] {
  const valuesOf = ({ facts, engine }: PlannedHost): readonly (readonly [string, string | null])[] => [
    ['processor', facts.cpuModel],
    ['architecture', facts.architecture],
    ['cores', coresText(cpusOnHost({ facts, engine }))],
    ['kernel', facts.kernel],
    ['CPU governor', facts.governor],
    ['engine', `${engine.name} ${engine.version}`],
    ['cgroup version', engine.cgroupVersion],
    ['storage driver', engine.storageDriver],
  ]
  const others = new Map(valuesOf(other))
  const texts = valuesOf(first).flatMap(([what, value]) => {
    const there = others.get(what) ?? null
    return value === null || there === null || value === there ? [] : [{ what, first: value, other: there }]
  })
  return isAlike(first.facts.memoryBytes, other.facts.memoryBytes)
    ? texts
    : [
        ...texts,
        {
          what: 'memory',
          first: bytesText(first.facts.memoryBytes) as string,
          other: bytesText(other.facts.memoryBytes) as string,
        },
      ]
}

function isAlike(a: number | null, b: number | null): boolean {
  return a === null || b === null || Math.abs(a - b) <= a * MEMORY_TOLERANCE
}

/** What keeps benches from being of one class, place by place: the hosts of targets, those of services, and those of each agent. */
export function classProblems(site: PlannedSite): string[] {
  return site.benches.slice(1).flatMap((bench) => differencesOf(site, bench))
}

/**
 * Refuses benches that are not of one class.
 *
 * @throws BakeoffError BAD_SPEC that names the hosts and what differs
 */
export function refuseOtherClasses(site: PlannedSite): void {
  const found = classProblems(site)
  if (found.length === 0) return
  const lines = found.map((line) => `  ${line}`)
  throw new BakeoffError('BAD_SPEC', [`${site.file}: the benches are not of one class`, ...lines].join('\n'), {
    hint: 'Figures of one run come from machines of one class. Make them alike, or measure with one hosts.yaml for each class.',
  })
}

function differencesOf(site: PlannedSite, bench: PlannedBench): string[] {
  const first = firstOf(site)
  const pairs = new Map(
    [
      [first.target, bench.target] as const,
      [first.services, bench.services] as const,
      ...first.agents.map((host, index) => [host, bench.agents[index] as string] as const),
    ].map(([one, other]) => [other, one]),
  )
  return [...pairs].flatMap(([name, of]) =>
    classDifferences(hostNamed(site, of), hostNamed(site, name)).map(
      ({ what, first: was, other: is }) => `${what}: ${of} ${was}, ${name} ${is}`,
    ),
  )
}

function firstOf({ file, benches: [first] }: PlannedSite): PlannedBench {
  if (!first) throw new Error(`${file} has no bench`)
  return first
}

/**
 * The cores of each role on its host, by the rules of one machine for the roles that are there. They are those of the first bench; those of the
 * others are the same, since their hosts are of one class.
 */
export function placeOn(site: PlannedSite, demand: CoreDemand): Placement {
  return placeOnBench(site, firstOf(site), demand)
}

/** As `placeOn`, on one bench. */
export function placeOnBench(site: PlannedSite, bench: PlannedBench, demand: CoreDemand): Placement {
  const hosts = hostsOf(bench).map((name) => {
    const agent = bench.agents.indexOf(name)
    const own: CoreDemand = {
      ...demand,
      target: name === bench.target ? demand.target : null,
      services: name === bench.services ? demand.services : [],
      ...(agent < 0 ? { agent: false } : {}),
    }
    const isIdle = own.target === null && own.services.length === 0 && own.agent === false
    return { name, agent, assigned: isIdle ? null : assignCores(cpusOnHost(hostNamed(site, name)), own, 'probe') }
  })
  const on = (name: string) => hosts.find((host) => host.name === name)?.assigned ?? null
  const agents = bench.agents.map((name) => on(name)?.agent ?? [])
  const isSeveral = agents.length > 1
  return {
    cores: {
      target: on(bench.target)?.target ?? [],
      services: on(bench.services)?.services ?? {},
      agent: agents[0] ?? [],
      orchestrator: on(bench.target)?.orchestrator ?? [],
      shared: hosts.flatMap(({ agent, assigned }) =>
        (assigned?.shared ?? []).map((roles) =>
          isSeveral ? roles.map((role) => (role === 'agent' ? `agent-${agent + 1}` : role)) : roles,
        ),
      ),
      notes: hosts.flatMap(({ name, assigned }) =>
        (assigned?.notes ?? []).map((note) => `${namesLike(site, bench, name)}: ${note}`),
      ),
    },
    agents: isSeveral ? agents : null,
  }
}

/** The host, with those that have its place on the other benches: `node-1, node-2 and node-3`, `node-1 and 8 others`. */
function namesLike(site: PlannedSite, bench: PlannedBench, name: string): string {
  const placeIn = hostsOf(bench).indexOf(name)
  const names = site.benches.map((each) => hostsOf(each)[placeIn] as string)
  return names.length > 3 ? `${name} and ${names.length - 1} others` : list(names)
}

/**
 * Checks that each machine has the memory of the roles that are on it.
 *
 * @throws BakeoffError OUT_OF_RESOURCES that names the host
 */
export function checkMemoryOn(site: PlannedSite, planned: PlannedScenario, { file }: Pick<ScenarioSpec, 'file'>): void {
  for (const bench of site.benches) {
    for (const name of hostsOf(bench)) checkHost(hostNamed(site, name), partsOn(bench, name, planned), file)
  }
}

interface Part {
  readonly name: string
  readonly bytes: number
}

function partsOn(bench: PlannedBench, host: string, { targetCaps, services }: PlannedScenario): Part[] {
  return [
    ...(bench.target === host ? [{ name: 'target', bytes: targetCaps.memoryBytes }] : []),
    ...(bench.services === host ? services.map(({ name, caps }) => ({ name, bytes: caps.memoryBytes })) : []),
    ...(bench.agents.includes(host) ? [{ name: 'load agent', bytes: AGENT_MEMORY_BYTES }] : []),
  ]
}

function checkHost({ name, engine }: PlannedHost, parts: readonly Part[], file: string): void {
  const needed = parts.reduce((sum, { bytes }) => sum + bytes, RESERVED_BYTES)
  if (needed <= engine.memoryBytes) return
  throw new BakeoffError(
    'OUT_OF_RESOURCES',
    `${file}: on ${name} ${list(parts.map((part) => `${part.name} ${formatBytes(part.bytes)}`))} need ${formatBytes(needed)} with what is left to the system, and its engine has ${formatBytes(engine.memoryBytes)}`,
    {
      hint: 'Lower mem_limit in this file, give the roles other hosts in hosts.yaml, or leave the scenario out: npm run matrix -- --scenario NAME',
    },
  )
}
