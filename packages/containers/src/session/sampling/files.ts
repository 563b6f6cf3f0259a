/** Counter files that stay open: reading position 0 of an open descriptor again costs some µs, opening it much more. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import type { HostReading, Reading } from '@bakeoff/model'
import { type CgroupFolders, cgroupFolders } from './cgroup.js'
import { type Cpu, cpuOfV1, cpuOfV2, hostReadingOf, memoryOf, segmentsOf, trafficOf } from './counters.js'

const buffer = Buffer.allocUnsafe(64 * 1024) // memory.stat has some 2 KiB; one read must take all of it

class CounterFile {
  #fd: number | null

  constructor(path: string) {
    this.#fd = attempt(() => openSync(path, 'r'))
  }

  get isOpen(): boolean {
    return this.#fd !== null
  }

  /** Opens a counter file; null when there is no such file, or the cgroup is gone. */
  text(): string | null {
    const fd = this.#fd
    return fd === null ? null : attempt(() => buffer.toString('latin1', 0, readSync(fd, buffer, 0, buffer.length, 0)))
  }

  close(): void {
    if (this.#fd !== null) attempt(() => closeSync(this.#fd as number))
    this.#fd = null
  }
}

export interface ContainerFiles {
  /** null once the container is gone */
  read(atMs: number): Reading | null
  close(): void
}

/**
 * The counters of a container on this machine's kernel.
 *
 * @param pid its first process, as this process sees it
 * @param id  must be in the path of its cgroups, or the process id means another process (in a virtual machine, or outside a
 *            container that this process runs in)
 * @param tcp whether segments are counted as well, which matters where they cross a network
 * @returns null when its files cannot be read from here
 */
export function openContainerFiles(pid: number, id: string, { tcp = false } = {}): ContainerFiles | null {
  const cgroup = attempt(() => readFileSync(`/proc/${pid}/cgroup`, 'utf8'))
  const mountinfo = attempt(() => readFileSync('/proc/self/mountinfo', 'utf8'))
  if (cgroup === null || mountinfo === null || !cgroup.includes(id)) return null
  const folders = cgroupFolders(cgroup, mountinfo)
  if (folders === null) return null
  const opened: CounterFile[] = []
  const open = (path: string) => {
    const file = new CounterFile(path)
    opened.push(file)
    return file
  }
  const close = () => {
    for (const file of opened) file.close()
  }
  const cpu = cpuReader(folders, open)
  const memory = open(`${folders.version === '1' ? folders.memory : folders.folder}/memory.stat`)
  const network = open(`/proc/${pid}/net/dev`)
  const [snmp, netstat] = tcp ? [open(`/proc/${pid}/net/snmp`), open(`/proc/${pid}/net/netstat`)] : []
  if (cpu().cpuTotalSeconds === null || !memory.isOpen) {
    close()
    return null
  }
  return {
    read(atMs) {
      const counted = cpu()
      if (counted.cpuTotalSeconds === null) return null
      const segments = snmp === undefined ? {} : segmentsOf(snmp.text(), netstat?.text() ?? null)
      return { atMs, ...counted, ...memoryOf(memory.text()), ...trafficOf(network.text()), ...segments }
    },
    close,
  }
}

function cpuReader(folders: CgroupFolders, open: (path: string) => CounterFile): () => Cpu {
  if (folders.version === '2') {
    const stat = open(`${folders.folder}/cpu.stat`)
    return () => cpuOfV2(stat.text())
  }
  const usage = open(`${folders.cpuacct}/cpuacct.usage`)
  const split = open(`${folders.cpuacct}/cpuacct.stat`)
  const throttling = open(`${folders.cpu}/cpu.stat`)
  return () => cpuOfV1({ 'cpuacct.usage': usage.text(), 'cpuacct.stat': split.text(), 'cpu.stat': throttling.text() })
}

export interface HostFiles {
  read(atMs: number): HostReading
  close(): void
}

export function openHostFiles(): HostFiles {
  const stat = new CounterFile('/proc/stat')
  const pressure = new CounterFile('/proc/pressure/cpu')
  return {
    read: (atMs) => hostReadingOf(atMs, stat.text(), pressure.text()),
    close() {
      stat.close()
      pressure.close()
    },
  }
}

function attempt<T>(read: () => T): T | null {
  try {
    return read()
  } catch {
    return null
  }
}
