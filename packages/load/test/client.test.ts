import { Duplex } from 'node:stream'
import { steadyMs } from '@bakeoff/runner/ports'
import { expect, it } from 'vitest'
import { monotonicMs } from '../src/clock.js'
import { connectAgent } from '../src/index.js'
import { type Command, PROTOCOL } from '../src/protocol.js'
import { goOn, loadOf, predictWork, signal } from './helpers/agent.js'

/** An agent that is only its wire: answers `hello`, keeps what it was told, and says what the test has it say. */
class FakeAgent extends Duplex {
  readonly told: Command[] = []
  readonly hello: { protocol: number }
  /** how far its clock is behind ours */
  readonly behindMs: number
  #answered = false

  constructor(hello = { protocol: PROTOCOL }, behindMs = 0) {
    super()
    this.hello = hello
    this.behindMs = behindMs
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    for (const line of chunk.toString().split('\n').filter(Boolean)) {
      const command = JSON.parse(line) as Command
      this.told.push(command)
      if (command.command === 'hello') this.say({ id: command.id, result: this.hello })
      if (command.command === 'clock') this.say({ id: command.id, result: monotonicMs() - this.behindMs })
      if (command.command === 'quit') {
        this.say({ id: command.id, result: null })
        this.push(null)
      }
    }
    done()
    this.#answered = true
  }

  /** names of all commands that it was told but the questions for its clock */
  get orders(): Command['command'][] {
    return this.told.map(({ command }) => command).filter((command) => command !== 'clock')
  }

  say(reply: unknown): void {
    this.push(`${JSON.stringify(reply)}\n`)
  }

  /** the last command told, once there is one of this name */
  async waitFor(name: Command['command']): Promise<Command> {
    for (;;) {
      const found = this.told.findLast(({ command }) => command === name)
      if (found && this.#answered) return found
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}

const fetchRequest = {
  origin: 'http://x',
  method: 'GET',
  path: '/',
  headers: {},
  body: null,
  encoding: 'utf8',
  timeoutMs: 1,
  abandonAfterMs: null,
} as const

it('puts replies together from pieces, across characters and lines', async () => {
  const wire = new FakeAgent()
  await using agent = await connectAgent(wire)
  const first = agent.fetch(fetchRequest, signal)
  const second = agent.fetch(fetchRequest, signal)
  const { id } = await wire.waitFor('fetch')
  const bytes = Buffer.from(
    `${JSON.stringify({ id, result: 'zwei é' })}\n${JSON.stringify({ id: id - 1, result: 'eins' })}\n`,
  )
  for (const byte of bytes) wire.push(Buffer.from([byte]))
  expect(await Promise.all([first, second])).toEqual(['eins', 'zwei é'])
})

it.each([
  { break: (wire: FakeAgent) => wire.push(null), because: 'its output ended' },
  { break: (wire: FakeAgent) => wire.destroy(), because: 'its connection closed' },
  { break: (wire: FakeAgent) => wire.destroy(new Error('EPIPE')), because: 'EPIPE' },
  {
    break: (wire: FakeAgent) => wire.push('Segmentation fault\n'),
    because: 'it wrote something other than replies: Segmentation fault',
  },
])('fails every call when $because', async ({ break: breakWire, because }) => {
  const wire = new FakeAgent()
  const agent = await connectAgent(wire)
  const calls = [agent.fetch(fetchRequest, signal), agent.prepare(predictWork, signal)]
  await wire.waitFor('prepare')
  breakWire(wire)
  for (const call of calls)
    await expect(call).rejects.toMatchObject({ code: 'AGENT_FAILED', message: `the load agent is gone: ${because}` })
  await expect(agent.verify('http://x', 1, signal)).rejects.toMatchObject({ code: 'AGENT_FAILED' })
  await agent[Symbol.asyncDispose]()
})

it('refuses an agent of another version, and ends it', async () => {
  const wire = new FakeAgent({ protocol: PROTOCOL + 1 })
  await expect(connectAgent(wire)).rejects.toMatchObject({
    code: 'AGENT_FAILED',
    message: expect.stringContaining('version'),
  })
  expect(wire.orders).toEqual(['hello', 'quit'])
  expect(wire.destroyed).toBe(true)
})

it("passes on errors with code and hint, and a bug of the agent as the agent's failure, with where it is", async () => {
  const wire = new FakeAgent()
  await using agent = await connectAgent(wire)
  const first = agent.fetch(fetchRequest, signal)
  wire.say({
    id: (await wire.waitFor('fetch')).id,
    error: { code: 'NOT_READY', message: 'm', hint: 'h', logTail: ['l'] },
  })
  await expect(first).rejects.toMatchObject({
    name: 'BakeoffError',
    code: 'NOT_READY',
    message: 'm',
    hint: 'h',
    logTail: ['l'],
  })
  const second = agent.prepare(predictWork, signal)
  wire.say({
    id: (await wire.waitFor('prepare')).id,
    error: { code: 'BUG', message: 'oops', hint: null, logTail: ['at x'] },
  })
  await expect(second).rejects.toMatchObject({
    code: 'AGENT_FAILED',
    message: 'a bug in the load agent: oops',
    logTail: ['at x'],
  })
})

it('hands over slices until one says stop, then tells the agent once and waits for the measurement', async () => {
  const wire = new FakeAgent()
  await using agent = await connectAgent(wire)
  const seen: unknown[] = []
  const loading = agent.load(
    loadOf('http://x', { kind: 'closed', connections: 1 }),
    (slice) => ({ kind: seen.push(slice) < 2 ? 'go-on' : 'stop' }),
    signal,
  )
  const { id } = await wire.waitFor('load')
  for (const slice of ['first', 'second', 'third']) wire.say({ id, slice })
  expect(await wire.waitFor('stop')).toMatchObject({ target: id })
  wire.say({ id, slice: 'fourth' })
  wire.say({ id, result: { startedAtMs: 7, measured: true } })
  expect(await loading).toMatchObject({ measured: true })
  expect(seen).toEqual(['first', 'second'])
  expect(wire.told.filter(({ command }) => command === 'stop')).toHaveLength(1)
})

it('stops the load and rejects when deciding on it fails', async () => {
  const wire = new FakeAgent()
  await using agent = await connectAgent(wire)
  const decide = () => {
    throw new Error('our bug')
  }
  const loading = agent.load(loadOf('http://x', { kind: 'closed', connections: 1 }), decide, signal)
  const { id } = await wire.waitFor('load')
  wire.say({ id, slice: 'first' })
  expect(await wire.waitFor('stop')).toMatchObject({ target: id })
  wire.say({ id, result: { startedAtMs: 7, measured: true } })
  await expect(loading).rejects.toThrow('our bug')
})

it('tells the agent to open the window when a slice says so', async () => {
  const wire = new FakeAgent()
  await using agent = await connectAgent(wire)
  const loading = agent.load(
    loadOf('http://x', { kind: 'closed', connections: 1 }),
    () => ({ kind: 'measure', durationMs: 5000 }),
    signal,
  )
  const { id } = await wire.waitFor('load')
  wire.say({ id, slice: 'first' })
  expect(await wire.waitFor('cut')).toMatchObject({ target: id, durationMs: 5000 })
  wire.say({ id, result: { startedAtMs: 7, measured: true } })
  expect(await loading).toMatchObject({ measured: true })
})

it('tells the agent to stop when its signal aborts, and rejects once that has answered', async () => {
  const wire = new FakeAgent()
  await using agent = await connectAgent(wire)
  const controller = new AbortController()
  const loading = agent.load(loadOf('http://x', { kind: 'closed', connections: 1 }), goOn, controller.signal)
  const { id } = await wire.waitFor('load')
  controller.abort()
  await wire.waitFor('stop')
  let settled = false
  loading
    .catch(() => {})
    .finally(() => {
      settled = true
    })
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(settled).toBe(false)
  wire.say({ id, result: { startedAtMs: 7, measured: true } })
  await expect(loading).rejects.toMatchObject({ code: 'ABORTED' })
})

it('asks nothing once its signal has aborted', async () => {
  const wire = new FakeAgent()
  await using agent = await connectAgent(wire)
  await expect(agent.prepare(predictWork, AbortSignal.abort())).rejects.toMatchObject({ code: 'ABORTED' })
  expect(wire.orders).toEqual(['hello'])
})

it('fails every call when nothing at all is heard for too long, and not while there are heartbeats', async () => {
  const wire = new FakeAgent()
  const agent = await connectAgent(wire, 200)
  const asked = agent.verify('http://x', 1, signal)
  let failed = false
  asked.catch(() => {
    failed = true
  })
  const beating = setInterval(() => wire.say({ id: 0, alive: true }), 50)
  await new Promise((resolve) => setTimeout(resolve, 1600))
  clearInterval(beating)
  expect(failed).toBe(false)
  await expect(asked).rejects.toMatchObject({
    code: 'AGENT_FAILED',
    message: 'the load agent is gone: it has said nothing for 1.2 s',
  })
  await agent[Symbol.asyncDispose]()
})

it("has times of the agent on its own clock, whatever the agent's says and whoever sets the time of day", async () => {
  const wire = new FakeAgent({ protocol: PROTOCOL }, 5_000_000)
  await using agent = await connectAgent(wire)
  const beforeMs = steadyMs()
  const ready = agent.waitUntilReady('http://x', { path: '/health', status: 200 }, 1000, signal)
  const { id } = await wire.waitFor('await-ready')
  wire.say({ id, result: { readyAtMs: monotonicMs() - wire.behindMs } })
  const { readyAtMs } = await ready
  expect(readyAtMs).toBeGreaterThan(beforeMs - 20)
  expect(readyAtMs).toBeLessThan(steadyMs() + 20)
})
