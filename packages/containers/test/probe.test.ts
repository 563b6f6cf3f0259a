/** A probe and the orchestrator's side of it in one process: everything but the container. */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { steadyMs } from '@bakeoff/runner/ports'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { thisOwner } from '../src/locks/owner.js'
import { type ConnectOptions, connectProbe } from '../src/probe/connect.js'
import { Answering } from '../src/probe/program/answering.js'
import { SilenceWatch } from '../src/probe/program/silence-watch.js'
import { sweepUntilDone } from '../src/probe/program/sweep-until-done.js'
import { unreached } from '../src/probe/program/unreached.js'
import { type Answer, PROTOCOL, type Question } from '../src/probe/protocol.js'
import { labelsOf } from '../src/session/labels.js'
import { connectionError, engineError, FakeEngine } from './fake-engine.js'
import { wireTo } from './fake-wire.js'

const owner = await thisOwner('doomed')
const host = { name: 'bench-1', address: '127.0.0.1' }

/** The probe's program on the other end of a wire, whose clocks are ahead. */
function aProbeAhead(aheadMs = 0) {
  const wire = wireTo((line, say) => {
    const tell = (answer: Answer) => say(JSON.stringify(answer))
    answering ??= new Answering({ say: tell, now: () => steadyMs() + aheadMs, wallNow: () => Date.now() + aheadMs })
    void answering.answer(JSON.parse(line) as Question)
  })
  let answering: Answering | undefined
  return { wire, stop: () => answering?.stop() }
}

/** A probe that answers as the test says; undefined: not at all. */
function anotherProbe(answer: (question: Question) => unknown) {
  return wireTo((line, say) => {
    const question = JSON.parse(line) as Question
    const result = answer(question)
    if (result !== undefined) say(JSON.stringify({ id: question.id, result }))
  })
}

const clocks = () => ({ steadyMs: steadyMs(), wallMs: Date.now() })
const wellBehaved = ({ ask }: Question) => (ask === 'hello' ? { protocol: PROTOCOL } : clocks())
const connectTo = (wire: Duplex, options: Partial<ConnectOptions> = {}) => connectProbe(wire, { host, ...options })

describe('what a probe measures', () => {
  it('has times of this process, also where its own clocks are 3 s ahead', async () => {
    const { wire } = aProbeAhead(3_000)
    const probe = await connectTo(wire)
    const beforeMs = steadyMs()
    const sampler = await probe.sampler([{ name: 'target', id: 'no such container', pid: process.pid }], 50)
    await sleep(200)
    const { host: readings, containers } = sampler.between(0, Number.POSITIVE_INFINITY)
    const { offsetMs, wallOffsetMs, errorMs } = await probe.clock()
    await sampler[Symbol.asyncDispose]()
    await probe.quit()

    expect(readings.length).toBeGreaterThan(3)
    expect(readings[0]?.atMs).toBeGreaterThanOrEqual(beforeMs - errorMs)
    expect(readings.at(-1)?.atMs).toBeLessThanOrEqual(steadyMs() + errorMs)
    expect(containers).toEqual({ target: [] })
    expect(sampler.unread).toEqual(['target'])
    expect(Math.abs(offsetMs + 3_000)).toBeLessThanOrEqual(errorMs)
    expect(Math.abs(Date.now() + 3_000 + wallOffsetMs - steadyMs())).toBeLessThanOrEqual(errorMs + 1)
  })

  it('ends with the sampler', async () => {
    const { wire } = aProbeAhead()
    const probe = await connectTo(wire)
    const sampler = await probe.sampler([], 100)
    await sleep(50)
    await sampler[Symbol.asyncDispose]()
    const { host: before } = sampler.between(0, Number.POSITIVE_INFINITY)
    await sleep(50)
    expect(sampler.between(0, Number.POSITIVE_INFINITY).host).toEqual(before)
    await probe.quit()
  })

  it('has the network interface of the address, and the Node of this process', async () => {
    const { wire } = aProbeAhead()
    const probe = await connectTo(wire)
    expect(await probe.facts()).toMatchObject({ uplink: 'lo', uplinkMtu: 65_536, nodeVersion: process.version })
    await probe.quit()
  })
})

describe('what a probe reaches', () => {
  it('is every address that answers at the port, also with a refusal', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const { wire } = aProbeAhead()
    const probe = await connectTo(wire)
    expect(await probe.unreached(['127.0.0.1', '127.0.0.2'], port)).toEqual([])
    server.close()
    await probe.quit()
  })

  it('is no address that it has no way to', async () => {
    expect(await unreached(['255.255.255.255', '127.0.0.1'], 1)).toEqual(['255.255.255.255'])
  })
})

describe('a probe that is lost', () => {
  it.each([
    {
      because: 'the way to it ended',
      wire: () => {
        const wire = anotherProbe(wellBehaved)
        setTimeout(() => wire.destroy(), 100)
        return wire
      },
      said: /the probe on bench-1 is gone: its connection closed/,
    },
    {
      because: 'it leaves a ping unanswered',
      wire: () => {
        let asked = 0
        return anotherProbe((question) => (++asked > 40 ? undefined : wellBehaved(question)))
      },
      said: /the probe on bench-1 is gone: no answer to clock within 1\.1 s/,
    },
    {
      because: 'it writes something else',
      wire: () => {
        const wire = anotherProbe(wellBehaved)
        setTimeout(() => wire.push('Segmentation fault\n'), 100)
        return wire
      },
      said: /it wrote something other than answers: Segmentation fault/,
    },
  ])('is told once: $because', async ({ wire, said }) => {
    const probe = await connectTo(wire(), { answerMs: 100, pingMs: 10, lastWords: () => ['out of memory'] })
    expect(await probe.lost).toMatchObject({ code: 'ENGINE_LOST', message: expect.stringMatching(said) })
    await expect(probe.facts()).rejects.toMatchObject({ code: 'ENGINE_LOST', logTail: ['out of memory'] })
    await probe.quit()
  })

  it('is not told when it was told to quit', async () => {
    const probe = await connectTo(anotherProbe(wellBehaved))
    await probe.quit()
    expect(await Promise.race([probe.lost, sleep(50, 'nothing')])).toBe('nothing')
  })

  it('is one of another version', async () => {
    const other = anotherProbe(() => ({ protocol: PROTOCOL + 1 }))
    await expect(connectTo(other)).rejects.toMatchObject({ code: 'ENGINE_FAILED', message: /version 2 .+, not 1/ })
  })

  it('is one that never answers', async () => {
    await expect(
      connectTo(
        anotherProbe(() => undefined),
        { answerMs: 50 },
      ),
    ).rejects.toMatchObject({
      code: 'ENGINE_LOST',
    })
  })
})

describe('a probe that hears nothing', () => {
  afterEach(() => {
    vi.useRealTimers()
  })

  it.each([
    { heardAtMs: [], calledAtMs: 30_000, because: 'from its start on, before it has heard a word' },
    { heardAtMs: [3_000, 6_000, 29_000], calledAtMs: 59_000, because: 'from the last sign of life on' },
  ])('acts after 30 s, $because', async ({ heardAtMs, calledAtMs }) => {
    vi.useFakeTimers()
    const calledAt: number[] = []
    const startMs = Date.now()
    const watch = new SilenceWatch(30_000, () => calledAt.push(Date.now() - startMs))
    for (const atMs of heardAtMs) setTimeout(() => watch.hear(), atMs)
    await vi.advanceTimersByTimeAsync(120_000)
    expect(calledAt).toHaveLength(1)
    expect(Math.abs((calledAt[0] as number) - calledAtMs)).toBeLessThanOrEqual(500)
    expect(watch.isOver).toBe(true)
  })

  function anEngine(): FakeEngine {
    const engine = new FakeEngine()
    engine.addContainer('target', labelsOf(owner))
    engine.addContainer('bakeoff-lease', labelsOf(owner))
    engine.addContainer('stranger', labelsOf({ ...owner, session: 'another' }))
    engine.networks.set('overlay', { Id: 'overlay', Name: 'overlay', Labels: labelsOf(owner) })
    return engine
  }
  const order = { session: 'doomed', self: 'bakeoff-lease' }
  const soon = { pauseMs: 10, quietMs: 0 }

  it('removes what the session made, and neither itself nor anything else', async () => {
    const engine = anEngine()
    expect(await sweepUntilDone(engine.client, order, soon)).toBe(true)
    expect([...engine.containers.keys()]).toEqual(['bakeoff-lease', 'stranger'])
    expect([...engine.networks.keys()]).toEqual([])
  })

  it('tries again while the engine is away or refuses', async () => {
    const engine = anEngine()
    engine.removalErrors.push(engineError(500, 'device or resource busy'))
    engine.gone = connectionError('ECONNREFUSED')
    setTimeout(() => engine.revive(), 100)
    expect(await sweepUntilDone(engine.client, order, soon)).toBe(true)
    expect([...engine.containers.keys()]).toEqual(['bakeoff-lease', 'stranger'])
  })

  it('gives up at last, and says so', async () => {
    const engine = anEngine()
    engine.gone = connectionError('ECONNREFUSED')
    expect(await sweepUntilDone(engine.client, order, { ...soon, triedMs: 100 })).toBe(false)
  })
})
