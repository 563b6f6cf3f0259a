import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { connect, openWay } from '../src/index.js'
import { buildDist, engineUnderTest } from './engine.js'
import { type Sshd, startSshd } from './lab/sshd.js'

let sshd: Sshd
let folder: string
/** Answers pings, as an engine does, and keeps a connection whose other side has closed its half, as an attachment does. */
let engine: Server
let socket: string
/** where the programs that are started here have their tunnels */
let tunnels: string

beforeAll(async () => {
  await buildDist()
  sshd = await startSshd()
  folder = mkdtempSync(join(tmpdir(), 'bakeoff-ways-'))
  socket = join(folder, 'engine.sock')
  tunnels = join(folder, 'tunnels')
  mkdirSync(tunnels)
  engine = createServer({ allowHalfOpen: true }, (connection) => {
    connection.on('error', () => undefined)
    connection.on('data', () => connection.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK'))
  })
  await new Promise<void>((done) => engine.listen(socket, done))
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await sshd?.close()
  engine?.close()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => {
  reach(sshd)
})

describe('a way by ssh', () => {
  it('leads to the engine there, through a socket that only this user can reach, and leaves nothing', async () => {
    const way = await openWay(far())
    const path = way.found.endpoint.replace('unix://', '')
    await connect(way.found).ping()
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700)
    expect(sshOf(path)).toHaveLength(1)
    await way[Symbol.asyncDispose]()
    expect(sshOf(path)).toEqual([])
    expect(existsSync(dirname(path))).toBe(false)
    expect(await Promise.race([way.lost, Promise.resolve('not lost')])).toBe('not lost')
  })

  it('takes user, address and port as well as a name', async () => {
    const way = { kind: 'ssh', destination: `${sshd.user}@${sshd.address}`, port: sshd.port } as const
    await using open = await openWay({ ...far(), way })
    await connect(open.found).ping()
  })

  it.each([
    { because: 'the host is not known', known: 'no host', says: 'its host key is not known here' },
    { because: 'the host has another key', known: 'another key', says: 'its host key is another than the known one' },
  ] as const)('is refused when $because', async ({ known, says }) => {
    sshd.know(known)
    try {
      await expect(openWay(far())).rejects.toMatchObject({
        code: 'NO_ENGINE',
        message: expect.stringContaining(says),
        hint: expect.stringContaining('ssh '),
      })
    } finally {
      sshd.know('the host')
    }
  })

  it('asks for no password when the key is refused', async () => {
    sshd.admit(false)
    try {
      await expect(openWay(far())).rejects.toMatchObject({
        message: expect.stringContaining('it refused the keys of this user'),
        hint: expect.stringContaining('ssh-copy-id'),
      })
    } finally {
      sshd.admit(true)
    }
  })

  it('is an error when there is no socket, or the server forwards none', async () => {
    await expect(openWay({ ...far(), socket: join(folder, 'none.sock') })).rejects.toMatchObject({
      message: expect.stringContaining(`there is no socket ${join(folder, 'none.sock')}`),
    })
    await using strict = await startSshd({ name: 'strict', forwarding: false })
    reach(strict)
    await expect(openWay({ ...far(), way: { kind: 'ssh', destination: 'strict', port: null } })).rejects.toMatchObject({
      message: expect.stringContaining('its ssh server does not connect to the socket'),
      hint: expect.stringContaining('AllowStreamLocalForwarding yes'),
    })
  })

  it('is lost when the server is killed', async () => {
    await using way = await openWay(far())
    await sshd.stop()
    try {
      await expect(way.lost).resolves.toMatchObject({
        code: 'ENGINE_LOST',
        message: expect.stringContaining('host far: the tunnel of ssh bakeoff-lab broke off'),
      })
    } finally {
      await sshd.start()
    }
  })

  it('ends with the process that opened it, also while a connection through it is open', async () => {
    const { child, lines } = start('way-opener.mjs', [sshd.alias, socket])
    await until(() => lines.length > 0, 'it opens a way')
    const path = lines[0] as string
    expect(sshOf(path)).toHaveLength(1)
    child.kill('SIGKILL')
    await until(() => sshOf(path).length === 0, 'ssh ends')
    rmSync(dirname(path), { recursive: true }) // it has no watchdog, so nobody does
  })
})

describe('a session in an engine behind ssh', () => {
  it('is removed, with its tunnel, when its process is killed', async () => {
    const { client, image } = await engineUnderTest()
    const { child, lines } = start('orchestrator.mjs', [folder, image, sshd.alias])
    await until(() => lines.includes('up'), 'its containers run')
    const [, session, watchdog] = /session (\S+) watchdog (\d+)/.exec(lines.join('\n')) ?? []
    const left = () => client.containers.list(`bakeoff.session=${session}`)
    expect((await left()).length).toBeGreaterThan(0)
    child.kill('SIGKILL')
    await until(() => !existsSync(`/proc/${watchdog}`), 'the watchdog ends')
    expect(await left()).toEqual([])
    expect(await client.networks.list(`bakeoff.session=${session}`)).toEqual([])
    expect(sshOf(tunnels)).toEqual([])
    expect(readdirSync(tunnels)).toEqual([])
  })
})

function far() {
  return { name: 'far', way: { kind: 'ssh', destination: sshd.alias, port: null }, socket } as const
}

/** Lets `ssh` be the one that knows this server. */
function reach({ binFolder }: Sshd): void {
  vi.unstubAllEnvs()
  vi.stubEnv('PATH', `${binFolder}:${process.env.PATH}`)
}

function start(program: string, args: readonly string[]): { child: ChildProcess; lines: string[] } {
  const child = spawn(process.execPath, [resolve(import.meta.dirname, 'fixtures', program), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: tunnels },
  })
  const lines: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
  return { child, lines }
}

/** Processes of ssh that forward to this path. */
function sshOf(path: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => commandOf(pid).some((argument) => argument.startsWith(path)))
}

function commandOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return [] // it has ended
  }
}

async function until(isTrue: () => boolean, what: string): Promise<void> {
  for (const deadline = Date.now() + 60_000; !isTrue(); await sleep(50)) {
    if (Date.now() > deadline) throw new Error(`in vain: ${what}`)
  }
}
