import { BakeoffError, type ErrorCode } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { runPlan } from '../src/index.js'
import { UnsupportedBuild } from '../src/ports.js'
import { anEntry, aPlan, aRun, aScenario, aService, fakePorts, imageOf } from './builders.js'
import type { Faults } from './fakes.js'

const BAD = imageOf('bad')
const BAD_ENTRY = 'predict/bad/default'
const two = () => aPlan([anEntry('bad'), anEntry('good')])

async function run(
  faults: Faults,
  plan = two(),
  before: Parameters<typeof runPlan>[1] = { records: [], calibrations: [] },
) {
  const ports = fakePorts(faults)
  let thrown: unknown = null
  const ended = await runPlan(aRun(plan, ports), before).catch((error: unknown) => {
    thrown = error
    return null
  })
  const records = (target: string) => ports.sink.written.filter(({ entry }) => entry.includes(target))
  return { ended, thrown, ports, records }
}

/** Calls `fail` in the first `times` tries of the bad target, when its container starts. */
function whenItStarts(fail: () => void, times = 1): Faults {
  let left = times
  return {
    atStart: ({ name }, testbed) => {
      if (name === 'target' && testbed === BAD_ENTRY && left-- > 0) fail()
    },
  }
}

function failing(code: ErrorCode): () => never {
  return () => {
    throw new BakeoffError(code, `it is ${code}`)
  }
}

describe('a failure of what surrounds a target', () => {
  it.each(['AGENT_FAILED', 'SERVICE_DIED', 'ENGINE_FAILED', 'SETUP_FAILED'] as const)(
    'is tried once more at once when it is %s, and the first try is kept',
    async (code) => {
      const { ended, ports, records } = await run(whenItStarts(failing(code)))
      const failed = { kind: 'failed', stage: 'start', error: { code } }
      expect(records('bad')).toMatchObject([
        { outcome: failed },
        {
          outcome: { kind: 'measured' },
          earlierTries: [{ outcome: failed }],
          notes: [`tried again; an earlier try ended before its end: start: it is ${code}`],
        },
      ])
      expect(ports.sink.written.map(({ entry }) => entry.split('/')[1])).toEqual(['bad', 'bad', 'good'])
      expect(ended).toMatchObject({ status: 'complete' })
      expect(ports.host.left).toEqual([])
    },
  )

  it('is told of with the row that follows', async () => {
    const { ports } = await run(whenItStarts(failing('AGENT_FAILED')))
    const rows = ports.sink.events.filter((event) => event.kind === 'repetition')
    expect(rows.map(({ outcome, triedAgain }) => ({ outcome, triedAgain }))).toEqual([
      { outcome: 'failed', triedAgain: true },
      { outcome: 'measured', triedAgain: false },
      { outcome: 'measured', triedAgain: false },
    ])
  })

  it('stands when it comes twice; the run goes on, and a resumed one measures it again and keeps both tries', async () => {
    const plan = two()
    const first = await run(whenItStarts(failing('AGENT_FAILED'), 2), plan)
    expect(first.ended).toMatchObject({ status: 'partial', reason: `not measured: ${BAD_ENTRY}` })
    expect(first.records('bad')).toHaveLength(2)
    expect(first.records('good')).toMatchObject([{ outcome: { kind: 'measured' } }])
    const second = await run({}, plan, { records: first.ports.sink.records, calibrations: [] })
    expect(second.records('good')).toEqual([])
    expect(second.records('bad')).toMatchObject([
      {
        outcome: { kind: 'measured' },
        earlierTries: [{ outcome: { kind: 'failed' } }, { outcome: { kind: 'failed' } }],
      },
    ])
    expect(second.records('bad')[0]?.earlierTries?.some((one) => 'earlierTries' in one)).toBe(false)
  })

  it.each(['START_FAILED', 'NOT_READY', 'WRONG_ANSWERS', 'BAD_SPEC'] as const)(
    'is none when it is %s: that is final, also for a resumed run',
    async (code) => {
      const plan = two()
      const first = await run(whenItStarts(failing(code)), plan)
      expect(first.records('bad')).toMatchObject([{ outcome: { kind: 'failed', error: { code } } }])
      const second = await run({}, plan, { records: first.ports.sink.records, calibrations: [] })
      expect(second.ports.sink.written).toEqual([])
    },
  )

  it('is one when the container of a service or of the agent does not start', async () => {
    const plan = aPlan([anEntry('bad')], { scenario: aScenario({ services: [aService('postgres')] }) })
    for (const [name, code] of [
      ['postgres', 'SERVICE_DIED'],
      ['agent', 'AGENT_FAILED'],
    ]) {
      const { records } = await run(
        {
          atStart: (request, testbed) => {
            if (request.name === name && testbed === BAD_ENTRY) failing('START_FAILED')()
          },
        },
        plan,
      )
      expect(records('bad').map(({ outcome }) => outcome)).toMatchObject([{ error: { code } }, { error: { code } }])
    }
  })

  it('is one when the image of a service does not build, and is not tried again: the image stays as it is', async () => {
    const plan = aPlan([anEntry('bad')], { scenario: aScenario({ services: [aService('postgres')] }) })
    const { records } = await run({ build: ['bakeoff/postgres'] }, plan)
    expect(records('bad')).toMatchObject([
      { outcome: { kind: 'failed', stage: 'build', error: { code: 'SETUP_FAILED' } } },
    ])
  })

  it('keeps what an aborted try had measured', async () => {
    const plan = two()
    const first = await run({ engineLost: { [BAD]: 1 } }, plan)
    expect(first.ended?.status).toBe('aborted')
    const second = await run({}, plan, { records: first.ports.sink.records, calibrations: [] })
    expect(second.records('bad')[0]?.earlierTries?.map(({ loads }) => loads.length)).toEqual([1])
    expect(second.records('good')[0]?.earlierTries ?? []).toEqual([]) // it was never begun
  })

  it('keeps what is on disk of an entry that a resumed run does not come to', async () => {
    const plan = two()
    const first = await run({ engineLost: { [BAD]: 1 } }, plan)
    const again = { records: first.ports.sink.records, calibrations: [] }
    const second = await run({ atImage: failing('ENGINE_LOST') }, plan, again)
    expect(second.ports.sink.written).toEqual([])
    expect(second.ended).toMatchObject({ status: 'aborted', records: [{ loads: [{ loadId: 'closed-64' }] }, {}] })
  })
})

describe('a failure that leaves nothing to be measured', () => {
  it.each([
    { code: 'OUT_OF_RESOURCES', throws: true },
    { code: 'ENGINE_LOST', throws: false },
    { code: 'ABORTED', throws: false }, // nothing new is started by a session that is being closed
  ] as const)('ends the run when it is $code: what is left can be measured later', async ({ code, throws }) => {
    const plan = two()
    const { ended, thrown, ports } = await run(whenItStarts(failing(code)), plan)
    expect(ports.sink.records.map(({ outcome }) => outcome)).toEqual([
      { kind: 'aborted', reason: `it is ${code}` },
      { kind: 'aborted', reason: `it is ${code}` },
    ])
    expect(ports.host.started.filter((name) => name.includes('good'))).toEqual([])
    if (throws) expect(thrown).toMatchObject({ code })
    else expect(ended).toMatchObject({ status: 'aborted', reason: `it is ${code}` })
    const second = await run({}, plan, { records: ports.sink.records, calibrations: [] })
    expect(second.ended?.status).toBe('complete')
  })

  it('is a bug in Bakeoff, which is thrown and is no failure of an entry', async () => {
    const { thrown, ports } = await run(
      whenItStarts(() => {
        throw new TypeError('x is not a function')
      }),
    )
    expect(thrown).toBeInstanceOf(TypeError)
    const reason = 'a bug in Bakeoff: x is not a function'
    expect(ports.sink.records.map(({ outcome }) => outcome)).toEqual([
      { kind: 'aborted', reason },
      { kind: 'aborted', reason },
    ])
    expect(ports.sink.events.at(-1)).toMatchObject({ kind: 'run-ended', status: 'aborted', reason })
  })

  it('is a full disk while images are built', async () => {
    const { thrown, ports } = await run({
      atImage: (name) => {
        if (name === BAD) failing('OUT_OF_RESOURCES')()
      },
    })
    expect(thrown).toMatchObject({ code: 'OUT_OF_RESOURCES' })
    expect(ports.host.started).toEqual([])
  })

  it('is told also when it cannot be written down', async () => {
    const ports = fakePorts({})
    ports.sink.writeRecord = async () => failing('OUT_OF_RESOURCES')()
    const running = runPlan(aRun(two(), ports), { records: [], calibrations: [] })
    await expect(running).rejects.toMatchObject({ code: 'OUT_OF_RESOURCES' })
    expect(ports.sink.events.at(-1)).toMatchObject({ kind: 'run-ended', status: 'aborted' })
  })
})

describe('a build', () => {
  it('that could not reach what it downloads is tried once more', async () => {
    let left = 1
    const { ended, ports } = await run({
      atImage: (name) => {
        if (name === BAD && left-- > 0) failing('DOWNLOAD_FAILED')()
      },
    })
    expect(ended?.status).toBe('complete')
    expect(ports.sink.events).toContainEqual(
      expect.objectContaining({ kind: 'image', state: 'failed', message: 'it is DOWNLOAD_FAILED; tried again' }),
    )
  })

  it('that could not reach it twice is measured by a resumed run; one that is unsupported is not', async () => {
    const plan = two()
    const first = await run(
      {
        atImage: (name) => {
          if (name === BAD) failing('DOWNLOAD_FAILED')()
          if (name === imageOf('good')) throw new UnsupportedBuild('hex cannot be reached')
        },
      },
      plan,
    )
    expect(first.ports.sink.records.map(({ outcome }) => outcome.kind)).toEqual(['failed', 'unsupported'])
    const second = await run({}, plan, { records: first.ports.sink.records, calibrations: [] })
    expect(second.records('bad')).toMatchObject([{ outcome: { kind: 'measured' } }])
    expect(second.records('good')).toEqual([])
  })
})

describe('a load agent that hangs', () => {
  it.each([
    { at: 'prepare', stage: 'start', says: 'did not take the requests within 1 min' },
    { at: 'ready', stage: 'ready', says: 'did not say whether /health answers within 35 s' },
    { at: 'fetch', stage: 'verify', says: 'did not say what GET /info answers within 35 s' },
    { at: 'verify', stage: 'verify', says: 'did not compare the answers within 40 s' },
    { at: 'load', stage: 'warm-up', says: 'did not begin the load within 30 s' },
    { at: 'window', stage: 'load', says: 'reported nothing about the load within 15 s' },
  ] as const)('at $at is overdue, is removed, and the repetition is tried again', async ({ at, stage, says }) => {
    const { ended, ports, records } = await run({ hangs: { testbed: BAD_ENTRY, at, times: 1 } })
    expect(records('bad')).toMatchObject([
      {
        outcome: {
          kind: 'failed',
          stage,
          error: { code: 'AGENT_FAILED', message: `the load agent ${says}`, logTail: ['last words of agent'] },
        },
      },
      { outcome: { kind: 'measured' } },
    ])
    expect(ended?.status).toBe('complete')
    expect(ports.host.left).toEqual([])
    expect(ports.clock.timers).toBe(0)
  })

  it('in a canary costs the block its canary when it does so twice', async () => {
    for (const { times, calibrations } of [
      { times: 1, calibrations: 2 },
      { times: 2, calibrations: 0 },
    ]) {
      const { ended, ports } = await run({ hangs: { testbed: 'canary', at: 'load', times } })
      expect(ended).toMatchObject({ status: 'complete' })
      expect(ended?.calibrations).toHaveLength(calibrations)
      const notes = ports.sink.events.flatMap((event) => (event.kind === 'note' ? [event.message] : []))
      const why = 'no canary for predict#1: the load agent did not begin the load within 30 s'
      expect(notes).toEqual([`${why}; tried again`, `${why}; the block is measured without one`].slice(0, times))
    }
  })
})

describe('a load agent whose connection breaks', () => {
  /** What happens after the connection of the bad target's agent broke, in its first try. */
  function breaking(then: (ports: ReturnType<typeof fakePorts>) => void) {
    let ports: ReturnType<typeof fakePorts>
    let left = 1
    const faults: Faults = {
      atLoad: (image, index) => {
        if (image !== BAD || index !== 1 || left-- <= 0) return
        then(ports)
        throw new BakeoffError('AGENT_FAILED', 'the load agent is gone: its output ended')
      },
    }
    ports = fakePorts(faults)
    return ports
  }
  const agentOf = (ports: ReturnType<typeof fakePorts>) => [...ports.host.running].find(({ name }) => name === 'agent')!
  const end = (ports: ReturnType<typeof fakePorts>) => runPlan(aRun(two(), ports), { records: [], calibrations: [] })

  it('because the engine went away: the repetition is aborted, though that is told seconds later', async () => {
    const ports = breaking((one) => {
      one.clock.after(4000, () => {
        for (const container of one.host.running) container.lose()
      })
    })
    expect(await end(ports)).toMatchObject({ status: 'aborted', reason: 'the engine does not answer any more' })
    expect(ports.sink.records[0]).toMatchObject({ outcome: { kind: 'aborted' }, loads: [{ loadId: 'closed-64' }] })
  })

  it.each([
    { exitCode: 139, oomKilled: false, how: 'ended with exit code 139' },
    { exitCode: 137, oomKilled: true, how: 'was killed for memory' },
  ])('because its container $how: that is told, with its log', async ({ exitCode, oomKilled, how }) => {
    const ports = breaking((one) => {
      one.clock.after(1000, () => agentOf(one).end(exitCode, oomKilled))
    })
    expect(await end(ports)).toMatchObject({ status: 'complete' })
    expect(ports.sink.records[0]?.earlierTries).toMatchObject([
      {
        outcome: {
          kind: 'failed',
          stage: 'load',
          error: {
            code: 'AGENT_FAILED',
            message: `the load agent ${how}`,
            logTail: ['last words of agent'],
            hint: expect.stringContaining("not the target's fault"),
          },
        },
      },
    ])
  })

  it('for no reason that is told: its own words are, with its log', async () => {
    const ports = breaking(() => {})
    await end(ports)
    const message = 'the load agent is gone: its output ended'
    expect(ports.sink.records[0]?.earlierTries).toMatchObject([
      { outcome: { error: { message, logTail: ['last words of agent'] } } },
    ])
  })

  it('after the kernel killed a process of it for memory: that is told', async () => {
    const ports = breaking((one) => {
      agentOf(one).killsForMemory = 1
    })
    await end(ports)
    expect(ports.sink.records[0]?.earlierTries).toMatchObject([
      { outcome: { error: { message: 'the load agent is gone: its output ended: its memory ran out' } } },
    ])
  })
})
