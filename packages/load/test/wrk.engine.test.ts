/** wrk as it really runs: its image, a container on an internal network, the order over docker attach. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RequestLine } from '@bakeoff/model'
import type { RunningContainer, SecondInstrumentOrder } from '@bakeoff/runner/ports'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { linesOf } from '../../containers/src/session/wire.js'
import { root } from '../../containers/test/engine.js'
import { measureWithWrk, wrkImage } from '../src/index.js'
import { signal } from './helpers/agent.js'
import { openContainers, type TestContainers } from './helpers/containers.js'

const nullServer = 'bakeoff/null-server'
const truthServer = 'bakeoff/truth-server'
const PORT = 8080

let containers: TestContainers

beforeAll(async () => {
  containers = await openContainers('wrk', async () => [
    { name: wrkImage, folder: join(root, 'compose/wrk'), requires: [] },
    { name: nullServer, folder: join(root, 'compose/null-server'), requires: [] },
    { name: truthServer, folder: join(root, 'packages/load/test/servers'), requires: [] },
  ])
})

afterAll(() => containers?.[Symbol.asyncDispose]())

function start(name: string, image: string, environment: Record<string, string> = {}): Promise<RunningContainer> {
  return containers.start({ name, image, memoryBytes: 256 * 1024 ** 2, environment, interactive: image === wrkImage })
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

/** Asks a truth server from inside its own container, for its network has no way out. Waits until it answers. */
async function ask(server: RunningContainer, { method, path, headers, body }: RequestLine): Promise<string> {
  const options = JSON.stringify({ method, headers, ...(body === null ? {} : { body }) })
  const url = `http://127.0.0.1:${PORT}${path}`
  const script = `fetch(${JSON.stringify(url)}, ${options}).then((answer) => answer.text()).then((text) => process.stdout.write(text))`
  for (let tries = 0; ; tries++) {
    const container = containers.docker.getContainer(server.id)
    const exec = await container.exec({ Cmd: ['node', '-e', script], AttachStdout: true, AttachStderr: true })
    const chunks: Buffer[] = []
    for await (const chunk of await exec.start({ hijack: false })) chunks.push(chunk as Buffer)
    const said = linesOf(Buffer.concat(chunks)).join('\n')
    if ((await exec.inspect()).ExitCode === 0) return said
    if (tries === 50) throw new Error(`no answer: ${said}`)
    await sleep(200)
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
  await ask(server, request({ path: '/health' }))
  const { figures } = await measure(order)
  // Each of two threads was somewhere in a pass at both ends of the window.
  const slack = 2 * 2 + order.connections
  expect(figures.errors).toMatchObject({ connect: 0, read: 0, write: 0, timeout: 0 })
  expect(figures.errors.status).toBeLessThanOrEqual(slack)
  const { requests } = JSON.parse(await ask(server, request({ path: '/truth' }))) as { requests: number }
  expect(requests).toBeGreaterThanOrEqual(figures.requests / 3 - slack) // its warm-up comes on top
  expect(requests).toBeLessThan(figures.requests)
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
