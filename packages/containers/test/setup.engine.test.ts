import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findProgram, runCommand } from '../src/engine/command.js'
import { type DaemonSettings, liveDaemon, startDaemon, usualDaemon } from '../src/engine/daemon.js'
import { ensureBase, ensureEngine, findEngine } from '../src/index.js'
import { type RawEngine, rawEngine } from './raw-engine.js'

const root = process.platform === 'linux' && process.getuid?.() === 0
const say = (line: string): void => console.log(line)

/**
 * A daemon beside the machine's own: its own data, state, socket and pid file, and above all its own network namespace.
 * A dockerd without a bridge removes docker0, whoever's it is, and one with a bridge rewrites the packet filter.
 */
describe.skipIf(!root)('a dockerd of ours', () => {
  let able = false
  let folder: string
  let settings: DaemonSettings
  let docker: RawEngine
  let interfaces: string[]

  beforeAll(async () => {
    const engine = await ensureEngine({ say, ask: null, env: process.env })
    const program = findProgram('dockerd', process.env)
    const isolated = await runCommand('unshare', ['--net', 'true']).then(
      () => true,
      () => false,
    )
    if (program === null || !isolated) return // an engine elsewhere, seen from a container: nothing to start here
    able = true
    folder = mkdtempSync(join(tmpdir(), 'bakeoff-daemon-'))
    const alone = join(folder, 'dockerd')
    writeFileSync(alone, `#!/bin/sh\nexec unshare --net ${program} "$@"\n`, { mode: 0o755 })
    interfaces = readdirSync('/sys/class/net')
    settings = {
      ...usualDaemon(alone, folder),
      socket: join(folder, 'd.sock'),
      dataRoot: join(folder, 'data'),
      execRoot: join(folder, 'run'),
      extra: ['--bridge=none', '--iptables=false', '--ip-forward=false'],
      otherPidFiles: [join(folder, 'other.pid')],
    }
    docker = rawEngine({ found: { endpoint: `unix://${settings.socket}`, foundBy: 'test', tls: null } })
    await ensureBase(engine.client, {
      composeBaseFolder: resolve(import.meta.dirname, '../../../compose/base'),
      say,
      logFolder: folder,
    })
    await startDaemon(settings, process.env)
    const loading = await docker.loadImage(await rawEngine(engine.client).getImage('bakeoff/base').get())
    loading.resume()
    await new Promise((resolve, reject) => loading.on('end', resolve).on('error', reject))
  })

  beforeEach(({ skip }) => skip(!able, 'no dockerd can be started here'))

  afterAll(async () => {
    if (!able) return
    for (const { Id } of await docker.listContainers({ all: true }))
      await docker.getContainer(Id).remove({ force: true })
    await end(liveDaemon(settings), 'SIGTERM')
    await end(containerdOf(settings), 'SIGTERM') // one that outlived its daemon is not stopped with the next
    for (const mount of mountsBelow(folder)) await runCommand('umount', [mount])
    rmSync(folder, { recursive: true, force: true })
  })

  it('answers, and is known to be alive', async () => {
    expect(liveDaemon(settings)).toBe(Number(readFileSync(settings.pidFile, 'utf8')))
    expect(await findEngine({ env: { DOCKER_HOST: `unix://${settings.socket}` } })).toMatchObject({
      foundBy: 'DOCKER_HOST',
    })
  })

  it('is in a session of its own, which a Ctrl-C at the terminal does not reach', () => {
    const [, , , session] = statOf(liveDaemon(settings) as number)
    expect(Number(session)).toBe(liveDaemon(settings))
  })

  it.each([
    { killed: 'the daemon alone', containerd: false },
    { killed: 'the daemon and its containerd', containerd: true },
  ])('starts again after somebody killed $killed, with a container still there', async ({ containerd }) => {
    const container = await docker.createContainer({
      Image: 'bakeoff/base',
      Cmd: ['sleep', '600'],
      HostConfig: { NetworkMode: 'none' },
    })
    await container.start()
    await end(liveDaemon(settings), 'SIGKILL')
    if (containerd) await end(containerdOf(settings), 'SIGKILL')
    expect(liveDaemon(settings)).toBeNull()
    await expect(findEngine({ env: { DOCKER_HOST: `unix://${settings.socket}` } })).rejects.toMatchObject({
      code: 'NO_ENGINE',
    })

    await startDaemon(settings, process.env)
    expect((await docker.listContainers({ all: true })).map(({ Id }) => Id)).toContain(container.id)
    await container.remove({ force: true })
    expect(await docker.listContainers({ all: true })).toEqual([])
  })

  it('starts although the pid files name other processes by now', async () => {
    await end(liveDaemon(settings), 'SIGKILL')
    await end(containerdOf(settings), 'SIGKILL')
    for (const file of [
      settings.pidFile,
      settings.otherPidFiles[0] as string,
      join(settings.execRoot, 'containerd/containerd.pid'),
    ]) {
      writeFileSync(file, String(process.pid))
    }
    expect(liveDaemon(settings)).toBeNull()
    await startDaemon(settings, process.env)
    expect(liveDaemon(settings)).not.toBeNull()
  })

  it('is one when three start it at the same moment', async () => {
    await end(liveDaemon(settings), 'SIGTERM')
    await Promise.all([1, 2, 3].map(() => startDaemon(settings, process.env)))
    expect(await findEngine({ env: { DOCKER_HOST: `unix://${settings.socket}` } })).not.toBeNull()
    expect(liveDaemon(settings)).toBe(Number(readFileSync(settings.pidFile, 'utf8')))
  })

  it("leaves the machine's own networks alone", () => {
    expect(readlinkSync(`/proc/${liveDaemon(settings)}/ns/net`)).not.toBe(readlinkSync('/proc/self/ns/net'))
    expect(readdirSync('/sys/class/net').includes('docker0')).toBe(interfaces.includes('docker0'))
  })

  it('says why when it cannot start, with the last lines of its log', async () => {
    const broken = {
      ...settings,
      pidFile: join(folder, 'broken.pid'),
      logFile: join(folder, 'broken.log'),
      socket: join(folder, 'b.sock'),
      extra: ['--storage-driver=nonsense'],
    }
    const error = await startDaemon(
      { ...broken, dataRoot: join(folder, 'b'), execRoot: join(folder, 'br') },
      process.env,
    ).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'SETUP_FAILED',
      message: 'the Docker engine did not start: it ended with exit code 1',
    })
    expect((error as { logTail: string[] }).logTail.join('\n')).toContain('nonsense')
  })
})

/** A killed daemon does not undo the mount that it makes of its data folder. Innermost first. */
function mountsBelow(folder: string): string[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
  return mounts.filter((mount) => mount.startsWith(`${folder}/`)).reverse()
}

/** Sends a signal and waits until the process is gone. */
async function end(pid: number | null, signal: NodeJS.Signals): Promise<void> {
  if (pid === null) return
  process.kill(pid, signal)
  for (let waited = 0; waited < 30_000 && isAlive(pid); waited += 50) await sleep(50)
  if (isAlive(pid)) throw new Error(`process ${pid} does not end`)
}

function isAlive(pid: number): boolean {
  try {
    const [state] = statOf(pid)
    return state !== 'Z'
  } catch {
    return false
  }
}

/** The fields of /proc/<pid>/stat after the name: state, parent, process group, session, … */
function statOf(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}

function containerdOf(settings: DaemonSettings): number | null {
  try {
    const pid = Number(readFileSync(join(settings.execRoot, 'containerd/containerd.pid'), 'utf8'))
    return isAlive(pid) && pid !== process.pid ? pid : null
  } catch {
    return null
  }
}
