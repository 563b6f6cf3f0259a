/** The owner of something on the engine, and whether that process still runs. */
import { execFile } from 'node:child_process'
import { readFile, readlink } from 'node:fs/promises'
import os from 'node:os'
import { promisify } from 'node:util'
import type { Owner } from '@bakeoff/model'
import { machineDigest } from '../host/machine-id.js'

/** The state of an owner. `elsewhere`: made on another machine or in another container, so its state cannot be known here. */
export type OwnerState = 'alive' | 'dead' | 'elsewhere'

/** The identity of this place: kernel, pid namespace, machine. The host name is not part of it. */
export type Place = Pick<Owner, 'boot' | 'pidNamespace' | 'machine' | 'host'>

export async function thisOwner(session: string): Promise<Owner> {
  return { session, pid: process.pid, started: (await startedOf(process.pid)) ?? '', ...(await thisPlace()) }
}

export async function stateOf(owner: Owner, here?: Place): Promise<OwnerState> {
  const where = whereIs(owner, here ?? (await thisPlace()))
  if (where === 'elsewhere') return 'elsewhere'
  if (where === 'before') return 'dead'
  return (await isRunning(owner)) ? 'alive' : 'dead'
}

/**
 * The place of a process, seen from here: `here`, so it can be looked for; `before` a restart of this machine, so it is
 * gone; or `elsewhere`. The host name decides only where nothing better is known: for labels that are older than pid
 * namespaces and machine ids in labels, in containers without a machine id, on Windows.
 */
export function whereIs(owner: Place, here: Place): 'here' | 'before' | 'elsewhere' {
  const sameHost = owner.host === here.host
  if (owner.boot === here.boot) {
    if (owner.boot === '' || (owner.pidNamespace === '' && here.pidNamespace !== ''))
      return sameHost ? 'here' : 'elsewhere'
    return owner.pidNamespace === here.pidNamespace ? 'here' : 'elsewhere'
  }
  const sameMachine = owner.machine !== '' && here.machine !== '' ? owner.machine === here.machine : sameHost
  return sameMachine ? 'before' : 'elsewhere'
}

/** Start time of a process; null when there is no such process, or only a zombie, which can hold nothing. */
export async function startedOf(pid: number): Promise<string | null> {
  if (!Number.isInteger(pid) || pid <= 0) return null
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
    return stat === null ? null : startedIn(stat)
  }
  // Windows does not give the start time cheaply: an existing process is taken for the one that was meant.
  if (process.platform === 'win32') return signalled(pid) === 'gone' ? null : 'unknown'
  return said('ps', ['-o', 'lstart=', '-p', String(pid)])
}

/** Field 22 of /proc/<pid>/stat. The command (field 2) may hold blanks and brackets, so count from its end. */
export function startedIn(stat: string): string | null {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null)
}

async function isRunning({ pid, started }: Owner): Promise<boolean> {
  const now = await startedOf(pid)
  if (now !== null) return now === started
  // Where /proc hides the processes of other users (hidepid), only that there is one can be known.
  return process.platform === 'linux' && Number.isInteger(pid) && pid > 0 && signalled(pid) === 'of another user'
}

/** The answer to signal 0, which only tests for a process. */
function signalled(pid: number): 'ours' | 'of another user' | 'gone' {
  try {
    process.kill(pid, 0)
    return 'ours'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'of another user' : 'gone'
  }
}

let place: Promise<Place> | undefined

function thisPlace(): Promise<Place> {
  place ??= readPlace()
  return place
}

async function readPlace(): Promise<Place> {
  const linux = process.platform === 'linux'
  const [boot, pidNamespace, machine] = await Promise.all([
    linux ? textOf('/proc/sys/kernel/random/boot_id') : said('sysctl', ['-n', 'kern.bootsessionuuid']),
    linux ? readlink('/proc/self/ns/pid').catch(() => null) : null,
    linux ? textOf('/etc/machine-id') : said('sysctl', ['-n', 'kern.uuid']),
  ])
  return {
    boot: boot ?? '',
    pidNamespace: pidNamespace ?? '',
    machine: machineDigest(machine) ?? '',
    host: os.hostname(),
  }
}

async function textOf(file: string): Promise<string | null> {
  return readFile(file, 'utf8').then(
    (text) => text.trim(),
    () => null,
  )
}

async function said(command: string, args: string[]): Promise<string | null> {
  return promisify(execFile)(command, args).then(
    ({ stdout }) => stdout.trim() || null,
    () => null,
  )
}
