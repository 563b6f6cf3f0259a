/**
 * Parsers for counters as the kernel writes them. Pure: texts in, numbers out; null is what a text does not say.
 *
 * Sources: Documentation/admin-guide/cgroup-v1/{cpuacct,memory}.rst, cgroup-v2.rst, accounting/psi.rst, proc(5).
 */
import type { HostReading, Reading } from '@bakeoff/model'

/** The kernel's USER_HZ: 100 on every architecture that runs containers, independent of CONFIG_HZ. */
const TICKS_PER_SECOND = 100

/** The CPU members of a reading. */
export type Cpu = Pick<
  Reading,
  'cpuTotalSeconds' | 'cpuUserSeconds' | 'cpuSystemSeconds' | 'periods' | 'throttledPeriods' | 'throttledSeconds'
>
type Memory = Pick<Reading, 'memoryAnonBytes' | 'memoryFileBytes'>
type Traffic = Pick<Reading, 'rxBytes' | 'txBytes'>
type Segments = Pick<Reading, 'tcpSegments' | 'tcpRetransmits'>

export interface CpuTextsV1 {
  /** ns, exact */
  readonly 'cpuacct.usage': string | null
  /** ticks of 10 ms: the split of user and system is coarser than the sum */
  readonly 'cpuacct.stat': string | null
  readonly 'cpu.stat': string | null
}

export function cpuOfV1(texts: CpuTextsV1): Cpu {
  const ticks = pairs(texts['cpuacct.stat'])
  const throttling = pairs(texts['cpu.stat'])
  return {
    cpuTotalSeconds: scaled(integer(texts['cpuacct.usage']), 1e9),
    cpuUserSeconds: scaled(ticks.get('user'), TICKS_PER_SECOND),
    cpuSystemSeconds: scaled(ticks.get('system'), TICKS_PER_SECOND),
    periods: throttling.get('nr_periods') ?? null,
    throttledPeriods: throttling.get('nr_throttled') ?? null,
    throttledSeconds: scaled(throttling.get('throttled_time'), 1e9),
  }
}

/** cpu.stat of cgroup v2. Without a quota it has no throttling lines on some kernels: then nothing was throttled. */
export function cpuOfV2(cpuStat: string | null): Cpu {
  const values = pairs(cpuStat)
  const known = values.has('usage_usec')
  const counted = (name: string) => (known ? (values.get(name) ?? 0) : null)
  return {
    cpuTotalSeconds: scaled(values.get('usage_usec'), 1e6),
    cpuUserSeconds: scaled(values.get('user_usec'), 1e6),
    cpuSystemSeconds: scaled(values.get('system_usec'), 1e6),
    periods: counted('nr_periods'),
    throttledPeriods: counted('nr_throttled'),
    throttledSeconds: scaled(counted('throttled_usec'), 1e6),
  }
}

/**
 * memory.stat of either version. The kernel counts shared memory and tmpfs (`shmem`) as page cache, but they cannot be dropped. They
 * count as anonymous here, or PostgreSQL's buffers would not count as memory.
 */
export function memoryOf(memoryStat: string | null): Memory {
  const values = pairs(memoryStat)
  const first = (...names: string[]) => names.map((name) => values.get(name)).find((value) => value !== undefined)
  // v1 has total_* with children included and rss where v2 has anon.
  const anon = first('anon', 'total_rss', 'rss')
  const file = first('file', 'total_cache', 'cache')
  const onAnonLists = (first('total_active_anon') ?? 0) + (first('total_inactive_anon') ?? 0)
  // The engine's v1 statistics leave shmem out, but its pages are on the lists of anonymous ones.
  const shared = first('total_shmem', 'shmem') ?? Math.max(0, onAnonLists - (anon ?? 0))
  return {
    memoryAnonBytes: anon === undefined ? null : anon + shared,
    memoryFileBytes: file === undefined ? null : Math.max(0, file - shared),
  }
}

/** /proc/<pid>/net/dev: all interfaces but the loopback. */
export function trafficOf(netDev: string | null): Traffic {
  if (netDev === null) return { rxBytes: null, txBytes: null }
  const rows = [...netDev.matchAll(/^\s*([^\s:]+):\s*(.+)$/gm)]
    .filter(([, name]) => name !== 'lo')
    .map(([, , columns]) => (columns as string).trim().split(/\s+/).map(Number))
  return { rxBytes: sum(rows.map((row) => row[0] ?? 0)), txBytes: sum(rows.map((row) => row[8] ?? 0)) }
}

/**
 * /proc/<pid>/net/snmp and netstat: a line of names and a line of values per protocol. The kernel counts a segment that is sent again in
 * RetransSegs only, and not in OutSegs.
 *
 * A segment of which the other side says that it came twice (DSACK) was not lost: its acknowledgement was late, because the other machine's
 * processor was busy. The kernel asks again after a few ms (tail loss probes), so on full cores most of RetransSegs is that. It is not counted.
 */
export function segmentsOf(snmp: string | null, netstat: string | null): Segments {
  const tcp = countersOf('Tcp', snmp)
  const extended = countersOf('TcpExt', netstat)
  const sentAgain = tcp('RetransSegs')
  const cameTwice = (extended('TCPDSACKRecv') ?? 0) + (extended('TCPDSACKOfoRecv') ?? 0)
  return { tcpSegments: tcp('OutSegs'), tcpRetransmits: sentAgain === null ? null : Math.max(0, sentAgain - cameTwice) }
}

/** The counters of one protocol by their names; null: there is none of that name. */
function countersOf(protocol: string, text: string | null): (name: string) => number | null {
  const [names = [], values = []] = [...(text ?? '').matchAll(new RegExp(`^${protocol}: (.+)$`, 'gm'))].map(
    ([, columns]) => (columns as string).trim().split(/\s+/),
  )
  return (name) => {
    const value = values[names.indexOf(name)]
    return value !== undefined && /^\d+$/.test(value) ? Number(value) : null
  }
}

/** /proc/stat and /proc/pressure/cpu. Time as a guest is part of user, so it is not added again. */
export function hostReadingOf(atMs: number, stat: string | null, pressure: string | null): HostReading {
  const columns = /^cpu\s+(.+)$/m
    .exec(stat ?? '')?.[1]
    ?.trim()
    .split(/\s+/)
    .map(Number)
  const some = /^some .*\btotal=(\d+)/m.exec(pressure ?? '')?.[1]
  const [user, nice, system, idle, iowait, irq, softirq, steal] = columns ?? []
  const seconds = (...values: (number | undefined)[]) =>
    columns === undefined ? null : sum(values.map((value) => value ?? 0)) / TICKS_PER_SECOND
  return {
    atMs,
    busySeconds: seconds(user, nice, system, irq, softirq),
    idleSeconds: seconds(idle, iowait),
    stealSeconds: seconds(steal),
    pressureSeconds: some === undefined ? null : Number(some) / 1e6,
  }
}

/** Lines of `name value`. */
function pairs(text: string | null): ReadonlyMap<string, number> {
  return new Map(
    [...(text ?? '').matchAll(/^(\S+) (\d+)$/gm)].map(([, name, value]) => [name as string, Number(value)]),
  )
}

function integer(text: string | null): number | undefined {
  return text !== null && /^\d+\s*$/.test(text) ? Number(text) : undefined
}

function scaled(value: number | null | undefined, by: number): number | null {
  return value === undefined || value === null ? null : value / by
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
