import { hostname } from 'node:os'
import type { Owner } from '@bakeoff/model'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { isEngineGone, translated } from '../src/client/errors.js'
import { thisOwner } from '../src/locks/owner.js'
import { CreateBarrier } from '../src/session/create-barrier.js'
import { labelsOf, ownerIn } from '../src/session/labels.js'
import { startProblem } from '../src/session/problems.js'
import { listLeftovers, removeContainer, removeSession, sweep } from '../src/session/sweep.js'
import { connectionError, engineError, FakeEngine } from './fake-engine.js'

const alive = await thisOwner('alive')
const dead: Owner = { ...alive, session: 'dead', boot: 'before' }
const elsewhere: Owner = { ...alive, session: 'elsewhere', pidNamespace: 'pid:[1]' }
/** Another name by DHCP, the same process. */
const renamed: Owner = { ...dead, session: 'renamed', host: 'before-dhcp' }

function engineWithLeftovers(): FakeEngine {
  const engine = new FakeEngine()
  for (const owner of [alive, dead, elsewhere, renamed]) {
    const Labels = labelsOf(owner)
    engine.addContainer(`c-${owner.session}`, Labels)
    engine.networks.set(`n-${owner.session}`, { Id: `n-${owner.session}`, Name: `n-${owner.session}`, Labels })
    engine.volumes.set(`v-${owner.session}`, { Name: `v-${owner.session}`, Labels })
  }
  engine.addContainer('by-hand', { 'bakeoff.project': 'bakeoff' })
  engine.addContainer('foreign')
  return engine
}

const names = (things: readonly { name: string }[]) => things.map(({ name }) => name).sort()

describe('an overlay', () => {
  const onWorker = engineError(503, 'This node is not a swarm manager. Worker nodes cannot be used to modify it.')
  const inUse = engineError(400, 'rpc error: code = FailedPrecondition desc = network n is in use by task t')

  function engineWithOverlay(): FakeEngine {
    const engine = new FakeEngine()
    engine.networks.set('n', { Id: 'n', Name: 'n', Labels: labelsOf(alive) })
    return engine
  }

  it('is waited for on a worker, where it goes with its last container', async () => {
    const engine = engineWithOverlay()
    engine.removalErrors.push(...Array.from({ length: 50 }, () => onWorker))
    setTimeout(() => engine.networks.clear(), 300)
    expect(await removeSession(engine.client, 'alive')).toEqual([])
    expect(engine.removalErrors.length).toBeGreaterThan(40)
  })

  it('is left to its manager after a while, which may not hear of it', async () => {
    const engine = engineWithOverlay()
    engine.removalErrors.push(...Array.from({ length: 1000 }, () => onWorker))
    expect(await removeSession(engine.client, 'alive')).toEqual([])
    expect(engine.networks.size).toBe(1)
  })

  it('is insisted on by a manager, while containers of other machines are on it', async () => {
    const engine = engineWithOverlay()
    engine.removalErrors.push(inUse, inUse, inUse)
    expect(await removeSession(engine.client, 'alive')).toEqual([])
    expect(engine.networks.size).toBe(0)
  })
})

describe('a container that the engine lists and does not know', () => {
  it('is no leftover, since it is no more', async () => {
    const engine = new FakeEngine()
    engine.addContainer('ghost', labelsOf(dead))
    engine.addContainer('real', labelsOf(dead))
    const unknown = engineError(404, 'No such container: ghost')
    engine.removalErrors.push(unknown)
    const { left } = await sweep(engine.client)
    expect(left).toEqual([])
    expect([...engine.containers.keys()], 'listed as before').toEqual(['ghost'])
  })
})

describe('a sweep', () => {
  it('removes what dead sessions left, and nothing else', async () => {
    const engine = engineWithLeftovers()
    const { removed, left } = await sweep(engine.client)
    expect(names(removed)).toEqual(['c-dead', 'c-renamed', 'n-dead', 'n-renamed', 'v-dead', 'v-renamed'])
    expect(names(left)).toEqual(['c-alive', 'c-elsewhere', 'n-alive', 'n-elsewhere', 'v-alive', 'v-elsewhere'])
    expect([...engine.containers.keys()]).toEqual(['c-alive', 'c-elsewhere', 'by-hand', 'foreign'])
  })

  it('removes what other machines left when told to, never what runs', async () => {
    const engine = engineWithLeftovers()
    await sweep(engine.client, { everything: true })
    expect([...engine.containers.keys()]).toEqual(['c-alive', 'by-hand', 'foreign'])
    expect([...engine.networks.keys()]).toEqual(['n-alive'])
  })

  it('lists whose everything is', async () => {
    const found = await listLeftovers(engineWithLeftovers().client)
    expect(found).toContainEqual({
      kind: 'network',
      id: 'n-dead',
      name: 'n-dead',
      owner: dead,
      ownerState: 'dead',
    })
  })
})

describe('removing', () => {
  it('takes what is gone already for removed', async () => {
    await removeContainer(new FakeEngine().client, 'never-was')
  })

  it.each([
    { status: 409, message: 'removal of container x is already in progress' },
    { status: 500, message: 'driver "overlay2" failed to remove root filesystem: device or resource busy' },
  ])('goes on after $status', async ({ status, message }) => {
    const engine = new FakeEngine()
    engine.addContainer('x')
    engine.removalErrors.push(engineError(status, message), engineError(status, message))
    await removeContainer(engine.client, 'x')
    expect([...engine.containers.keys()]).toEqual([])
  })

  it('gives up at once when the engine is gone', async () => {
    const engine = new FakeEngine()
    engine.kill()
    await expect(removeContainer(engine.client, 'x')).rejects.toThrow('ECONNREFUSED')
  })

  it('of a session goes on until nothing turns up any more', async () => {
    const engine = new FakeEngine()
    engine.addContainer('early', labelsOf(dead))
    setTimeout(() => engine.addContainer('late', labelsOf(dead)), 300)
    expect(await removeSession(engine.client, 'dead', { quietMs: 600 })).toEqual([])
    expect([...engine.containers.keys()]).toEqual([])
  })

  it('of a session says what is left when it must end', async () => {
    const engine = new FakeEngine()
    engine.networks.set('n', { Id: 'n', Name: 'stuck', Labels: labelsOf(dead) })
    engine.removalErrors.push(...Array.from({ length: 100 }, () => engineError(403, 'has active endpoints')))
    expect(names(await removeSession(engine.client, 'dead', { deadlineMs: 10 }))).toEqual(['stuck'])
  })
})

describe('the barrier before creates', () => {
  it('waits for what is being made, also if it fails, and lets nothing more through', async () => {
    const barrier = new CreateBarrier()
    const order: string[] = []
    const made = barrier.pass(async () => {
      await new Promise((resolve) => setTimeout(resolve, 30))
      order.push('made')
    })
    const failed = barrier.pass(() => Promise.reject(new Error('no')))
    await Promise.all([barrier.close().then(() => order.push('closed')), made, expect(failed).rejects.toThrow('no')])
    expect(order).toEqual(['made', 'closed'])
    await expect(barrier.pass(async () => order.push('too late'))).rejects.toMatchObject({ code: 'ABORTED' })
    expect(order).toEqual(['made', 'closed'])
  })
})

describe('labels', () => {
  it('say the same owner again', () => expect(ownerIn(labelsOf(alive))).toEqual(alive))

  it('of before pid namespaces were kept still name their owner', () => {
    const { 'bakeoff.pid-namespace': _namespace, 'bakeoff.machine': _machine, ...old } = labelsOf(alive)
    expect(ownerIn(old)).toEqual({ ...alive, pidNamespace: '', machine: '' })
  })
  it('of an image alone make no owner', () => expect(ownerIn({ 'bakeoff.project': 'bakeoff' })).toBeNull())
  it('name this host', () => expect(labelsOf(alive)['bakeoff.host']).toBe(hostname()))
})

describe("the engine's errors", () => {
  it.each([
    { status: 500, message: 'write /var/lib/docker/x: no space left on device', code: 'OUT_OF_RESOURCES' },
    {
      status: 400,
      message: 'Requested CPUs are not available - requested 5, available: 0-1',
      code: 'OUT_OF_RESOURCES',
    },
    {
      status: 403,
      message:
        'could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network',
      code: 'OUT_OF_RESOURCES',
    },
    {
      status: 400,
      message: 'OCI runtime create failed: exec: "nope": executable file not found in $PATH: unknown',
      code: 'START_FAILED',
    },
    {
      status: 500,
      message: 'unable to find user nobody2: no matching entries in passwd file',
      code: 'START_FAILED',
    },
    { status: 404, message: 'No such image: nope:latest', code: 'ENGINE_FAILED' },
    { status: 400, message: 'something it does not like', code: 'START_FAILED' },
    { status: 500, message: 'something new', code: 'ENGINE_FAILED' },
  ])('$status $message is $code', ({ status, message, code }) => {
    const problem = startProblem('target', translated(engineError(status, message), 'starting it'), ['last line'])
    expect(problem).toMatchObject({ code, message: `target did not start: ${message}`, logTail: ['last line'] })
    expect(problem.hint).toBeTruthy()
  })

  it.each(['ECONNREFUSED', 'ENOENT', 'ECONNRESET', 'EPIPE'])('%s is a lost engine', (code) => {
    const lost = translated(connectionError(code), 'starting it')
    expect(isEngineGone(lost)).toBe(true)
    expect(startProblem('target', lost)).toBe(lost)
  })
})

describe('a clock that is set back', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it('does not make a removal wait for hours', async () => {
    const engine = new FakeEngine()
    let now = Date.now()
    vi.spyOn(Date, 'now').mockImplementation(() => {
      now -= 7_200_000
      return now
    })
    const waited = new Promise((resolve) => setTimeout(resolve, 2000, 'still waiting'))
    expect(await Promise.race([removeSession(engine.client, 'dead', { quietMs: 300 }), waited])).toEqual([])
  })
})
