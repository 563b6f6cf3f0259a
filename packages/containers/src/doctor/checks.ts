import { type BakeoffError, type EngineFacts, formatBytes, type HostFacts } from '@bakeoff/model'
import type { PrivateCertificate } from '../base/certificates.js'
import type { LocalImage } from '../building/lookup.js'
import { uncappedProblem } from '../engine/caps.js'
import { type Hole, holeSentence } from '../engine/holes.js'

/** One line of `npm run doctor`. */
export interface DoctorCheck {
  readonly id: string
  readonly title: string
  readonly state: 'ok' | 'warn' | 'bad'
  /** words that say what was found */
  readonly found: string
  /** what to do about it; null when there is nothing to do */
  readonly todo: string | null
}

/** The facts that the checks look at, gathered before the first of them. */
export interface DoctorFindings {
  readonly host: HostFacts
  readonly engine: EngineFacts | null
  /** the reason why there is no engine to use */
  readonly engineProblem: BakeoffError | null
  /** free bytes on the disk that the engine keeps images on, where they can be read */
  readonly engineDiskFreeBytes: number | null
  /** published ways out of a container that are not known to be closed in this engine */
  readonly holes: readonly Hole[]
  readonly base: LocalImage | null
  readonly certificates: readonly PrivateCertificate[]
  /** path of a Chromium, or null */
  readonly chromium: string | null
}

/** The facts of one machine and its engine. */
export type MachineFindings = Pick<
  DoctorFindings,
  'host' | 'engine' | 'engineProblem' | 'engineDiskFreeBytes' | 'holes'
> & {
  /** of a host of hosts.yaml */
  readonly inSite?: {
    /** a probe was asked there, which reads what cannot be read from here */
    readonly isProbed: boolean
    /** how many of target, services and load agent it has */
    readonly roles: number
  }
}

/** The lines of doctor: one per check, always all of them and in this order. Pure. */
export function examine(findings: DoctorFindings): DoctorCheck[] {
  return [...examineMachine(findings), ...asChecks(PROJECT_CHECKS, findings)]
}

/** Those of the lines that are about a machine, which may be another one. Pure. */
export function examineMachine(findings: MachineFindings): DoctorCheck[] {
  return asChecks(MACHINE_CHECKS, findings)
}

export type Finding = Omit<DoctorCheck, 'id' | 'title'>

export interface Check<Findings> {
  readonly id: string
  readonly title: string
  readonly look: (findings: Findings) => Finding
}

export function asChecks<Findings>(checks: readonly Check<Findings>[], findings: Findings): DoctorCheck[] {
  return checks.map(({ id, title, look }) => ({ id, title, ...look(findings) }))
}

/** The checks of a machine. A new check is one entry here. */
const MACHINE_CHECKS: readonly Check<MachineFindings>[] = [
  { id: 'engine', title: 'Container engine', look: lookAtEngine },
  { id: 'cgroup', title: 'Control groups', look: lookAtCgroup },
  { id: 'isolation', title: 'Isolation', look: lookAtIsolation },
  { id: 'holes', title: 'Known holes', look: lookAtHoles },
  { id: 'cores', title: 'Cores', look: lookAtCores },
  { id: 'memory', title: 'Memory', look: lookAtMemory },
  { id: 'disk', title: 'Disk', look: lookAtDisk },
  { id: 'pressure', title: 'CPU pressure', look: lookAtPressure },
  { id: 'autogroup', title: 'Scheduler autogroups', look: lookAtAutogroup },
  { id: 'governor', title: 'CPU governor', look: lookAtGovernor },
]

/** The checks of what this machine has for the project. */
const PROJECT_CHECKS: readonly Check<DoctorFindings>[] = [
  { id: 'base', title: 'Base image', look: lookAtBase },
  { id: 'certificates', title: 'Private certificates', look: lookAtCertificates },
  { id: 'chromium', title: 'Chromium', look: lookAtChromium },
]

export const ok = (found: string): Finding => ({ state: 'ok', found, todo: null })
export const warn = (found: string, todo: string | null): Finding => ({ state: 'warn', found, todo })
export const bad = (found: string, todo: string | null): Finding => ({ state: 'bad', found, todo })

function lookAtEngine({ engine, engineProblem, inSite }: MachineFindings): Finding {
  if (engineProblem !== null) return bad(engineProblem.message, engineProblem.hint)
  if (engine === null)
    return bad('none', '`npm run matrix` sets one up on Debian and Ubuntu as root; elsewhere install Docker or Podman')
  const place = inSite === undefined ? ` at ${engine.endpoint}, found by ${engine.foundBy}` : ''
  const what = `${engine.name} ${engine.version} (API ${engine.apiVersion})${place}`
  if (engine.reducedTruth)
    return warn(
      engine.rootless ? `${what}, rootless` : what,
      'Podman reads memory and CPU rarely and does not report OOM kills: use Docker for figures to publish',
    )
  if (engine.rootless)
    return warn(
      `${what}, rootless`,
      'Its network goes through user space: use an engine that runs as root for figures to publish',
    )
  return ok(what)
}

function lookAtCgroup({ engine, inSite }: MachineFindings): Finding {
  if (engine === null) return warn('unknown without an engine', null)
  if (engine.cgroupVersion === null) return warn('the engine does not say', null)
  const uncapped = uncappedProblem(engine)
  if (uncapped !== null) return bad(uncapped.message, uncapped.hint)
  const what = `version ${engine.cgroupVersion}, driver ${engine.cgroupDriver ?? 'unknown'}`
  if (inSite !== undefined) return ok(what)
  return ok(
    engine.sameKernel
      ? `${what}, readable from here`
      : `${what}, in another kernel: read through the engine, once a second`,
  )
}

/** Whether targets are kept from this machine. This check says what the engine can do; every run tries it. */
function lookAtIsolation({ engine }: MachineFindings): Finding {
  if (engine === null) return warn('unknown without an engine', null)
  if (engine.reducedTruth)
    return warn(
      'Podman gives its machine an address on every network: services there that listen on all addresses are open to targets',
      'Use Docker for targets that you do not trust, or make sure that nothing listens on all addresses: ss -ltn',
    )
  const [major = 0, minor = 0] = engine.version.split('.').map((part) => Number.parseInt(part, 10))
  if (major < 20 || (major === 20 && minor < 10))
    return warn(
      `Docker ${engine.version} cannot keep its machine's address off a network: services there are open to targets`,
      'Update Docker: 20.10 can, and only the newest versions get fixes',
    )
  const what = 'targets reach their testbed only, not this machine'
  if (major >= 25) return ok(what)
  return warn(
    `${what}; Docker ${engine.version} gets no more fixes from its makers`,
    'For targets that you do not trust, update it, or check that your distribution fixes it; its known holes are below',
  )
}

function lookAtHoles({ engine, holes }: MachineFindings): Finding {
  if (engine === null) return warn('unknown without an engine', null)
  if (engine.name === 'Podman') return ok('Bakeoff has no list for Podman')
  if (holes.length === 0) return ok('none that Bakeoff knows of')
  return warn(
    holes.map(holeSentence).join('\n'),
    holes.every(({ closedBy }) => closedBy !== null)
      ? 'Update the engine when you can'
      : 'Update the engine before you measure targets that you do not trust',
  )
}

function lookAtCores({ host, engine, inSite }: MachineFindings): Finding {
  const cpus = engine?.cpus || host.cpus.length
  const physical = new Set(host.cpus.map(({ core, package: socket }) => `${socket}/${core}`)).size
  const isFlat = inSite === undefined ? engine?.sameKernel === false : !inSite.isProbed
  const what =
    isFlat || physical === 0 ? `${cpus}` : `${cpus} (${physical} physical)${host.cpuModel ? `, ${host.cpuModel}` : ''}`
  if (inSite?.roles === 1)
    return cpus < 2
      ? warn(what, 'The system shares the one core with what is measured: 2 or more keep them apart')
      : ok(what)
  if (cpus < 2)
    return bad(what, 'Target, services and load agent need cores of their own: use a machine with at least 2, better 8')
  if (cpus < 4)
    return warn(what, 'Services, agent and system share cores, and caps are scaled down: 8 or more keep all apart')
  return ok(what)
}

function lookAtMemory({ host, engine, inSite }: MachineFindings): Finding {
  const bytes = engine?.memoryBytes || host.memoryBytes
  if (bytes === null) return warn('unknown', null)
  const what = formatBytes(bytes)
  if (inSite?.roles === 1)
    return bytes < 2.5 * GIB
      ? warn(what, 'A target, or its services, take 2 GiB: 3 GiB or more is comfortable')
      : ok(what)
  if (bytes < 3.5 * GIB) return bad(what, 'A target and its service take 2 GiB each: give the engine at least 6 GiB')
  if (bytes < 5.5 * GIB)
    return warn(what, 'A target and its service take 2 GiB each, builds up to 2 GiB: 6 GiB or more is comfortable')
  return ok(what)
}

function lookAtDisk({ host, engineDiskFreeBytes }: MachineFindings): Finding {
  const bytes = engineDiskFreeBytes ?? host.diskFreeBytes
  if (bytes === null) return warn('unknown', null)
  const what = `${formatBytes(bytes)} free`
  const todo = 'All shipped images and their build layers take about 20 GiB: make room, or `npm run clean`'
  if (bytes < 5 * GIB) return bad(what, todo)
  if (bytes < 20 * GIB) return warn(what, todo)
  return ok(what)
}

function lookAtPressure({ host }: MachineFindings): Finding {
  if (host.cpuPressure === null) return ok('this kernel does not say')
  const what = `something waited for a CPU in ${Math.round(host.cpuPressure * 100)} % of the last 10 s`
  return host.cpuPressure > 0.1 ? warn(what, 'Stop what else is running here: it will be in the figures') : ok(what)
}

function lookAtAutogroup({ host }: MachineFindings): Finding {
  if (host.autogroup === null) return ok('not in this kernel')
  if (!host.autogroup) return ok('off')
  return warn(
    'on: sessions get equal shares, and weights do not count',
    'For figures to publish: sudo sysctl kernel.sched_autogroup_enabled=0',
  )
}

function lookAtGovernor({ host }: MachineFindings): Finding {
  if (host.governor === null)
    return ok(
      host.virtualisation ? `set by the host of this virtual machine (${host.virtualisation})` : 'cannot be read here',
    )
  if (host.governor === 'performance') return ok(host.governor)
  return warn(
    host.governor,
    'Clock rates follow the load with a delay. For figures to publish: sudo cpupower frequency-set -g performance',
  )
}

function lookAtBase({ base, engine }: DoctorFindings): Finding {
  if (engine === null) return warn('unknown without an engine', null)
  if (base === null) return warn('not there yet', '`npm run matrix` makes it')
  return ok(
    `${base.id.replace('sha256:', '').slice(0, 12)}${base.bytes === null ? '' : `, ${formatBytes(base.bytes)}`}`,
  )
}

function lookAtCertificates({ certificates }: DoctorFindings): Finding {
  if (certificates.length === 0) return ok('none')
  return ok(
    `${certificates.length}, which go into the base image: ${certificates.map(({ subject }) => subject).join('; ')}`,
  )
}

function lookAtChromium({ chromium }: DoctorFindings): Finding {
  return ok(chromium ?? 'none: only the tests of the report need it')
}

const GIB = 1024 ** 3
