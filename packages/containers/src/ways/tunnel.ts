/**
 * A tunnel to the engine of another machine: one ssh process, which forwards a socket in a folder of this process alone. It ends when its
 * input does, so it ends with this process, whatever ends that one.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { aborted } from '@bakeoff/model'
import type { FoundEngine, SshTunnel } from '../client/endpoint.js'
import { findProgram } from '../engine/command.js'
import { type PingFailure, type PingOptions, pingFailure } from '../engine/ping.js'
import { eachLine } from '../lines.js'
import { makePrivateFolder, removePrivateFolder } from './private-folder.js'
import { type SocketState, socketStateIn, sshArguments } from './ssh-arguments.js'
import {
  forwardProblem,
  lostProblem,
  noSshProblem,
  openingProblem,
  type SshEnd,
  socketProblem,
} from './ssh-problems.js'

export interface OpenTunnel extends AsyncDisposable {
  readonly found: FoundEngine
  readonly lost: Promise<Error>
}

/** ssh gives up a connection after 15 s by itself; a jump host may take as long again. */
const OPEN_MS = 45_000

export interface TunnelOptions extends PingOptions {
  /** how long ssh may take until it has a shell there; default 45 s */
  readonly openMs?: number
}

/** Lines of ssh's error output that are kept, and characters of each. */
const KEPT_LINES = 20
const LONGEST_LINE = 500

/**
 * Opens a tunnel and pings the engine at its end.
 *
 * @throws BakeoffError NO_ENGINE with host, likely cause and next command; BAD_SPEC; ABORTED
 */
export async function openTunnel(tunnel: SshTunnel, options: TunnelOptions = {}): Promise<OpenTunnel> {
  const program = process.platform === 'win32' ? null : findProgram('ssh', process.env)
  if (program === null) throw noSshProblem(tunnel, process.platform)
  const near = await makePrivateFolder()
  try {
    const ssh = new SshProcess(program, sshArguments(tunnel, near))
    try {
      await untilOpen(ssh, tunnel, options)
      const found: FoundEngine = { endpoint: `unix://${near}`, foundBy: `host ${tunnel.host}`, tls: null, tunnel }
      await untilAnswered(ssh, found, tunnel, options)
      return heldTunnel(ssh, found, tunnel, near)
    } catch (error) {
      await ssh.end()
      throw error
    }
  } catch (error) {
    await removePrivateFolder(near)
    throw error
  }
}

/** Waits until the other machine says that its socket can be used. */
async function untilOpen(
  ssh: SshProcess,
  tunnel: SshTunnel,
  { signal, openMs = OPEN_MS }: TunnelOptions,
): Promise<void> {
  const stop = new AbortController()
  const givenUp = AbortSignal.any([stop.signal, ...(signal ? [signal] : [])])
  const late = sleep(openMs, 'late' as const, { signal: givenUp }).catch(() => 'aborted' as const)
  const state = await Promise.race([ssh.state, ssh.ended, late])
  stop.abort()
  if (signal?.aborted || state === 'aborted') throw aborted(`while opening the way to ${tunnel.host}`)
  if (state === 'late') throw openingProblem(tunnel, ssh.said, { code: null, signal: null })
  if (typeof state !== 'string') throw openingProblem(tunnel, ssh.said, state)
  const problem = socketProblem(tunnel, state)
  if (problem !== null) throw problem
}

/** The forward is first used here: only now ssh finds out whether the other side lets it through. */
async function untilAnswered(
  ssh: SshProcess,
  found: FoundEngine,
  tunnel: SshTunnel,
  options: TunnelOptions,
): Promise<void> {
  const failure = await pingFailure(found, options)
  if (failure === null) return
  const end = await Promise.race([ssh.ended, sleep(100, null)]) // what it says of the failure comes beside the failure
  throw end === null ? forwardProblem(tunnel, ssh.said, wordsOf(failure)) : openingProblem(tunnel, ssh.said, end)
}

function wordsOf(failure: PingFailure): string {
  switch (failure.kind) {
    case 'absent':
      return 'the connection was refused'
    case 'forbidden':
      return 'the connection was forbidden'
    case 'frozen':
      return `each ping took more than ${failure.afterMs / 1000} s`
    case 'other':
      return failure.message.trim()
  }
}

function heldTunnel(ssh: SshProcess, found: FoundEngine, tunnel: SshTunnel, near: string): OpenTunnel {
  let isDisposed = false
  return {
    found,
    lost: new Promise((resolve) => {
      void ssh.ended.then((end) => {
        if (!isDisposed) resolve(lostProblem(tunnel, ssh.said, end))
      })
    }),
    async [Symbol.asyncDispose]() {
      isDisposed = true
      await ssh.end()
      await removePrivateFolder(near)
    },
  }
}

class SshProcess {
  /** what the other machine says of the socket, when it says it */
  readonly state: Promise<SocketState>
  /** settles when the process has ended and what it said was read */
  readonly ended: Promise<SshEnd>
  readonly #said: string[] = []
  readonly #child: ChildProcessWithoutNullStreams

  constructor(program: string, args: readonly string[]) {
    // Detached: Ctrl-C reaches every process of the terminal, and exactly then the tunnel is needed to clean up.
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true })
    this.#child = child
    child.stdin.on('error', () => undefined) // it has ended, which `ended` tells
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => {
        this.#hear(error.message)
        resolve({ code: 255, signal: null })
      })
      child.once('close', (code, signal) => resolve({ code, signal }))
      // A ProxyCommand that hangs may hold its error output open.
      child.once('exit', (code, signal) => setTimeout(resolve, 500, { code, signal }))
    })
    this.state = new Promise((resolve) => {
      eachLine(child.stdout, (line) => {
        const state = socketStateIn(line)
        if (state !== null) resolve(state)
      })
    })
    eachLine(child.stderr, (line) => this.#hear(line), LONGEST_LINE)
  }

  /** The last lines of its error output. */
  get said(): readonly string[] {
    return [...this.#said]
  }

  async end(): Promise<void> {
    if (!this.#isRunning()) return
    this.#child.kill('SIGTERM')
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 3_000)
    await this.ended
    clearTimeout(timer)
  }

  #isRunning(): boolean {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
  }

  #hear(line: string): void {
    this.#said.push(line)
    if (this.#said.length > KEPT_LINES) this.#said.shift()
  }
}
