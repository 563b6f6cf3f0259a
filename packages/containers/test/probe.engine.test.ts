/** The probe as it really runs: its image, its container, its protocol over attach, and what it removes. One engine is one host here. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Reading } from '@bakeoff/model'
import { steadyMs } from '@bakeoff/runner/ports'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  asEngineSees,
  type EngineClient,
  LEASE,
  labelsOf,
  type Probe,
  type ProbeOptions,
  readHostFacts,
  startProbe,
} from '../src/index.js'
import { thisOwner } from '../src/locks/owner.js'
import { takeLease } from '../src/probe/lease.js'
import { openContainerFiles } from '../src/session/sampling/files.js'
import { Tail, wireOf } from '../src/session/wire.js'
import { buildDist, type EngineUnderTest, engineUnderTest, root } from './engine.js'
import { aSession, buildProbe, probeOptions } from './probe-under-test.js'

let engine: EngineUnderTest
let client: EngineClient
let image: string

beforeAll(async () => {
  await buildDist()
  engine = await engineUnderTest()
  client = engine.client
  image = await buildProbe(client)
})

/** The address of this machine, which is the engine's too. */
function anAddress(): string {
  const found = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family }) => family === 'IPv4')
  return found?.address ?? ''
}

function optionsOf(session: string, changes: Partial<ProbeOptions> = {}): Promise<ProbeOptions> {
  const host = { name: 'bench-1', address: anAddress(), socket: '/var/run/docker.sock' }
  return probeOptions(image, { host, session, ...changes })
}

async function aProbe(changes: Partial<ProbeOptions> = {}): Promise<Probe> {
  return startProbe(client, await optionsOf(aSession(), changes))
}

/** A container that works a little, with the labels of a session. */
async function aWorker(labels: Record<string, string>) {
  const script = 'while :; do head -c 100000 /dev/zero | md5sum > /dev/null; sleep 0.05; done'
  const container = await engine.docker.createContainer({
    Image: engine.image,
    Cmd: ['sh', '-c', script],
    Labels: labels,
    HostConfig: { Init: true },
  })
  await container.start()
  const { State } = await container.inspect()
  return {
    name: 'target',
    id: container.id,
    pid: State.Pid,
    [Symbol.asyncDispose]: () => container.remove({ force: true }).catch(() => undefined),
  }
}

/** All that has a label, of any kind. */
async function labelled(session: string): Promise<string[]> {
  const label = `bakeoff.session=${session}`
  const found = [...(await client.containers.list(label)), ...(await client.networks.list(label))]
  return found.map(({ name }) => name)
}

async function until(holds: () => Promise<boolean>, what: string, limitMs: number): Promise<void> {
  for (const deadline = Date.now() + limitMs; !(await holds()); await sleep(100)) {
    if (Date.now() > deadline) throw new Error(`not within ${limitMs} ms: ${what}`)
  }
}

describe('a probe', () => {
  it('tells the facts that this machine reads of itself', async () => {
    await using probe = await aProbe()
    const { uplink, uplinkMtu, allowedCpus, ...facts } = await probe.facts()
    const here = asEngineSees(await readHostFacts(), engine.facts)
    const passing = { cpuPressure: expect.anything(), diskFreeBytes: expect.any(Number) }
    expect(facts).toEqual({ ...here, ...passing, cpuPressure: here.cpuPressure === null ? null : expect.any(Number) })
    expect(allowedCpus).toHaveLength(engine.facts.cpus)
    expect(uplinkMtu).toBe(Number(await readFile(`/sys/class/net/${uplink}/mtu`, 'utf8')))
  })

  it('knows no uplink for an address that the host does not have', async () => {
    await using probe = await aProbe({ host: { name: 'a', address: '192.0.2.1', socket: '/var/run/docker.sock' } })
    expect(await probe.facts()).toMatchObject({ uplink: null, uplinkMtu: null })
  })

  it('knows how its clocks differ from ours', async () => {
    await using probe = await aProbe()
    const { wallOffsetMs, errorMs } = await probe.clock()
    // One machine, so one time of day.
    expect(Math.abs(wallOffsetMs - (steadyMs() - Date.now()))).toBeLessThan(errorMs + 1)
    expect(errorMs).toBeLessThan(50)
  })

  it('reads what the files of containers and host say', async () => {
    await using worker = await aWorker({})
    await using probe = await aProbe()
    const files = openContainerFiles(worker.pid, worker.id, { tcp: true })
    const before = files?.read(steadyMs()) as Reading
    await using sampler = await probe.sampler([worker], 10)
    await sleep(2_000)
    const after = files?.read(steadyMs()) as Reading
    files?.close()
    await sleep(500)
    const { containers, host } = sampler.between(before.atMs, after.atMs)
    const readings = (containers.target as Reading[]).filter(({ atMs }) => atMs >= before.atMs)
    expect(sampler.unread).toEqual([])
    expect(readings.length).toBeGreaterThan(10)
    expect(host.length).toBeGreaterThan(10)
    for (const name of ['cpuTotalSeconds', 'tcpSegments', 'tcpRetransmits', 'rxBytes'] as const) {
      const [low, high] = [before[name], after[name]] as [number, number]
      for (const reading of readings) {
        expect(reading[name], name).toBeGreaterThanOrEqual(low)
        expect(reading[name], name).toBeLessThanOrEqual(high)
      }
    }
    expect(after.cpuTotalSeconds).toBeGreaterThan(before.cpuTotalSeconds as number)
    expect(Object.keys(readings[0] as Reading).sort()).toEqual(Object.keys(after).sort())
  })

  it('says which containers it cannot read', async () => {
    await using probe = await aProbe()
    await using sampler = await probe.sampler([{ name: 'target', id: 'f'.repeat(64), pid: 1 }], 10)
    expect(sampler.unread).toEqual(['target'])
  })

  it('goes on where it is pinned to one core', async () => {
    await using probe = await aProbe()
    const { allowedCpus } = await probe.facts()
    await client.containers.pin(probe.id, allowedCpus.slice(0, 1))
    const { State, HostConfig } = await engine.docker.getContainer(probe.id).inspect()
    expect(HostConfig.CpusetCpus).toBe(String(allowedCpus[0]))
    expect(await readFile(`/proc/${State.Pid}/status`, 'utf8')).toMatch(
      new RegExp(`^Cpus_allowed_list:\\s${allowedCpus[0]}$`, 'm'),
    )
    expect((await probe.facts()).allowedCpus, 'those of its engine').toEqual(allowedCpus)
  })

  it('has no capabilities, no writable root and no log', async () => {
    await using probe = await aProbe()
    const { HostConfig } = await engine.docker.getContainer(probe.id).inspect()
    expect(HostConfig).toMatchObject({
      CapDrop: ['ALL'],
      CapAdd: null,
      Privileged: false,
      ReadonlyRootfs: true,
      PortBindings: {},
      LogConfig: { Type: 'none' },
    })
    expect((HostConfig as { Mounts?: { ReadOnly?: boolean }[] }).Mounts?.map(({ ReadOnly }) => ReadOnly)).not.toContain(
      false,
    )
  })
})

describe('the lease of an engine', () => {
  it('is refused to a second orchestrator, which is told who has it', async () => {
    await using _ = await aProbe()
    await expect(aProbe()).rejects.toMatchObject({
      code: 'ENGINE_HELD',
      message: expect.stringMatching(
        new RegExp(`holds the engine of bench-1: process ${process.pid} on .+ since .+, heard of \\d+ s ago`),
      ),
    })
  })

  it('is refused under another name of the same engine', async () => {
    const session = aSession()
    await using _ = await startProbe(client, await optionsOf(session))
    const again = await optionsOf(session, { host: { name: 'bench-2', address: null, socket: '/var/run/docker.sock' } })
    await expect(startProbe(client, again)).rejects.toMatchObject({
      code: 'BAD_SPEC',
      message: 'bench-2 and bench-1 are the same engine',
    })
  })

  it('is free again once the probe is disposed', async () => {
    for (const _ of [1, 2]) await (await aProbe())[Symbol.asyncDispose]()
    await expect(client.containers.inspect(LEASE)).rejects.toMatchObject({ status: 404 })
  })

  it('is taken from an orchestrator that has ended', async () => {
    const dead = { ...(await thisOwner(aSession())), pid: 2 ** 22 + 1 }
    const before = await startProbe(client, await optionsOf(dead.session, { labels: labelsOf(dead) }))
    await using probe = await aProbe()
    expect(await before.lost).toMatchObject({ code: 'ENGINE_LOST' })
    expect(probe.id).not.toBe(before.id)
    await before[Symbol.asyncDispose]()
  })

  it('is taken from an orchestrator that ended before it started its probe', async () => {
    await engine.docker.createContainer({ name: LEASE, Image: image })
    await using probe = await aProbe()
    expect((await client.containers.inspect(LEASE)).Id).toBe(probe.id)
  })
})

describe('a probe that hears nothing any more', () => {
  const children: ChildProcess[] = []
  afterAll(() => {
    for (const child of children) if (child.exitCode === null) child.kill('SIGKILL')
  })

  /** A process that has started a probe, and goes on. */
  async function anOrchestrator({ say: _, ...plain }: ProbeOptions): Promise<ChildProcess> {
    const child = spawn(process.execPath, [join(root, 'packages/containers/test/fixtures/holds-a-probe.mjs')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    children.push(child)
    child.stdin.end(JSON.stringify({ found: client.found, options: plain }))
    await once(child.stdout, 'data')
    return child
  }

  it('removes everything of its session, and itself, when its orchestrator is killed', async () => {
    const session = aSession()
    const options = await optionsOf(session)
    await using _ = await aWorker(options.labels)
    await engine.docker.createNetwork({ Name: session, Labels: { ...options.labels } })
    const other = aSession()
    await using stranger = await aWorker(labelsOf(await thisOwner(other)))

    const child = await anOrchestrator(options)
    await sleep(4_000)
    expect((await labelled(session)).length, 'worker, network and probe').toBe(3)

    child.kill('SIGKILL')
    const killedAtMs = steadyMs()
    await until(async () => (await labelled(session)).length === 0, 'all is removed', 50_000)
    const tookMs = steadyMs() - killedAtMs
    console.log(`gone ${Math.round(tookMs)} ms after the kill`)
    expect(tookMs, 'the local watchdog is given its time first').toBeGreaterThan(20_000)
    expect(tookMs).toBeLessThan(45_000)
    expect(await labelled(other)).toHaveLength(1)
    expect(stranger.pid).toBeGreaterThan(0)
  })

  it('removes everything also while its orchestrator only hangs, and the wire is open', async () => {
    const session = aSession()
    const options = await optionsOf(session, { silenceMs: 6_000 })
    await using _ = await aWorker(options.labels)
    const child = await anOrchestrator(options)
    expect(await labelled(session)).toHaveLength(2)
    child.kill('SIGSTOP')
    await until(async () => (await labelled(session)).length === 0, 'all is removed', 30_000)
    child.kill('SIGCONT')
    const [said] = await once(child.stdout as Readable, 'data')
    expect(String(said)).toMatch(/the probe on bench-1 is gone/)
    child.kill('SIGKILL')
  })

  it('removes everything also after a bug of its own', async () => {
    const session = aSession()
    const options = await optionsOf(session)
    await using _ = await aWorker(options.labels)
    const id = await takeLease(client, { ...options, silenceMs: 3_000 })
    const stderr = new Tail()
    const wire = wireOf(await client.containers.attach(id), (said) => stderr.take(said))
    await client.containers.start(id)
    wire.write('no question\n')
    await until(async () => (await labelled(session)).length === 0, 'all is removed', 30_000)
    expect(stderr.lines(20).join()).toContain('SyntaxError')
    wire.destroy()
  })

  it('stays while it is pinged, however short its patience', async () => {
    const session = aSession()
    await using probe = await startProbe(client, await optionsOf(session, { silenceMs: 6_000 }))
    await sleep(10_000)
    expect((await client.containers.inspect(LEASE)).Id).toBe(probe.id)
  })
})
