/** wrk as it really runs: its image, a container on an internal network, the order over docker attach. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createImages, openSession, type Session } from '@bakeoff/containers'
import type { RequestLine } from '@bakeoff/model'
import type { Network, RunningContainer, SecondInstrumentOrder } from '@bakeoff/runner/ports'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildDist, engineUnderTest, root } from '../../containers/test/engine.js'
import { bundleAgent } from '../scripts/bundle.mjs'
import { connectAgent, loadAgentImage, measureWithWrk, wrkImage } from '../src/index.js'
import { signal } from './helpers/agent.js'

const nullServer = 'bakeoff/null-server'
const truthServer = 'bakeoff/truth-server'
const PORT = 8080

let temporary: string
let session: Session
let network: Network

beforeAll(async () => {
  await buildDist() // of the session: its watchdog is a process of its own
  const engine = await engineUnderTest()
  temporary = await mkdtemp(join(tmpdir(), 'bakeoff-wrk-'))
  const agentFolder = join(temporary, 'image')
  await bundleAgent(agentFolder)
  const images = createImages(engine.docker, { root, logFolder: join(temporary, 'logs') })
  for (const [name, folder] of [
    [wrkImage, join(root, 'compose/wrk')],
    [nullServer, join(root, 'compose/null-server')],
    [truthServer, join(root, 'packages/load/test/servers')],
    [loadAgentImage, agentFolder],
  ] as const)
    await images.ensureImage({ name, folder, requires: [] }, signal)
  // A lock of its own, so that a run beside it does not find the engine held.
  const lockFolder = join(temporary, 'locks')
  session = await openSession(engine.docker, engine.facts, { root, say: () => {}, images, lockFolder })
  network = await session.openNetwork('wrk-test')
})

afterAll(async () => {
  await network?.[Symbol.asyncDispose]()
  await session?.close()
  if (temporary) await rm(temporary, { recursive: true, force: true })
})

function start(name: string, image: string, environment: Record<string, string> = {}): Promise<RunningContainer> {
  return session.start(network, {
    name,
    image,
    caps: { cpus: 1, cpuset: [], quotaCpus: null, memoryBytes: 256 * 1024 * 1024 },
    environment,
    command: null,
    readOnly: true,
    tmpfs: [],
    shmBytes: null,
    user: null,
    healthcheck: null,
    aliases: [],
    interactive: image === wrkImage || image === loadAgentImage,
  })
}

const request = (changes: Partial<RequestLine>): RequestLine => ({
  method: 'GET',
  path: '/predict',
  headers: {},
  body: null,
  ...changes,
})
const orderFor = (address: string, changes: Partial<SecondInstrumentOrder> = {}): SecondInstrumentOrder => ({
  origin: `http://${address}:${PORT}`,
  requests: [request({})],
  statuses: [200],
  connections: 64,
  cores: 1,
  seconds: 2,
  requestTimeoutMs: 10_000,
  seed: 1,
  ...changes,
})

async function measure(order: SecondInstrumentOrder) {
  await using wrk = await start('wrk', wrkImage)
  const figures = await measureWithWrk(await wrk.attach(), order, signal)
  return { figures, exit: await wrk.exited }
}

/** The agent, which is who can ask a container on an internal network. */
async function startAsking(origin: string) {
  const container = await start('agent', loadAgentImage, { CORES: '1' })
  const agent = await connectAgent(await container.attach())
  await agent.waitUntilReady(origin, '/health', 20_000, signal)
  const about = { origin, encoding: 'utf8', timeoutMs: 5000, abandonAfterMs: null } as const
  return {
    ask: (line: RequestLine) => agent.fetch({ ...about, ...line }, signal),
    async [Symbol.asyncDispose]() {
      await agent[Symbol.asyncDispose]()
      await container[Symbol.asyncDispose]()
    },
  }
}

it('measures the null server, and ends by itself', async () => {
  await using server = await start('target', nullServer, { PORT: String(PORT), CORES: '1' })
  const { figures, exit } = await measure(orderFor(server.address))
  expect(exit).toMatchObject({ exitCode: 0, oomKilled: false })
  expect(figures.version).toMatch(/^debian\/4\./)
  expect(figures.seconds).toBeGreaterThan(1.9)
  expect(figures.seconds).toBeLessThan(4)
  expect(figures.perSecond).toBeGreaterThan(1000)
  expect(figures.requests).toBe(Math.round(figures.perSecond * figures.seconds))
  expect(figures.bytes).toBe(figures.requests * 88) // each answer of the null server, whole
  expect(figures.errors).toEqual({ connect: 0, read: 0, write: 0, status: 0, timeout: 0 })
  expect(figures.p50Ms).toBeGreaterThan(0)
  expect(figures.p99Ms).toBeGreaterThanOrEqual(figures.p50Ms as number)
})

it('replays the corpus: every request as often, as it is, and the statuses that it expects', async () => {
  await using server = await start('target', truthServer, { PORT: String(PORT) })
  const corpus = [
    request({ headers: { accept: 'text/plain' } }),
    request({ method: 'POST', path: '/echo?q=1', headers: { 'x-a': 'b' }, body: '"zwölf"\n\\ 12:34 \u0000 火' }),
    request({ path: '/nowhere' }),
  ]
  const order = orderFor(server.address, { requests: corpus, statuses: [200, 200, 404], connections: 8, cores: 2 })
  await using asking = await startAsking(order.origin)
  const { figures } = await measure(order)
  // Each of two threads was somewhere in a pass at both ends of the window.
  const slack = 2 * 2 + order.connections
  expect(figures.errors).toMatchObject({ connect: 0, read: 0, write: 0, timeout: 0 })
  expect(figures.errors.status).toBeLessThanOrEqual(slack)
  const { requests } = JSON.parse((await asking.ask(request({ path: '/truth' }))).body) as { requests: number }
  expect(requests).toBeGreaterThanOrEqual(figures.requests / 3 - slack) // its warm-up comes on top
  // What came back is what one of each gives: the echo tells the bytes of its request.
  const echoed = JSON.parse((await asking.ask(corpus[1]!)).body) as { url: string; body: string }
  expect(echoed).toMatchObject({ url: '/echo?q=1', body: Buffer.from(corpus[1]!.body!).toString('base64') })
  expect(figures.requests).toBeGreaterThan(100)
})

it('says why there are no figures when nobody answers', async () => {
  await using server = await start('target', nullServer, { PORT: '9999' })
  await using wrk = await start('wrk', wrkImage)
  await expect(measureWithWrk(await wrk.attach(), orderFor(server.address), signal)).rejects.toMatchObject({
    code: 'AGENT_FAILED',
    message: expect.stringContaining('no figures'),
  })
  expect((await wrk.logTail(1)).join()).toContain('unable to connect')
})

it('is gone at once when it is given up', async () => {
  await using server = await start('target', nullServer, { PORT: String(PORT) })
  const stop = new AbortController()
  const wrk = await start('wrk', wrkImage)
  const measuring = measureWithWrk(await wrk.attach(), orderFor(server.address, { seconds: 60 }), stop.signal)
  setTimeout(() => stop.abort(), 500)
  await expect(measuring).rejects.toMatchObject({ code: 'ABORTED' })
  await wrk[Symbol.asyncDispose]()
  expect(await wrk.exited).toMatchObject({ exitCode: expect.any(Number) })
})
