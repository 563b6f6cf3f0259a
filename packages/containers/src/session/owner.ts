/**
 * Who made something: a process, named so that it can be told from every other one. Process ids are used again, also
 * after a restart of the machine, so start time and boot id belong to it.
 */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import os from 'node:os'
import { promisify } from 'node:util'

export interface Owner {
  readonly session: string
  readonly pid: number
  /** the kernel's start time of the process: clock ticks since boot on Linux, a date elsewhere; opaque */
  readonly started: string
  readonly boot: string
  readonly host: string
}

/** `elsewhere`: made on another machine or in another container, so nobody here can tell. */
export type OwnerState = 'alive' | 'dead' | 'elsewhere'

export async function thisOwner(session: string): Promise<Owner> {
  return {
    session,
    pid: process.pid,
    started: (await startedOf(process.pid)) ?? '',
    boot: await bootId(),
    host: os.hostname(),
  }
}

export async function stateOf(owner: Owner): Promise<OwnerState> {
  if (owner.host !== os.hostname()) return 'elsewhere'
  if (owner.boot !== (await bootId())) return 'dead'
  return (await startedOf(owner.pid)) === owner.started ? 'alive' : 'dead'
}

/** Start time of a process; null when there is none, or only a zombie that can hold nothing any more. */
export async function startedOf(pid: number): Promise<string | null> {
  if (!Number.isInteger(pid) || pid <= 0) return null
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
    return stat === null ? null : startedIn(stat)
  }
  return said('ps', ['-o', 'lstart=', '-p', String(pid)])
}

/** Field 22 of /proc/<pid>/stat. The command (field 2) may hold blanks and brackets, so count from its end. */
export function startedIn(stat: string): string | null {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null)
}

let boot: Promise<string> | undefined

function bootId(): Promise<string> {
  boot ??=
    process.platform === 'linux'
      ? readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(
          (text) => text.trim(),
          () => '',
        )
      : said('sysctl', ['-n', 'kern.bootsessionuuid']).then((text) => text ?? '')
  return boot
}

async function said(command: string, args: string[]): Promise<string | null> {
  return promisify(execFile)(command, args).then(
    ({ stdout }) => stdout.trim() || null,
    () => null,
  )
}
