import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { connect as connectSocket, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EngineFacts, Reading } from '@bakeoff/model'
import { plainContainer } from '@bakeoff/runner'
import type { ContainerRequest, RunningContainer } from '@bakeoff/runner/ports'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect, type EngineClient, openSession, type Session, type SessionOptions } from '../src/index.js'
import { startedOf } from '../src/locks/owner.js'
import { removeSession } from '../src/session/sweep.js'
import { buildDist, engineUnderTest, noImages } from './engine.js'
import type { RawEngine } from './raw-engine.js'

const MB = 1024 * 1024
let client: EngineClient
let docker: RawEngine
let facts: EngineFacts
let image: string
/** of this test run alone, so that runs beside it do not find the engine held */
let lockFolder: string
const children: ChildProcess[] = []

beforeAll(async () => {
  await buildDist()
  ;({ client, docker, facts, image } = await engineUnderTest())
  lockFolder = await mkdtemp(join(tmpdir(), 'bakeoff-session-'))
})
afterAll(async () => {
  for (const child of children) if (child.exitCode === null) child.kill('SIGKILL') // of a test that failed
  await rm(lockFolder, { recursive: true, force: true })
})

function open(
  changes: Partial<SessionOptions> & { client?: EngineClient; facts?: EngineFacts } = {},
): Promise<Session> {
  return openSession(changes.client ?? client, changes.facts ?? facts, {
    root: '/test',
    say: () => undefined,
    images: noImages,
    lockFolder,
    ...changes,
  })
}

function aRequest(command: string[] | null, changes: Partial<ContainerRequest> = {}): ContainerRequest {
  return {
    ...plainContainer('target', image, { cpus: 1, cpuset: [], quotaCpus: null, memoryBytes: 128 * MB }),
    command,
    ...changes,
  }
}

const shell = (script: string) => ['sh', '-c', script]

/** Polls until it holds. The machine may be slow, so the limit is generous. */
async function until(holds: () => boolean | Promise<boolean>, what: string, limitMs = 60_000): Promise<void> {
  for (const deadline = Date.now() + limitMs; !(await holds()); await sleep(50)) {
    if (Date.now() > deadline) throw new Error(`not within ${limitMs} ms: ${what}`)
  }
}

/** Whether this machine itself can connect. */
async function reaches(host: string, port: number): Promise<boolean> {
  const socket = connectSocket({ host, port, timeout: 5_000 })
  return new Promise<boolean>((resolve) => {
    socket
      .on('connect', () => resolve(true))
      .on('error', () => resolve(false))
      .on('timeout', () => resolve(false))
  }).finally(() => socket.destroy())
}

/** What the container wrote once it is over. */
async function output(container: RunningContainer): Promise<string[]> {
  await container.exited
  return container.logTail(100)
}

async function labelled(label: string): Promise<string[]> {
  const filters = { label: [label] }
  const containers = await docker.listContainers({ all: true, filters })
  const networks = await docker.listNetworks({ filters })
  return [...containers.flatMap(({ Names }) => Names), ...networks.map(({ Name }) => Name)]
}

describe('a container', () => {
  it('runs capped and hardened', async () => {
    await using session = await open()
    await using network = await session.openNetwork('testbed')
    const command = shell(
      'sleep 0.3; id -u; touch /x || echo no root; touch /tmp/x /data/x && echo tmp; ' +
        'grep -E "^(CapEff|CapBnd|NoNewPrivs|Seccomp|Cpus_allowed_list):" /proc/self/status; nproc; df -m /tmp | tail -1; echo "$GREETING"',
    )
    await using container = await session.start(
      network,
      aRequest(command, {
        caps: { cpus: 1, cpuset: [1], quotaCpus: null, memoryBytes: 128 * MB },
        environment: { GREETING: 'hello = world' },
        tmpfs: ['/data'],
      }),
    )
    const lines = (await output(container)).map((line) => line.replace(/\s+/g, ' '))
    expect(lines).toEqual(
      expect.arrayContaining([
        '10001',
        'no root',
        'tmp',
        'CapEff: 0000000000000000',
        'CapBnd: 0000000000000000',
        'NoNewPrivs: 1',
        'Seccomp: 2',
        'Cpus_allowed_list: 1',
        '1',
        'hello = world',
      ]),
    )
    expect(
      lines.some((line) => /^tmpfs 64 /.test(line)),
      '/tmp is half of its memory',
    ).toBe(true)

    const { HostConfig, Config } = await docker.getContainer(container.id).inspect()
    expect(HostConfig).toMatchObject({
      CpusetCpus: '1',
      Memory: 128 * MB,
      MemorySwap: 128 * MB,
      PidsLimit: 2048,
      Init: true,
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      PortBindings: {},
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m', 'max-file': '2' } },
    })
    expect(Config.Labels).toMatchObject({ 'bakeoff.session': session.id, 'bakeoff.pid': String(process.pid) })
    expect(await docker.getNetwork(network.id).inspect()).toMatchObject({ Internal: true, Driver: 'bridge' })
  })

  it('runs the image of the id that it was given, whatever the name has become since', async () => {
    const repo = `bakeoff-test/renamed-${randomBytes(4).toString('hex')}`
    const first = await docker.createContainer({ Image: image, Env: ['IT=first'] })
    const second = await docker.createContainer({ Image: image, Env: ['IT=second'] })
    try {
      await first.commit({ repo, tag: 'latest' })
      const { Id } = await docker.getImage(repo).inspect()
      await docker.getImage(Id).tag({ repo, tag: 'kept' }) // else the first would be nameless, and an engine may remove it
      await second.commit({ repo, tag: 'latest' })
      await using session = await open()
      await using network = await session.openNetwork('testbed')
      await using container = await session.start(network, aRequest(shell('sleep 0.3; echo "$IT"'), { image: Id }))
      expect(await output(container)).toEqual(['first'])
      expect((await docker.getContainer(container.id).inspect()).Image).toBe(Id)
    } finally {
      for (const container of [first, second]) await container.remove({ force: true })
      for (const tag of ['latest', 'kept']) await docker.getImage(`${repo}:${tag}`).remove({ force: true })
    }
  })

  it('writes nothing past its limits into what its image declares as a volume', async () => {
    const repo = `bakeoff/test-volume-${randomBytes(4).toString('hex')}`
    const made = await docker.createContainer({ Image: image, Cmd: ['sh', '-c', 'mkdir -m 700 /data'] })
    const volumes = async () => ((await docker.listVolumes()).Volumes ?? []).map(({ Name }) => Name)
    try {
      await made.start()
      await made.wait()
      await made.commit({ repo, changes: 'VOLUME /data' })
      const { Id } = await docker.getImage(repo).inspect()
      const before = await volumes()
      const said: string[] = []
      await using session = await open({ say: (line) => said.push(line) })
      await using network = await session.openNetwork('testbed')
      // One stream: an engine reads standard output and standard error apart, and keeps no order between them.
      const fill =
        'touch /data/a && echo may write; dd if=/dev/zero of=/data/big bs=1M count=100 2>&1; stat -c %s /data/big'
      await using container = await session.start(network, aRequest(shell(fill), { image: Id }))
      const lines = await output(container)
      expect(lines[0]).toBe('may write')
      expect(lines.join()).toContain('No space left on device')
      expect(Number(lines.at(-1))).toBe(64 * MB)
      expect(await volumes(), 'no volume of the engine').toEqual(before)
      expect(said).toEqual([
        'target: /data, which its image declares as a volume, is memory here: empty at the start, 64 MiB at most',
      ])
    } finally {
      await made.remove({ force: true })
      await docker.getImage(repo).remove({ force: true })
    }
  })

  it('shows no credentials of a proxy in its log, whoever left them in its image', async () => {
    await using session = await open()
    await using network = await session.openNetwork('testbed')
    const before = process.env.HTTP_PROXY
    process.env.HTTP_PROXY = 'http://me:correct-horse@proxy.example:3128'
    try {
      await using container = await session.start(
        network,
        aRequest(shell('echo the proxy wants correct-horse; sleep 1')),
      )
      expect(await output(container)).toEqual(['the proxy wants ***'])
    } finally {
      if (before === undefined) delete process.env.HTTP_PROXY
      else process.env.HTTP_PROXY = before
    }
  })

  it('has no way out of its network, where this machine has one', async ({ skip }) => {
    const [host, port] = ['1.1.1.1', 53] as const
    if (!(await reaches(host, port)))
      skip('this machine reaches nothing outside, so a container that does not proves nothing')
    await using session = await open()
    await using network = await session.openNetwork('testbed')
    // Some engines drop what leaves, some have no route for it: both are fine.
    const dial = `alarm 5; $SIG{ALRM} = sub { print "no way out\\n"; exit }; socket(S, PF_INET, SOCK_STREAM, 0); print connect(S, sockaddr_in(${port}, inet_aton("${host}"))) ? "got out\\n" : "no way out\\n"`
    await using container = await session.start(network, aRequest(['perl', '-MSocket', '-e', `sleep 1; ${dial}`]))
    expect(await output(container)).toEqual(['no way out'])
  })

  it('is found by its names on the network, at its address', async () => {
    await using session = await open()
    await using network = await session.openNetwork('testbed')
    await using database = await session.start(
      network,
      aRequest(['sleep', '1000'], { name: 'postgres', aliases: ['db'] }),
    )
    await using target = await session.start(network, aRequest(shell('sleep 0.3; getent hosts postgres db')))
    const addresses = (await output(target)).map((line) => line.split(/\s+/)[0])
    expect(addresses).toEqual([database.address, database.address])
    expect(database.startCallMs).toBeGreaterThan(0)
    expect(Math.abs(Date.now() - database.startedAtMs)).toBeLessThan(600_000)
  })

  it('starts beside others, also where the engine refuses our limit on open files', async () => {
    await using session = await open()
    await using network = await session.openNetwork('testbed')
    const started = await Promise.all(
      ['a', 'b', 'c'].map((name) => session.start(network, aRequest(shell('ulimit -n; sleep 1000'), { name }))),
    )
    for (const container of started) {
      await until(async () => (await container.logTail(1)).length > 0, 'it says its limit')
      expect(Number((await container.logTail(1))[0])).toBeGreaterThanOrEqual(1024)
      await container[Symbol.asyncDispose]()
    }
  })

  it('tells how it ended, and what it said', async () => {
    await using session = await open()
    await using network = await session.openNetwork('testbed')
    await using container = await session.start(
      network,
      // The engine reads both streams side by side: what follows at once on the other one may be written before.
      aRequest(shell('for i in $(seq 1 50); do echo "line $i"; done; sleep 1; echo problem >&2; sleep 1; exit 7')),
    )
    const exit = await container.exited
    expect(exit).toMatchObject({ exitCode: 7, oomKilled: false })
    expect(exit.atMs).toBeGreaterThan(container.startedAtMs)
    const tail = await container.logTail(3)
    expect(tail).toHaveLength(3)
    expect(tail).toContain('problem')
    expect(tail).toContain('line 50')
  })

  it.each([
    { because: 'it is killed', command: 'kill', expected: { exitCode: 137, paused: false } },
    { because: 'it is paused', command: 'pause', expected: { exitCode: null, paused: true } },
  ] as const)('tells from outside that $because, at once, and can be removed', async ({ command, expected }) => {
    await using session = await open()
    await using network = await session.openNetwork('testbed')
    await using container = await session.start(network, aRequest(['sleep', '1000'], { name: 'postgres' }))
    await docker.getContainer(container.id)[command]()
    const calledAt = Date.now()
    expect(await container.exited).toMatchObject({ oomKilled: false, ...expected })
    expect(Date.now() - calledAt, 'not only by the next listing').toBeLessThan(4_000)
    await container[Symbol.asyncDispose]()
    expect(await labelled(`bakeoff.session=${session.id}`)).toHaveLength(1) // the network
  })

  it('tells that it was killed for memory', async () => {
    await using session = await open()
    await using network = await session.openNetwork('testbed')
    const hungry = ['perl', '-e', 'sleep 1; my @x; push @x, "x" x 1e6 while 1']
    await using container = await session.start(
      network,
      aRequest(hungry, { caps: { cpus: 1, cpuset: [], quotaCpus: null, memoryBytes: 48 * MB } }),
    )
    expect(await container.exited).toMatchObject({ exitCode: 137, oomKilled: true })
  })

  it('counts a child that was killed for memory while it goes on itself', async () => {
    await using session = await open()
    await using network = await session.openNetwork('testbed')
    const script = `perl -e 'my @x; push @x, "x" x 1e6 while 1'; echo survived; sleep 1000`
    await using container = await session.start(
      network,
      aRequest(shell(script), { caps: { cpus: 1, cpuset: [], quotaCpus: null, memoryBytes: 48 * MB } }),
    )
    await until(() => container.oomKills() > 0, 'an OOM kill was reported')
    await until(async () => (await container.logTail(5)).includes('survived'), 'the parent goes on')
    expect((await docker.getContainer(container.id).inspect()).State.Running).toBe(true)
  })

  it.each([
    { because: 'its command is not there', command: ['no-such-command'], message: /no-such-command|exit code 127/ },
    { because: 'it ends at once', command: shell('echo last words; exit 3'), message: /exit code 3/ },
  ])('does not start when $because, and leaves nothing', async ({ command, message }) => {
    await using session = await open()
    await using network = await session.openNetwork('testbed')
    const error = await session.start(network, aRequest(command)).then(
      // Very quick ends may be seen only after the start: the machine decides.
      async (container) => {
        await using running = container
        const { exitCode } = await running.exited
        return { code: 'START_FAILED', message: `exit code ${exitCode}`, hint: 'late' }
      },
      (thrown) => thrown,
    )
    expect(error).toMatchObject({
      code: 'START_FAILED',
      message: expect.stringMatching(message),
      hint: expect.any(String),
    })
    expect(await docker.listContainers({ all: true, filters: { label: [`bakeoff.session=${session.id}`] } })).toEqual(
      [],
    )
  })

  it('says that this engine has no such core', async () => {
    await using session = await open()
    await using network = await session.openNetwork('testbed')
    const caps = { cpus: 1, cpuset: [facts.cpus + 60], quotaCpus: null, memoryBytes: 64 * MB }
    await expect(session.start(network, aRequest(['true'], { caps }))).rejects.toMatchObject({
      code: 'OUT_OF_RESOURCES',
    })
  })

  it('can be away for a while', async () => {
    await using session = await open()
    await using network = await session.openNetwork('testbed')
    await using container = await session.start(network, aRequest(['sleep', '1000']))
    let ended = false
    container.exited.then(() => {
      ended = true
    })
    const { startedAtMs } = container
    await container.pause()
    await container.pause() // away already
    expect((await docker.getContainer(container.id).inspect()).State.Running).toBe(false)
    await container.resume()
    expect((await docker.getContainer(container.id).inspect()).State.Running).toBe(true)
    expect(container.startedAtMs).toBeGreaterThan(startedAtMs)
    expect(container.address).toMatch(/^\d+\.\d+\.\d+\.\d+$/)
    expect(ended).toBe(false)
    await docker.getContainer(container.id).kill()
    await container.exited
  })
})

describe('a health check', () => {
  const check = (script: string) => ({
    test: ['CMD-SHELL', script],
    intervalMs: 100,
    timeoutMs: 5000,
    retries: 300,
    startPeriodMs: 0,
  })

  it('is waited for', async () => {
    await using session = await open()
    await using network = await session.openNetwork('testbed')
    const script = shell('sleep 1; touch /tmp/ready; sleep 1000')
    await using container = await session.start(network, aRequest(script, { healthcheck: check('test -f /tmp/ready') }))
    await container.healthy(AbortSignal.timeout(60_000))
    expect(Date.now() - container.startedAtMs).toBeGreaterThan(1000)
  })

  it('that never passes ends with the signal, and with what it said', async () => {
    await using session = await open()
    await using network = await session.openNetwork('testbed')
    const healthcheck = check('echo not yet; exit 1')
    await using container = await session.start(network, aRequest(shell('echo starting; sleep 1000'), { healthcheck }))
    await expect(container.healthy(AbortSignal.timeout(2000))).rejects.toMatchObject({
      code: 'NOT_READY',
      message: expect.stringContaining('not yet'),
      logTail: ['starting'],
    })
  })

  it('ends with its container', async () => {
    await using session = await open()
    await using network = await session.openNetwork('testbed')
    await using container = await session.start(
      network,
      aRequest(shell('sleep 1; echo no memory; exit 4'), { healthcheck: check('exit 1') }),
    )
    await expect(container.healthy(AbortSignal.timeout(60_000))).rejects.toMatchObject({
      code: 'NOT_READY',
      message: expect.stringContaining('exit code 4'),
      logTail: ['no memory'],
    })
  })
})

describe('an interactive container', () => {
  it('answers on the wire what it is asked, from its first word to its last', async () => {
    await using session = await open()
    await using network = await session.openNetwork('testbed')
    const script = 'echo first; echo aside >&2; cat; echo last'
    await using agent = await session.start(network, aRequest(shell(script), { name: 'agent', interactive: true }))
    const wire = await agent.attach()
    const question = 'é'.repeat(2 * MB)
    wire.end(question)
    expect(await text(wire)).toBe(`first\n${question}last\n`)
    expect(await agent.exited).toMatchObject({ exitCode: 0 })
    expect(await agent.logTail(10), 'only stderr is a log').toEqual(['aside'])
  })

  it('waits for a reader that is slow, and then loses nothing', async () => {
    await using session = await open()
    await using network = await session.openNetwork('testbed')
    await using agent = await session.start(network, aRequest(['cat'], { name: 'agent', interactive: true }))
    const wire = await agent.attach()
    const question = randomBytes(12 * MB).toString('hex')
    wire.end(question)
    let before = -1
    // What is under way fills the buffers between the two, and then nothing moves.
    await until(async () => {
      const buffered = wire.readableLength
      const still = buffered > 0 && buffered === before
      before = buffered
      await sleep(500)
      return still
    }, 'the stream stands still')
    expect(wire.readableLength).toBeLessThan(4 * MB)
    expect(wire.writableFinished).toBe(false)
    expect((await text(wire)) === question).toBe(true)
  })
})

/** Burns as many seconds of CPU as it is told, and says how many it burnt by its own account. */
const burner = [
  'perl',
  '-e',
  '$| = 1; while (my $n = <STDIN>) { my @a = times; my @b; do { for (1..1000) {} @b = times } until $b[0] + $b[1] - $a[0] - $a[1] >= $n; printf "%.2f\n", $b[0] + $b[1] - $a[0] - $a[1] }',
]

describe('a sampler', () => {
  it.for([
    { because: 'on our own kernel, from files', sameKernel: true, hz: 10 },
    { because: 'elsewhere, from the stream of the engine', sameKernel: false, hz: 10 },
  ])('sees the CPU time that was burnt, $because', async ({ sameKernel, hz }, { skip }) => {
    if (sameKernel && !facts.sameKernel) skip('the engine runs elsewhere')
    await using session = await open({ facts: { ...facts, sameKernel } })
    await using network = await session.openNetwork('testbed')
    await using container = await session.start(network, aRequest(burner, { interactive: true }))
    const wire = await container.attach()
    await using sampler = await session.sample([container], hz)
    const readings = () => sampler.between(0, Number.MAX_SAFE_INTEGER).containers.target as Reading[]
    const after = async (count: number) => {
      await until(() => readings().length >= count, `${count} readings`)
      return readings().at(-1) as Reading
    }
    const before = await after(2)
    wire.write('2\n')
    const [answer] = (await once(wire, 'data')) as [Buffer]
    const burnt = Number(answer.toString())
    const last = await after(readings().length + 2)
    const seen = (last.cpuTotalSeconds as number) - (before.cpuTotalSeconds as number)
    expect(burnt).toBeGreaterThanOrEqual(2)
    expect(Math.abs(seen / burnt - 1), `saw ${seen} s of ${burnt} s`).toBeLessThan(0.05)
    const split = (r: Reading) => (r.cpuUserSeconds as number) + (r.cpuSystemSeconds as number)
    expect(Math.abs((split(last) - split(before)) / burnt - 1)).toBeLessThan(0.1)
    expect(sampler.between(0, Date.now()).host.length > 0).toBe(sameKernel)
  })

  it.for([{ sameKernel: true }, { sameKernel: false }])(
    'sees memory that is held, tmpfs too: $sameKernel',
    async ({ sameKernel }, { skip }) => {
      if (sameKernel && !facts.sameKernel) skip('the engine runs elsewhere')
      await using session = await open({ facts: { ...facts, sameKernel } })
      await using network = await session.openNetwork('testbed')
      const script = `sleep 1; head -c 20000000 /dev/zero > /tmp/x; perl -e 'my $x = "x" x 3e7; sleep 1000'`
      await using container = await session.start(network, aRequest(shell(script)))
      await using sampler = await session.sample([container], 10)
      const held = () => sampler.between(0, Date.now()).containers.target?.at(-1)?.memoryAnonBytes ?? 0
      await until(() => held() >= 50e6, 'memory of 20 MB tmpfs and 30 MB heap')
      expect(held()).toBeLessThan(100e6)
    },
  )

  it('sees throttling by a quota', async () => {
    await using session = await open()
    await using network = await session.openNetwork('testbed')
    const caps = { cpus: 0.2, cpuset: [], quotaCpus: 0.2, memoryBytes: 64 * MB }
    await using container = await session.start(network, aRequest(['perl', '-e', '1 while 1'], { caps }))
    await using sampler = await session.sample([container], 10)
    const last = () => sampler.between(0, Date.now()).containers.target?.at(-1)
    await until(() => (last()?.throttledPeriods ?? 0) >= 5, 'throttled periods')
    expect(last()?.periods).toBeGreaterThanOrEqual(last()?.throttledPeriods as number)
    expect(last()?.throttledSeconds).toBeGreaterThan(0)
  })
})

describe('the end of a session', () => {
  it('removes what nobody removed, dismisses its watchdog and refuses more', async () => {
    const session = await open()
    const network = await session.openNetwork('testbed')
    await session.start(network, aRequest(['sleep', '1000']))
    const starting = session.start(network, aRequest(['sleep', '1000'], { name: 'late' })) // in flight
    await session.close()
    await starting
    await session.close()
    expect(await labelled(`bakeoff.session=${session.id}`)).toEqual([])
    expect(await startedOf(session.watchdogPid)).toBeNull()
    await expect(session.openNetwork('more')).rejects.toMatchObject({ code: 'ABORTED' })
    await (await open()).close() // the engine is free again
  })

  it('keeps the last containers when told to, and says so', async () => {
    const said: string[] = []
    const session = await open({ keep: true, say: (line) => said.push(line) })
    for (const name of ['first', 'second']) {
      await using network = await session.openNetwork(name)
      await using _container = await session.start(network, aRequest(['sleep', '1000'], { name }))
    }
    await session.close()
    const running = await docker.listContainers({ filters: { label: [`bakeoff.session=${session.id}`] } })
    expect(running.map(({ Names }) => Names[0])).toEqual([expect.stringMatching(/second$/)])
    expect(said.join()).toContain('second')
    expect(await startedOf(session.watchdogPid)).toBeNull()
    await removeSession(client, session.id)
  })

  it('is told to whoever finds the engine held', async () => {
    await using _session = await open()
    const { lines } = await orchestrator(lockFolder)
    await until(() => lines.length > 0, 'the second run says something')
    expect(lines[0]).toContain('ENGINE_HELD')
    expect(lines[0]).toContain(`process ${process.pid}`)
  })
})

describe('an engine that goes away', () => {
  it('ends its containers with ENGINE_LOST, and the watchdog removes them when it is back', async () => {
    const proxy = await socketProxy('/var/run/docker.sock')
    const through = connect({ endpoint: `unix://${proxy.path}`, foundBy: 'test', tls: null })
    const said: string[] = []
    const session = await open({ client: through, say: (line) => said.push(line) })
    const network = await session.openNetwork('testbed')
    const container = await session.start(network, aRequest(['sleep', '1000']))
    await proxy.stop()
    await expect(container.exited).rejects.toMatchObject({ code: 'ENGINE_LOST' })
    await expect(session.start(network, aRequest(['sleep', '1']))).rejects.toMatchObject({ code: 'ENGINE_LOST' })
    await session.close()
    expect(said.join()).toContain('stopped answering')
    expect(await labelled(`bakeoff.session=${session.id}`)).toHaveLength(2)
    await proxy.start()
    await until(async () => (await startedOf(session.watchdogPid)) === null, 'the watchdog ends')
    expect(await labelled(`bakeoff.session=${session.id}`)).toEqual([])
    await proxy.stop()
  })
})

describe('a run that is ended from outside', () => {
  it('leaves nothing when it is killed at any moment', async () => {
    for (let round = 0; round < 6; round++) {
      const run = await orchestrator(lockFolder)
      const afterMs = Math.random() * 3000
      await sleep(afterMs)
      run.child.kill('SIGKILL')
      await run.ended
      await expectNothingLeft(run, `killed after ${afterMs.toFixed()} ms, having said: ${run.lines.join(', ')}`)
    }
  })

  it.each(['SIGTERM'] as const)('leaves nothing when it gets %s at any moment', async (signal) => {
    for (let round = 0; round < 4; round++) {
      const run = await orchestrator(lockFolder)
      await until(() => run.lines.length > 0, 'the session is open')
      const afterMs = Math.random() * 2000
      await sleep(afterMs)
      run.child.kill(signal)
      await run.ended
      expect(run.lines.at(-1)).toBe('stopped')
      // Nothing may be left at this moment: the run has removed everything itself.
      const after = `ended after ${afterMs.toFixed()} ms, having said: ${run.lines.join(', ')}`
      expect(await labelled(`bakeoff.pid=${run.child.pid}`), after).toEqual([])
      expect(await descendants(run.token), after).toEqual([])
    }
  })

  it('is swept by the next one when its watchdog was killed too', async () => {
    const run = await orchestrator(lockFolder)
    await until(() => run.lines.includes('up'), 'containers run').catch((late) => {
      throw new Error(`it said: ${run.lines.join(', ')}`, { cause: late })
    })
    // Before it, there may be words about what others left on this engine.
    const watchdog = Number(/watchdog (\d+)/.exec(run.lines.join('\n'))?.[1])
    expect(watchdog, run.lines.join('\n')).toBeGreaterThan(0)
    process.kill(watchdog, 'SIGKILL')
    run.child.kill('SIGKILL')
    await run.ended
    await sleep(1000) // what it asked for last has been made by now
    expect(await labelled(`bakeoff.pid=${run.child.pid}`)).not.toEqual([])
    const said: string[] = []
    await using _next = await open({ say: (line) => said.push(line) })
    expect(await labelled(`bakeoff.pid=${run.child.pid}`)).toEqual([])
    expect(said.join()).toContain('left by a run that was killed')
  })
})

interface Run {
  readonly child: ChildProcess
  readonly ended: Promise<unknown>
  /** in the environment of it and of what it starts */
  readonly token: string
  readonly lines: string[]
}

async function orchestrator(locks: string): Promise<Run> {
  const token = `run-${Math.random().toString(36).slice(2)}`
  const program = resolve(import.meta.dirname, 'fixtures/orchestrator.mjs')
  const child = spawn(process.execPath, [program, locks, image], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, BAKEOFF_TEST_RUN: token },
  })
  children.push(child)
  const lines: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
  return { child, ended: once(child, 'exit'), token, lines }
}

async function expectNothingLeft(run: Run, after: string): Promise<void> {
  // The watchdog waits for creates that arrive late, then ends; only then is it told what is left.
  await until(async () => (await descendants(run.token)).length === 0, `the watchdog ends, ${after}`)
  expect(await labelled(`bakeoff.pid=${run.child.pid}`), after).toEqual([])
}

/** Processes that have the token in their environment. */
async function descendants(token: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const mine = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')
      return environment.includes(token) && (await startedOf(Number(pid))) !== null
    }),
  )
  return pids.filter((_, i) => mine[i])
}

/** A socket in front of the engine's, that can go away as a daemon does. */
async function socketProxy(target: string): Promise<{ path: string; start(): Promise<void>; stop(): Promise<void> }> {
  const path = join(lockFolder, 'engine.sock')
  const sockets = new Set<Socket>()
  let server: Server
  const start = async () => {
    server = createServer({ allowHalfOpen: true }, (client) => {
      const engine = connectSocket({ path: target, allowHalfOpen: true })
      for (const socket of [client, engine]) {
        sockets.add(socket)
        socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
      }
      client.pipe(engine).pipe(client)
    }).listen(path)
    await once(server, 'listening')
  }
  await start()
  return {
    path,
    start,
    async stop() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
