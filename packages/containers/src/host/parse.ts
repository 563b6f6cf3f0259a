/** Reads facts about a machine out of files of /proc, /sys and /etc. Pure: a map of path → text in, facts out. */
import type { HostFacts, LogicalCpu } from '@bakeoff/model'
import { dockerArchitecture } from './engine-view.js'
import { machineDigest } from './machine-id.js'

/** Absolute path → text of the file. A file that is absent or unreadable is not in the map. */
export type FileTexts = ReadonlyMap<string, string>

/** Facts that no file says, or not on every system. */
export interface HostBasics {
  readonly hostname: string
  /** `Darwin 24.5.0`; used where there is no /etc/os-release */
  readonly osName: string
  readonly kernel: string | null
  /** Node's name for it, e.g. `x64` */
  readonly architecture: string
  /** as Node lists the processors; used where there is no /sys */
  readonly cpuModels: readonly string[]
  readonly memoryBytes: number
  readonly diskFreeBytes: number | null
  readonly nodeVersion: string
}

const CPUS = '/sys/devices/system/cpu'

/** The files that `parseHostFacts` looks at. The first one lists the processors, so reading takes two steps. */
export const onlineFile = `${CPUS}/online`
export function filesToRead(online: string): string[] {
  return [
    '/etc/machine-id',
    '/etc/os-release',
    '/proc/cpuinfo',
    '/proc/meminfo',
    '/proc/pressure/cpu',
    '/proc/sys/kernel/sched_autogroup_enabled',
    '/sys/class/dmi/id/product_name',
    '/sys/class/dmi/id/sys_vendor',
    '/sys/devices/cpu_atom/cpus',
    '/sys/devices/cpu_core/cpus',
    '/sys/hypervisor/type',
    ...parseCpuList(online).flatMap((id) => [
      `${CPUS}/cpu${id}/cpu_capacity`,
      `${CPUS}/cpu${id}/cpufreq/scaling_governor`,
      `${CPUS}/cpu${id}/topology/core_id`,
      `${CPUS}/cpu${id}/topology/physical_package_id`,
      `${CPUS}/cpu${id}/topology/thread_siblings_list`,
      ...[0, 1, 2, 3, 4].flatMap((index) => [
        `${CPUS}/cpu${id}/cache/index${index}/level`,
        `${CPUS}/cpu${id}/cache/index${index}/shared_cpu_list`,
      ]),
    ]),
  ]
}

export function parseHostFacts(files: FileTexts, basics: HostBasics): HostFacts {
  const cpuinfo = files.get('/proc/cpuinfo') ?? ''
  const memoryKb = /^MemTotal:\s+(\d+) kB/m.exec(files.get('/proc/meminfo') ?? '')?.[1]
  return {
    hostname: basics.hostname,
    machineId: machineDigest(files.get('/etc/machine-id')),
    os: /^PRETTY_NAME="?([^"\n]+)"?$/m.exec(files.get('/etc/os-release') ?? '')?.[1] ?? basics.osName,
    kernel: basics.kernel,
    architecture: dockerArchitecture(basics.architecture),
    cpuModel: /^model name\s*:\s*(.+)$/m.exec(cpuinfo)?.[1]?.trim() ?? knownModel(basics.cpuModels[0]),
    cpus: parseTopology(files) ?? flatTopology(basics.cpuModels.length),
    memoryBytes: memoryKb === undefined ? basics.memoryBytes : Number(memoryKb) * 1024,
    diskFreeBytes: basics.diskFreeBytes,
    governor: governorOf(files),
    autogroup: flag(files.get('/proc/sys/kernel/sched_autogroup_enabled')),
    cpuPressure: pressureOf(files.get('/proc/pressure/cpu')),
    virtualisation: virtualisationOf(files, basics.kernel, cpuinfo),
    nodeVersion: basics.nodeVersion,
  }
}

/** `0-2,5` → [0, 1, 2, 5]. */
export function parseCpuList(text: string): number[] {
  return text
    .trim()
    .split(',')
    .filter((part) => part !== '')
    .flatMap((part) => {
      const [first = Number.NaN, last = first] = part.split('-').map(Number)
      return Number.isInteger(first) && Number.isInteger(last)
        ? Array.from({ length: last - first + 1 }, (_, i) => first + i)
        : []
    })
}

function parseTopology(files: FileTexts): LogicalCpu[] | null {
  const ids = parseCpuList(files.get(onlineFile) ?? '')
  if (ids.length === 0) return null
  const efficient = efficiencyCpus(files, ids)
  return ids.map((id) => {
    const siblings = parseCpuList(files.get(`${CPUS}/cpu${id}/topology/thread_siblings_list`) ?? '')
    return {
      id,
      // core_id is unique within a package at best; the lowest sibling is unique on the machine.
      core: siblings[0] ?? number(files.get(`${CPUS}/cpu${id}/topology/core_id`)) ?? id,
      // ARM kernels say -1 for unknown
      package: Math.max(0, number(files.get(`${CPUS}/cpu${id}/topology/physical_package_id`)) ?? 0),
      l3: l3Of(files, id),
      kind: efficient.has(id) ? ('efficiency' as const) : ('performance' as const),
    }
  })
}

/** A name for a level 3 cache: the lowest processor that shares it. */
function l3Of(files: FileTexts, id: number): number | null {
  for (const index of [4, 3, 2, 1, 0]) {
    if (number(files.get(`${CPUS}/cpu${id}/cache/index${index}/level`)) !== 3) continue
    return parseCpuList(files.get(`${CPUS}/cpu${id}/cache/index${index}/shared_cpu_list`) ?? '')[0] ?? null
  }
  return null
}

function efficiencyCpus(files: FileTexts, ids: readonly number[]): ReadonlySet<number> {
  const atom = files.get('/sys/devices/cpu_atom/cpus')
  if (atom !== undefined && files.get('/sys/devices/cpu_core/cpus') !== undefined) return new Set(parseCpuList(atom))
  const capacities = ids.map((id) => number(files.get(`${CPUS}/cpu${id}/cpu_capacity`)) ?? 0)
  // Favoured cores of one kind differ by a few percent of capacity, kinds by a third and more.
  const least = 0.75 * Math.max(...capacities)
  return new Set(ids.filter((_, i) => (capacities[i] as number) < least))
}

function flatTopology(count: number): LogicalCpu[] {
  return Array.from({ length: count }, (_, id) => ({ id, core: id, package: 0, l3: null, kind: 'performance' }))
}

/** The governor of all processors; when they differ, all governors joined by a comma. */
function governorOf(files: FileTexts): string | null {
  const governors = new Set(
    parseCpuList(files.get(onlineFile) ?? '').flatMap(
      (id) => files.get(`${CPUS}/cpu${id}/cpufreq/scaling_governor`)?.trim() ?? [],
    ),
  )
  return governors.size === 0 ? null : [...governors].join(', ')
}

function pressureOf(text: string | undefined): number | null {
  const percent = /^some avg10=([\d.]+)/m.exec(text ?? '')?.[1]
  return percent === undefined ? null : Number(percent) / 100
}

function virtualisationOf(files: FileTexts, kernel: string | null, cpuinfo: string): string | null {
  if (kernel !== null && /microsoft/i.test(kernel)) return 'WSL'
  const machine = `${files.get('/sys/class/dmi/id/sys_vendor') ?? ''} ${files.get('/sys/class/dmi/id/product_name') ?? ''}`
  const known = [
    'KVM',
    'QEMU',
    'VMware',
    'VirtualBox',
    'Amazon EC2',
    'Google Compute Engine',
    'Hyper-V',
    'Parallels',
    'Xen',
  ].find((name) => machine.includes(name))
  if (known !== undefined) return known
  if (/Microsoft Corporation Virtual Machine/.test(machine)) return 'Hyper-V'
  const hypervisor = files.get('/sys/hypervisor/type')?.trim()
  if (hypervisor) return hypervisor
  return /^flags\s*:.*\bhypervisor\b/m.test(cpuinfo) ? 'virtual machine' : null
}

function knownModel(model: string | undefined): string | null {
  return model === undefined || model === '' || model === 'unknown' ? null : model
}

function number(text: string | undefined): number | null {
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text)
  return Number.isFinite(value) ? value : null
}

function flag(text: string | undefined): boolean | null {
  return text === undefined ? null : text.trim() === '1'
}
