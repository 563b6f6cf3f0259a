/** The agent as it really runs: its image, a container on an internal network, its protocol over docker attach. */
import { join } from 'node:path'
import type { LoadOrder, LoadRequest, RunningContainer } from '@bakeoff/runner/ports'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { root } from '../../containers/test/engine.js'
import { bundleAgent } from '../scripts/bundle.mjs'
import { connectAgent, loadAgentImage } from '../src/index.js'
import { goOn, loadOf, measureFor, predictWork, signal, stopAfter, unaccounted } from './helpers/agent.js'
import { openContainers, type TestContainers } from './helpers/containers.js'
import { percentilesMs } from './helpers/times.js'

const truthServerImage = 'bakeoff/truth-server'
const PORT = 8080

let containers: TestContainers

beforeAll(async () => {
  containers = await openContainers('agent', async (temporary) => {
    // From the sources, so that what is tested is never an older build.
    const folder = join(temporary, 'image')
    await bundleAgent(folder)
    return [
      { name: loadAgentImage, folder, requires: [] },
      { name: truthServerImage, folder: join(root, 'packages/load/test/servers'), requires: [] },
    ]
  })
})

afterAll(() => containers?.[Symbol.asyncDispose]())

function start(name: string, image: string, environment: Record<string, string>): Promise<RunningContainer> {
  return containers.start({ name, image, memoryBytes: 512 * 1024 ** 2, environment, interactive: name === 'agent' })
}

/** An agent and a server beside it, ready to be loaded. Both are removed together. */
async function startBoth(fault: Record<string, string> = {}, cores = 1) {
  const resources = [await start('agent', loadAgentImage, { CORES: String(cores) })]
  const dispose = async () => {
    for (const resource of resources.toReversed()) await resource[Symbol.asyncDispose]()
  }
  try {
    const [container] = resources as [RunningContainer]
    const agent = await connectAgent(await container.attach())
    const server = await start('target', truthServerImage, { PORT: String(PORT), ...fault })
    resources.push(server)
    const origin = `http://${server.address}:${PORT}`
    await agent.prepare(predictWork, signal)
    const { readyAtMs } = await agent.waitUntilReady(origin, { path: '/health', status: 200 }, 20_000, signal)
    return {
      container,
      agent,
      server,
      origin,
      readyAtMs,
      load: (order: LoadOrder, decide = measureFor(1000), over: Partial<LoadRequest> = {}) =>
        agent.load(loadOf(origin, order, { requestTimeoutMs: 10_000, ...over }), decide, signal),
      truth: async () => {
        const { body } = await agent.fetch({ ...get, origin, path: '/truth' }, signal)
        return JSON.parse(body) as { requests: number }
      },
      async [Symbol.asyncDispose]() {
        await agent[Symbol.asyncDispose]()
        await dispose()
      },
    }
  } catch (error) {
    await dispose()
    throw error
  }
}

const get = { method: 'GET', headers: {}, body: null, encoding: 'utf8', timeoutMs: 5000, abandonAfterMs: null } as const

it('waits until the target is ready, verifies it, and says what it answers', async () => {
  await using both = await startBoth({ FAULT: 'slow-start', START_MS: '500' })
  const { agent, origin, server, readyAtMs } = both
  expect(readyAtMs).toBeGreaterThanOrEqual(server.startedAtMs + 500)
  expect(readyAtMs).toBeLessThanOrEqual(Date.now())
  expect(await agent.verify(origin, 5000, signal)).toEqual({ total: 1, right: 1, differences: [] })
  const info = await agent.fetch({ ...get, origin, path: '/info' }, signal)
  expect(info).toMatchObject({ status: 200, error: null })
  expect(JSON.parse(info.body)).toMatchObject({ language: 'javascript' })
})

it.each([
  { name: 'closed', order: { kind: 'closed', connections: 8 }, cores: 1 },
  { name: 'closed, in two processes', order: { kind: 'closed', connections: 8 }, cores: 2 },
  {
    name: 'open',
    order: { kind: 'open', perSecond: 200, connections: 16, arrivals: 'exponential', seed: 1 },
    cores: 1,
  },
] as const)('accounts for every request of a load: $name', async ({ order, cores }) => {
  await using both = await startBoth({ FAULT: 'fin' }, cores)
  const measured = await both.load(order, measureFor(1000), { sampleEvery: 1 })
  expect(unaccounted(measured)).toBe(0)
  expect(measured.agent.processes).toBe(cores)
  expect(measured.counts.ok).toBeGreaterThan(0)
  expect(measured.counts.checked).toBe(measured.counts.ok)
  expect(measured.counts).toMatchObject({ wrong: 0, errorStatus: 0, timeouts: 0, connectErrors: 0 })
  // The server drops exactly every tenth, whether it is in the window or not.
  const { sent, lost } = measured.counts
  expect(Math.abs(lost - sent / 10)).toBeLessThanOrEqual(1)
  expect((await both.truth()).requests).toBeGreaterThan(sent)
  expect(measured.responseTime === null).toBe(order.kind !== 'open')
})

it('does not report less than the server took', async () => {
  await using both = await startBoth({ FAULT: 'delay', DELAY_MS: '20', SLOW_SHARE: '0' })
  const { serviceTime } = await both.load({ kind: 'closed', connections: 4 })
  expect(serviceTime.minUs).toBeGreaterThanOrEqual(20_000)
  expect(percentilesMs(serviceTime).p50).toBeGreaterThanOrEqual(20)
})

it('has a batch done by the target', async () => {
  await using both = await startBoth()
  const order = { kind: 'batch', tasks: 40, concurrency: 10, seed: 2 } as const
  const { batch, counts } = await both.load(order, goOn)
  expect(counts).toMatchObject({ sent: 1, ok: 1, wrong: 0 })
  expect(batch).toMatchObject({ tasks: 40, concurrency: 10, ok: 40, failed: 0 })
  expect(batch?.wallMs).toBeGreaterThanOrEqual(20) // four rounds of 5 ms
})

it('stops a load without an end when a window says so, complete', async () => {
  await using both = await startBoth()
  const { agent, origin } = both
  let seen = 0
  const order = { kind: 'closed', connections: 4 } as const
  const measured = await agent.load(
    loadOf(origin, order, { sliceMs: 200 }),
    () => ({ kind: ++seen < 3 ? 'go-on' : 'stop' }),
    signal,
  )
  expect(seen).toBe(3)
  expect(unaccounted(measured)).toBe(0)
  // What came between the last slice's end and the stop is in the counts alone.
  expect(measured.settling?.reduce((sum, { ok }) => sum + ok, 0)).toBeLessThanOrEqual(measured.counts.ok)
  expect(measured.serviceTime.count).toBe(measured.counts.ok + measured.counts.inFlight)
})

it('counts what it cannot connect to when the target dies, and stays usable', async () => {
  await using both = await startBoth({ FAULT: 'die', DIE_AFTER: '200' })
  const measured = await both.load({ kind: 'closed', connections: 4 }, stopAfter(1500))
  expect(await both.server.exited).toMatchObject({ exitCode: 3 })
  expect(unaccounted(measured)).toBe(0)
  expect(measured.counts.ok).toBeLessThanOrEqual(200)
  expect(measured.counts.sent).toBeGreaterThanOrEqual(200)
  const verified = await both.agent.verify(both.origin, 500, signal)
  expect(verified).toMatchObject({ total: 1, right: 0 })
})

it('rejects with ABORTED when it is aborted, and can do the next load', async () => {
  await using both = await startBoth()
  const { agent, origin, load } = both
  const order = { kind: 'closed', connections: 4 } as const
  const stop = new AbortController()
  const endless = agent.load(loadOf(origin, order), goOn, stop.signal)
  setTimeout(() => stop.abort(), 400)
  await expect(endless).rejects.toMatchObject({ code: 'ABORTED' })
  expect((await load(order, measureFor(300))).counts.ok).toBeGreaterThan(0)
})

it('rejects with AGENT_FAILED when its container is killed', async () => {
  await using both = await startBoth()
  const { agent, origin, container } = both
  const order = { kind: 'closed', connections: 4 } as const
  let killed: Promise<unknown> | null = null
  const loading = agent.load(
    loadOf(origin, order),
    () => {
      killed ??= containers.docker.getContainer(container.id).kill()
      return { kind: 'go-on' }
    },
    signal,
  )
  await expect(loading).rejects.toMatchObject({ code: 'AGENT_FAILED' })
  await killed
  expect(await container.exited).toMatchObject({ exitCode: 137 })
  await expect(agent.verify(origin, 500, signal)).rejects.toMatchObject({ code: 'AGENT_FAILED' })
})

it('ends its container when it is disposed of', async () => {
  await using container = await start('agent', loadAgentImage, { CORES: '1' })
  const agent = await connectAgent(await container.attach())
  await agent[Symbol.asyncDispose]()
  expect(await container.exited).toMatchObject({ exitCode: 0, oomKilled: false })
})
