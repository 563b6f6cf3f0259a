/** Counter files that stay open: reading position 0 of an open descriptor again costs some µs, opening it much more. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import type { HostReading, Reading } from '@bakeoff/model'
import { cgroupFolders } from './cgroup.js'
import { cpuOfV1, cpuOfV2, hostReadingOf, memoryOf, trafficOf } from './counters.js'

const buffer = Buffer.allocUnsafe(64 * 1024) // memory.stat has some 2 KiB; one read must take all of it

class CounterFile {
  #fd: number | null

  constructor(path: string) {
    this.#fd = attempt(() => openSync(path, 'r'))
  }

  get isOpen(): boolean {
    return this.#fd !== null
  }

  /** Null when there is no such file, or the cgroup is gone. */
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
 * The counters of a container on our kernel.
 *
 * @param pid its first process, as we see it
 * @param id  must be in the path of its cgroups, or the process id belongs to another world (a virtual machine, a
 *            container we run in ourselves)
 * @returns null when its files cannot be read from here
 */
export function openContainerFiles(pid: number, id: string): ContainerFiles | null {
  const cgroup = attempt(() => readFileSync(`/proc/${pid}/cgroup`, 'utf8'))
  const mountinfo = attempt(() => readFileSync('/proc/self/mountinfo', 'utf8'))
  if (cgroup === null || mountinfo === null || !cgroup.includes(id)) return null
  const folders = cgroupFolders(cgroup, mountinfo)
  if (folders === null) return null
  const network = new CounterFile(`/proc/${pid}/net/dev`)
  const files =
    folders.version === '1'
      ? {
          usage: new CounterFile(`${folders.cpuacct}/cpuacct.usage`),
          split: new CounterFile(`${folders.cpuacct}/cpuacct.stat`),
          cpu: new CounterFile(`${folders.cpu}/cpu.stat`),
          memory: new CounterFile(`${folders.memory}/memory.stat`),
        }
      : {
          usage: new CounterFile(`${folders.folder}/cpu.stat`),
          memory: new CounterFile(`${folders.folder}/memory.stat`),
        }
  const close = () => {
    for (const file of [network, ...Object.values(files)]) file.close()
  }
  if (!files.usage.isOpen || !files.memory.isOpen) {
    close()
    return null
  }
  const cpu = () =>
    'split' in files
      ? cpuOfV1({
          'cpuacct.usage': files.usage.text(),
          'cpuacct.stat': files.split.text(),
          'cpu.stat': files.cpu.text(),
        })
      : cpuOfV2(files.usage.text())
  return {
    read(atMs) {
      const counted = cpu()
      if (counted.cpuTotalSeconds === null) return null
      return { atMs, ...counted, ...memoryOf(files.memory.text()), ...trafficOf(network.text()) }
    },
    close,
  }
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
