import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { BakeoffError, isAborted } from '@bakeoff/model'
import { connect } from '../client/connect.js'
import { systemPath } from './command.js'
import { turnToStart } from './start-turn.js'

/** The settings of a dockerd that Bakeoff starts. */
export interface DaemonSettings {
  readonly program: string
  readonly socket: string
  readonly pidFile: string
  readonly logFile: string
  /** where it keeps images; null: its own default */
  readonly dataRoot: string | null
  /** where it and its containerd keep their state while they run */
  readonly execRoot: string
  readonly extra: readonly string[]
  /** pid files that an earlier daemon of the same place may have left */
  readonly otherPidFiles: readonly string[]
}

/** A dockerd at its usual place. It has a pid file and log of its own, so that nothing is mixed up with a service manager's. */
export function usualDaemon(program: string, stateFolder: string): DaemonSettings {
  return {
    program,
    socket: '/var/run/docker.sock',
    pidFile: join(stateFolder, 'dockerd.pid'),
    logFile: join(stateFolder, 'dockerd.log'),
    dataRoot: null,
    execRoot: '/var/run/docker',
    extra: [],
    otherPidFiles: ['/var/run/docker.pid'],
  }
}

/**
 * Starts dockerd detached, in a session of its own, and waits until it answers. Works also after an earlier one was killed:
 * its pid file, its socket and its containerd may still be there. A daemon that another process has just started is used.
 *
 * @throws BakeoffError SETUP_FAILED with the last lines of its log, ABORTED
 */
export async function startDaemon(
  settings: DaemonSettings,
  env: Readonly<Record<string, string | undefined>>,
  signal?: AbortSignal,
): Promise<void> {
  const giveBack = await turnToStart(settings.pidFile, signal)
  try {
    const ended = liveDaemon(settings) === null ? launch(settings, env) : () => null
    await waitUntilAnswers(settings, ended, signal)
  } finally {
    await giveBack()
  }
}

/** @returns why the daemon has ended; null while it runs, or when another daemon is alive that was started at the same moment */
function launch(settings: DaemonSettings, env: Readonly<Record<string, string | undefined>>): () => string | null {
  removeStalePidFiles(settings)
  mkdirSync(dirname(settings.pidFile), { recursive: true })
  mkdirSync(dirname(settings.logFile), { recursive: true })
  const log = openSync(settings.logFile, 'w')
  const daemon = spawn(settings.program, daemonArguments(settings), {
    cwd: '/',
    detached: true, // setsid: closing the terminal or Ctrl-C leaves it running
    stdio: ['ignore', log, log],
    env: daemonEnvironment(env),
  })
  closeSync(log)
  daemon.unref()
  let ended: string | null = null
  daemon.once('error', (error) => {
    ended = error.message
  })
  daemon.once('exit', (code, killedBy) => {
    ended = killedBy ? `it was ended by ${killedBy}` : `it ended with exit code ${code}`
  })
  return () => (liveDaemon(settings) === null ? ended : null)
}

/**
 * Waits until a daemon answers pings on the socket.
 *
 * @param ended says why the daemon is gone, or null while it may still come up
 */
export async function waitUntilAnswers(
  settings: Pick<DaemonSettings, 'socket' | 'logFile'>,
  ended: () => string | null,
  signal?: AbortSignal,
  limitMs = 60_000,
): Promise<void> {
  const client = connect({ endpoint: `unix://${settings.socket}`, foundBy: 'setup', tls: null })
  const until = performance.now() + limitMs
  for (;;) {
    try {
      await client.ping({ signal, withinMs: 1000 })
      return
    } catch (error) {
      if (isAborted(error)) throw error
    }
    const reason = ended() ?? (performance.now() > until ? `it did not answer within ${limitMs / 1000} s` : null)
    if (reason !== null) {
      throw new BakeoffError('SETUP_FAILED', `the Docker engine did not start: ${reason}`, {
        hint: `Its log is ${settings.logFile}`,
        logTail: tailOf(settings.logFile),
      })
    }
    await sleep(100)
  }
}

/** The pid of a dockerd that already works at this place, though it may not answer; null when there is none. */
export function liveDaemon(settings: DaemonSettings): number | null {
  for (const file of [settings.pidFile, ...settings.otherPidFiles]) {
    const pid = readPid(file)
    if (pid !== null && programOf(pid) === 'dockerd') return pid
  }
  return (
    processes().find(
      (pid) => programOf(pid) === 'dockerd' && sameMounts(pid) && dataRootOf(pid) === settings.dataRoot,
    ) ?? null
  )
}

/**
 * Removes pid files whose process is gone, or is another program by now: dockerd takes any living process with that
 * number for a daemon and refuses to start, or waits in vain for a containerd that is another program.
 */
function removeStalePidFiles(settings: DaemonSettings): void {
  const files: [file: string, program: string][] = [
    ...[settings.pidFile, ...settings.otherPidFiles].map((file): [string, string] => [file, 'dockerd']),
    [join(settings.execRoot, 'containerd', 'containerd.pid'), 'containerd'],
  ]
  for (const [file, program] of files) {
    const pid = readPid(file)
    if (pid !== null && programOf(pid) !== program) rmSync(file, { force: true })
  }
}

function daemonArguments(settings: DaemonSettings): string[] {
  return [
    `--pidfile=${settings.pidFile}`,
    `--host=unix://${settings.socket}`,
    `--exec-root=${settings.execRoot}`,
    ...(settings.dataRoot === null ? [] : [`--data-root=${settings.dataRoot}`]),
    ...settings.extra,
  ]
}

/** The part of this process's environment that a daemon gets: how to reach a registry, and nothing else. */
function daemonEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept = Object.entries(env).filter(
    ([name, value]) => value !== undefined && /^(HOME|LANG|SSL_CERT_(FILE|DIR)|(https?|no|all)_proxy)$/i.test(name),
  )
  return { ...(Object.fromEntries(kept) as Record<string, string>), PATH: systemPath(env) }
}

function readPid(file: string): number | null {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10)
    return Number.isInteger(pid) && pid > 0 ? pid : null
  } catch {
    return null
  }
}

/** The name of a living process's program; null when there is no such process. A zombie is not living. */
function programOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))
    const state = stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3)
    return state === 'Z' || state === 'X' ? null : name
  } catch {
    return null
  }
}

function processes(): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid > 0)
}

/** Whether a process is on this machine and not in a container: an engine inside a container is in the process list too, and must not be waited for. */
function sameMounts(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/ns/mnt`) === readlinkSync('/proc/self/ns/mnt')
  } catch {
    return false
  }
}

function dataRootOf(pid: number): string | null {
  try {
    const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    const index = args.findIndex((arg) => arg === '--data-root' || arg.startsWith('--data-root='))
    if (index < 0) return null
    return args[index] === '--data-root'
      ? (args[index + 1] ?? null)
      : (args[index] as string).slice('--data-root='.length)
  } catch {
    return null
  }
}

function tailOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-20)
  } catch {
    return []
  }
}
