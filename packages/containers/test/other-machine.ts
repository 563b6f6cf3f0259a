import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EngineClient } from '../src/client/client.js'
import { connect } from '../src/client/connect.js'
import { type RawEngine, rawEngine } from './raw-engine.js'

/** Why there can be no second engine here; null: there can. */
export function whyNoOtherMachine(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'a second engine needs Linux and root'
  return findProgram('dockerd') === null ? 'there is no dockerd' : null
}

/** One a process: its name has the room of an interface's, 15 characters. */
const bridge = `bko${process.pid}`

/** An engine of a test's own with nothing in it, as another machine has one. Builds in it have no network. */
export class OtherMachine implements AsyncDisposable {
  readonly folder: string
  readonly client: EngineClient
  readonly docker: RawEngine
  readonly #process: ChildProcess

  private constructor(folder: string, process: ChildProcess) {
    this.folder = folder
    this.#process = process
    this.client = connect({ endpoint: `unix://${folder}/engine.sock`, foundBy: 'a test', tls: null })
    this.docker = rawEngine(this.client)
  }

  static async start(): Promise<OtherMachine> {
    const folder = mkdtempSync(join(tmpdir(), 'bakeoff-other-machine-'))
    // A dockerd without a bridge removes docker0, whoever's it is: this one has a bridge of its own.
    ip('link', 'add', bridge, 'type', 'bridge')
    ip('addr', 'add', '10.213.77.1/24', 'dev', bridge)
    const daemon = spawn(
      findProgram('dockerd') as string,
      [
        ...['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec'), '--pidfile', join(folder, 'pid')],
        ...['--host', `unix://${folder}/engine.sock`, `--bridge=${bridge}`, '--iptables=false', '--ip6tables=false'],
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    let said = ''
    daemon.stderr.on('data', (chunk: Buffer) => {
      said = `${said}${chunk.toString()}`.slice(-4000)
    })
    const machine = new OtherMachine(folder, daemon)
    await untilAnswered(
      () => machine.docker.ping(),
      daemon,
      () => said,
    )
    return machine
  }

  /** Takes everything away that the engine has. */
  async empty(): Promise<void> {
    for (let left = await this.docker.listImages(); left.length > 0; left = await this.docker.listImages())
      for (const { Id } of left)
        await this.docker
          .getImage(Id)
          .remove({ force: true })
          .catch(() => undefined) // another one stands on it: the next round
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await ended(this.#process)
    ip('link', 'del', bridge)
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

function ip(...args: string[]): void {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`)
}

/** Debian's docker-registry on a free port of 127.0.0.1, which engines need no https for. */
export class TestRegistry implements AsyncDisposable {
  readonly name: string
  readonly #folder: string
  readonly #process: ChildProcess

  private constructor(folder: string, port: number, process: ChildProcess) {
    this.#folder = folder
    this.name = `127.0.0.1:${port}`
    this.#process = process
  }

  static async start(): Promise<TestRegistry> {
    const program = installed('docker-registry')
    const folder = mkdtempSync(join(tmpdir(), 'bakeoff-test-registry-'))
    const port = await freePort()
    const settings = join(folder, 'settings.yml')
    writeFileSync(
      settings,
      `version: 0.1\nlog: { level: error }\nstorage: { filesystem: { rootdirectory: ${join(folder, 'data')} } }\nhttp: { addr: "127.0.0.1:${port}" }\n`,
    )
    const server = spawn(program, ['serve', settings], { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    server.stderr.on('data', (chunk: Buffer) => {
      said = `${said}${chunk.toString()}`.slice(-4000)
    })
    await untilAnswered(
      () => fetch(`http://127.0.0.1:${port}/v2/`),
      server,
      () => said,
    )
    return new TestRegistry(folder, port, server)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await ended(this.#process)
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** The path of a program that Debian has a package of the same name for; set up where the tests may. */
function installed(name: string): string {
  const mayInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get') && process.env.BAKEOFF_NO_SETUP !== '1'
  if (findProgram(name) === null && mayInstall) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    // A package's service would take its own port on this machine.
    const policy = '/usr/sbin/policy-rc.d'
    const had = existsSync(policy) ? readFileSync(policy) : null
    if (had === null) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
    for (const args of [
      ['-qq', 'update'],
      ['-qq', 'install', '-y', '--no-install-recommends', name],
    ])
      spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] })
    if (had === null) rmSync(policy)
  }
  const found = findProgram(name)
  if (found === null) throw new Error(`there is no ${name}: install it (on Debian: apt-get install ${name})`)
  return found
}

function findProgram(name: string): string | null {
  return (
    [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'].map((path) => join(path, name)).find(existsSync) ??
    null
  )
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

async function untilAnswered(ask: () => Promise<unknown>, child: ChildProcess, said: () => string): Promise<void> {
  for (const deadline = Date.now() + 60_000; ; await sleep(100)) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}:\n${said()}`)
    try {
      await ask()
      return
    } catch (error) {
      if (Date.now() > deadline) throw new Error(`it does not answer: ${error}\n${said()}`)
    }
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000)
  await exit
  clearTimeout(timer)
}
