import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { parseHosts } from '@bakeoff/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EngineUnderTest, root } from './engine.js'
import { BASE, bring, dockerOf, Lab, labUnderTest, whyNoLab } from './lab/lab.js'
import { leftAfter, leftOf } from './lab/left.js'

const OVERLAY = 'bench'
let lab: Lab
let here: EngineUnderTest

const onLab = describe.skipIf(whyNoLab() !== null)

beforeAll(async () => {
  if (whyNoLab() === null) ({ lab, here } = await labUnderTest({ hosts: 2, cores: [[0], [1]] }))
})
afterAll(() => lab?.down())

onLab('engines of a lab', () => {
  it('have ids, names and cores of their own, and none of what the engine of this machine has', async () => {
    const infos = await Promise.all(['h1', 'h2'].map((host) => dockerOf(lab, host).info()))
    expect(new Set([...infos, await here.docker.info()].map(({ ID }) => ID)).size).toBe(3)
    expect(infos).toMatchObject([
      { Name: 'h1', NCPU: 1, Containers: 0, Images: 0 },
      { Name: 'h2', NCPU: 1, Containers: 0, Images: 0 },
    ])
  })

  it('join a swarm over the bridge', async () => {
    const [first, second] = lab.hosts.map(({ address }) => address)
    await dockerOf(lab, 'h1').swarmInit({ AdvertiseAddr: first, ListenAddr: '0.0.0.0:2377' })
    const { JoinTokens } = await dockerOf(lab, 'h1').swarmInspect()
    const join = { RemoteAddrs: [`${first}:2377`], JoinToken: JoinTokens.Worker, AdvertiseAddr: second }
    await dockerOf(lab, 'h2').swarmJoin({ ...join, ListenAddr: '0.0.0.0:2377' })
    const nodes = await dockerOf(lab, 'h1').listNodes()
    expect(nodes.map(({ Description }) => Description?.Hostname).sort()).toEqual(['h1', 'h2'])
  })

  it('get images of another engine, as they are', async () => {
    await bring(lab, here, [BASE])
    const layers = await Promise.all([here.docker, dockerOf(lab, 'h1'), dockerOf(lab, 'h2')].map(layersOfBase))
    expect(layers).toEqual([layers[0], layers[0], layers[0]])
  })

  it('hold containers on their cores, and refuse other ones', async () => {
    await overlay()
    await run('h1', 'server', SERVER, '0')
    await run('h2', 'client', ['sleep', '3600'], '1')
    expect(await inside('h2', 'client', 'grep Cpus_allowed_list /proc/self/status')).toContain('\t1\n')
    await expect(run('h2', 'elsewhere', ['true'], '0')).rejects.toThrow('cpuset.cpus')
    await dockerOf(lab, 'h2').getContainer('elsewhere').remove()
  })

  it('say which containers and networks they have', async () => {
    expect(await lab.containersOf('h1')).toEqual(['server'])
    expect(await lab.networksOf('h2')).toEqual([OVERLAY])
  })

  it('let containers of an overlay talk to each other', async () => expect(await greetingWith(0)).toBe('hello'))
})

onLab('what can be done to a host', () => {
  it('its cable is pulled: its containers hear nothing of others until it is back', async () => {
    await lab.pullCable('h2')
    expect(await greetingWith(0)).toBe('nothing')
    await lab.plugIn('h2')
    await expect.poll(() => greetingWith(0), { timeout: 30_000 }).toBe('hello')
  })

  it('its cable is made slow, for what comes and for what goes', async () => {
    const free = await secondsFor(4)
    await lab.limit('h2', '20mbit')
    expect(await secondsFor(4)).toBeGreaterThan(Math.max(1.2, free)) // 32 Mbit, of which one is in the bucket
    await lab.unlimit('h2')
    await lab.limit('h1', '20mbit')
    expect(await secondsFor(4)).toBeGreaterThan(Math.max(1.2, free))
    await lab.unlimit('h1')
  })

  it('its engine is frozen: it answers nothing while its containers go on, and thaws', async () => {
    lab.freeze('h1')
    await expect(lab.host('h1').ask('/_ping', { timeoutMs: 1_000 })).rejects.toThrow()
    expect(await greetingWith(0)).toBe('hello')
    lab.thaw('h1')
    expect(await lab.containersOf('h1')).toEqual(['server'])
  })

  it('it is logged into over its cable', async () => {
    await using sshd = await lab.startSshd('h2')
    expect(await ssh(sshd.binFolder)).toBe('h2\n')
    await lab.pullCable('h2')
    await expect(ssh(sshd.binFolder)).rejects.toThrow()
    await lab.plugIn('h2')
  })

  it('its engine is killed: its containers go on, and are stopped by the next one, which has the same id', async () => {
    const { ID } = await dockerOf(lab, 'h1').info()
    await lab.killEngine('h1')
    await expect(lab.containersOf('h1')).rejects.toThrow()
    expect(await greetingWith(0)).toBe('hello')
    await lab.startEngine('h1')
    expect(await dockerOf(lab, 'h1').info()).toMatchObject({ ID, ContainersRunning: 0, Containers: 1 })
  })
})

onLab('hosts.yaml of a lab', () => {
  it.each([
    { file: {}, benches: [{ target: 'h1', services: 'h1', agents: ['h2'] }] },
    { file: { fleet: ['h2', 'h1'] }, benches: [{ id: 'h2' }, { id: 'h1' }] },
    {
      file: { benches: [{ target: 'h2', agents: ['h1'] }] },
      benches: [{ target: 'h2', services: 'h2', agents: ['h1'] }],
    },
  ])('is understood: $file', ({ file, benches }) => {
    const hosts = parse(lab.writeHosts(file))
    expect(hosts.benches).toMatchObject(benches)
    expect(hosts.hosts[1]?.way).toEqual({ kind: 'unix', path: lab.host('h2').facts.socket })
  })

  it("names the host's own socket where its way is another", () => {
    const { socket } = lab.host('h2').facts
    expect(parse(lab.writeHosts({ ways: { h2: 'ssh://h2' } })).hosts[1]).toMatchObject({ socket, way: { kind: 'ssh' } })
  })
})

onLab('the end of a lab', () => {
  it('leaves nothing of it, but for the images that are to be kept', async () => {
    const keep = mkdtempSync(join(tmpdir(), 'bakeoff-kept-'))
    const first = await Lab.up({ hosts: 1, keep })
    await bring(first, here, [BASE])
    await dockerOf(first, 'h1').createContainer({ name: 'left', Image: BASE, Cmd: ['sleep', '3600'] })
    await expect(Lab.up({ hosts: 1, keep })).rejects.toThrow(`is in use by ${first.name}`)
    await first.down()
    expect(leftOf(first.name)).toEqual([])
    const second = await Lab.up({ hosts: 1, keep })
    expect(await dockerOf(second, 'h1').info()).toMatchObject({ Images: 1, Containers: 0 })
    await second.down()
    rmSync(keep, { recursive: true })
  })

  it('comes with its owner, when that is killed with a container that is paused', async () => {
    const { owner, owned } = await labOfAnother()
    await runPaused(owned)
    expect(leftOf(owned.name)).not.toEqual([])
    owner.kill('SIGKILL')
    expect(await leftAfter(owned.name, 60_000)).toEqual([])
  })

  it('comes before the next lab, when its owner and its watcher are killed', async () => {
    const { owner, owned } = await labOfAnother()
    process.kill(watcherOf(owned.name), 'SIGKILL')
    owner.kill('SIGKILL')
    await once(owner, 'exit')
    expect(leftOf(owned.name)).not.toEqual([])
    await using _ = await Lab.up({ hosts: 1 })
    expect(leftOf(owned.name)).toEqual([])
  })

  it('leaves other labs alone', async () => {
    const other = await Lab.up({ hosts: 1 })
    await other.down()
    expect(await lab.containersOf('h2')).toEqual(['client'])
  })
})

onLab('node scripts/lab.mjs', () => {
  it('starts a lab that stays, says how it is, and takes it down', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bakeoff-lab-command-'))
    const file = join(folder, 'lab.yaml')
    const name =
      /^bakeoff-lab-\w+/.exec(await script('up', '--hosts', '2', '--cores', '0,0-1', '--file', file))?.[0] ?? ''
    expect(parse(file).hosts).toHaveLength(2)
    expect(await script('status')).toContain(`${name}\n`)
    expect(await script('down', name)).toBe(`${name} is taken down\n`)
    expect(leftOf(name)).toEqual([])
    rmSync(folder, { recursive: true })
  })

  it('runs a command in a lab, and ends with its exit code', async () => {
    const command = ['--', process.execPath, '-e', 'process.exit(7)']
    await expect(script('up', '--hosts', '1', ...command)).rejects.toMatchObject({ code: 7 })
  })

  it.each([
    { args: ['up', '--hosts', 'two'], says: '--hosts is two: write a whole number from 1 to 9' },
    { args: ['up', '--cores', '0,b'], says: 'b is no list of cores' },
    { args: ['down', 'bakeoff-lab-nothing'], says: 'there is no lab bakeoff-lab-nothing' },
  ])('refuses $args', ({ args, says }) => expect(script(...args)).rejects.toThrow(says))
})

/** Sends as many megabytes as it is asked for, after a greeting. */
const SERVER = [
  'perl',
  '-MIO::Socket::INET',
  '-e',
  `my $s = IO::Socket::INET->new(LocalPort => 8080, Listen => 5, ReuseAddr => 1) or die;
   while (my $c = $s->accept) { my $n = <$c>; print $c "hello\\n" . ("x" x ($n * 1_000_000)); close $c }`,
]

async function overlay() {
  const options = { 'com.docker.network.driver.mtu': '1450' }
  await dockerOf(lab, 'h1').createNetwork({
    ...{ Name: OVERLAY, Driver: 'overlay', Attachable: true, Internal: true, Options: options },
  })
}

async function run(host: string, name: string, command: readonly string[], core: string) {
  const HostConfig = { CpusetCpus: core, NetworkMode: OVERLAY }
  const docker = dockerOf(lab, host)
  await (
    await docker.createContainer({ name, Image: BASE, Cmd: [...command], StopSignal: 'SIGKILL', HostConfig })
  ).start()
}

/** What a shell in a container says. */
async function inside(host: string, name: string, text: string): Promise<string> {
  const exec = await dockerOf(lab, host)
    .getContainer(name)
    .exec({ Cmd: ['bash', '-c', text], AttachStdout: true, AttachStderr: true, Tty: true })
  const stream = await exec.start({ Tty: true })
  let said = ''
  for await (const chunk of stream) said += chunk
  return said.replaceAll('\r', '')
}

/** How the client is greeted, after it has got all megabytes. */
async function greetingWith(megabytes: number): Promise<string> {
  const said = await inside('h2', 'client', `${await asking(megabytes, 5)} || echo nothing`)
  return said.trim()
}

async function secondsFor(megabytes: number): Promise<number> {
  const said = await inside('h2', 'client', `TIMEFORMAT=%R; time ${await asking(megabytes, 60)}`)
  expect(said).toContain('hello')
  return Number(said.trim().split('\n').at(-1))
}

let server: string | undefined

async function asking(megabytes: number, withinSeconds: number): Promise<string> {
  server ??= await addressOf('h1', 'server')
  const ask = `exec 3<>/dev/tcp/${server}/8080 && echo ${megabytes} >&3 && tr -d x <&3`
  return `timeout ${withinSeconds} bash -c '${ask}' 2>/dev/null`
}

async function addressOf(host: string, name: string): Promise<string> {
  const { NetworkSettings } = await dockerOf(lab, host).getContainer(name).inspect()
  return NetworkSettings.Networks[OVERLAY]?.IPAddress ?? ''
}

async function layersOfBase(docker: ReturnType<typeof dockerOf>) {
  return (await docker.getImage(BASE).inspect()).RootFS.Layers
}

async function ssh(binFolder: string): Promise<string> {
  const options = ['-T', '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes', '-o', 'ConnectTimeout=3']
  return (await promisify(execFile)(join(binFolder, 'ssh'), [...options, 'h2', 'hostname'], { timeout: 20_000 })).stdout
}

function parse(file: string) {
  return parseHosts(readFileSync(file, 'utf8'), file, { home: '/root', folder: '/' })
}

async function labOfAnother(): Promise<{ owner: ChildProcess; owned: Lab }> {
  const owner = spawn(process.execPath, [resolve(import.meta.dirname, 'lab/owner.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [said] = await once(owner.stdout!, 'data')
  return { owner, owned: Lab.of(String(said).trim()) }
}

async function runPaused(of: Lab) {
  await bring(of, here, [BASE])
  const container = await dockerOf(of, 'h1').createContainer({ Image: BASE, Cmd: ['sleep', '3600'] })
  await container.start()
  await container.pause()
}

function watcherOf(name: string): number {
  const found = leftOf(name).find((line) => line.includes('watcher.mjs'))
  return Number(/^process (\d+)/.exec(found ?? '')?.[1])
}

async function script(...args: string[]): Promise<string> {
  return (await promisify(execFile)(process.execPath, [join(root, 'scripts/lab.mjs'), ...args])).stdout
}
