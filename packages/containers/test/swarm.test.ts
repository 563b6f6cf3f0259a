import { BakeoffError } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { leaveSwarm, leavingWords, prepareSwarm, swarmManager, toSwarmState } from '../src/index.js'
import { engineError } from './fake-engine.js'
import { FakeMachines, type FakeSwarmEngine } from './fake-swarm.js'

const NAMES = ['bench-1', 'db-1', 'load-1']

/** Three machines with an engine each, and what is said meanwhile. */
function threeHosts() {
  const machines = new FakeMachines()
  const engines = NAMES.map((_, index) => machines.add(`10.10.0.${index + 1}`)) as [
    FakeSwarmEngine,
    FakeSwarmEngine,
    FakeSwarmEngine,
  ]
  const hosts = engines.map(({ address, client }, index) => ({ name: NAMES[index] as string, address, client }))
  const said: string[] = []
  return { machines, engines, hosts, said, options: { say: (line: string) => void said.push(line), patienceMs: 300 } }
}

const members = (engines: readonly FakeSwarmEngine[]) => engines.map(({ isMember }) => isMember)
const changes = (engines: readonly FakeSwarmEngine[]) => engines.flatMap(({ changes }) => changes)

describe('preparing a swarm', () => {
  it('forms one on the first host, and the others join', async () => {
    const { hosts, engines, options } = threeHosts()
    await expect(swarmManager(hosts)).rejects.toMatchObject({ hint: expect.stringContaining('hosts -- prepare') })
    expect(await prepareSwarm(hosts, options)).toEqual({ manager: 'bench-1', joined: NAMES, formedByBakeoff: true })
    expect(members(engines)).toEqual([true, true, true])
    expect(await swarmManager(hosts)).toBe('bench-1')
  })

  it('changes nothing the second time', async () => {
    const { hosts, engines, options } = threeHosts()
    await prepareSwarm(hosts, options)
    const before = changes(engines).length
    expect((await prepareSwarm(hosts, options)).joined).toEqual([])
    expect(changes(engines)).toHaveLength(before)
  })

  it('brings a host that is new into the swarm of the others', async () => {
    const { hosts, options } = threeHosts()
    await prepareSwarm(hosts.slice(0, 2), options)
    expect(await prepareSwarm(hosts, options)).toMatchObject({ manager: 'bench-1', joined: ['load-1'] })
  })

  it('uses a swarm in which all hosts are', async () => {
    const { hosts, engines, options } = threeHosts()
    engines[1].formByHand()
    engines[0].joinByHand(engines[1])
    engines[2].joinByHand(engines[1])
    expect(await prepareSwarm(hosts, options)).toEqual({ manager: 'db-1', joined: [], formedByBakeoff: false })
    expect(changes(engines)).toEqual([])
  })

  it.each<{ because: string; given: (engines: readonly FakeSwarmEngine[]) => void; says: RegExp; todo: RegExp }>([
    {
      because: 'some are in a swarm that others made',
      given: ([a]) => a?.formByHand(),
      says: /^bench-1 is in a swarm that Bakeoff did not form, and db-1 and load-1 are not$/,
      todo: /join-token worker.* on bench-1/,
    },
    {
      because: 'they are in different swarms',
      given: ([a, b, c]) => {
        a?.formByHand()
        b?.formByHand()
        if (a) c?.joinByHand(a)
      },
      says: /different swarms: bench-1 and load-1 in one, db-1 in one$/,
      todo: /swarm leave/,
    },
    {
      because: 'none of them is a manager',
      given: (engines) => {
        const elsewhere = new FakeMachines().add('10.10.0.9')
        elsewhere.formByHand()
        for (const engine of engines) engine.joinByHand(elsewhere)
      },
      says: /in a swarm of which no host here is a manager/,
      todo: /docker node promote/,
    },
    {
      because: 'one is in a swarm that does not work',
      given: ([, b]) => {
        if (b) b.membership = 'pending'
      },
      says: /^db-1 is in a swarm that does not work: it is pending/,
      todo: /docker swarm leave --force/,
    },
  ])('refuses, and changes nothing, where $because', async ({ given, says, todo }) => {
    const { hosts, engines, options } = threeHosts()
    given(engines)
    await expect(prepareSwarm(hosts, options)).rejects.toMatchObject({
      code: 'SETUP_FAILED',
      message: expect.stringMatching(says),
      hint: expect.stringMatching(todo),
    })
    expect(changes(engines)).toEqual([])
  })

  it('names the host that cannot join and the ports, and leaves it outside', async () => {
    const { hosts, engines, options } = threeHosts()
    engines[1].joinError = engineError(500, 'Timeout was reached before node joined.')
    await expect(prepareSwarm(hosts, options)).rejects.toMatchObject({
      code: 'SETUP_FAILED',
      message: expect.stringMatching(/^db-1 cannot join the swarm of bench-1: Timeout was reached/),
      hint: expect.stringMatching(/at 10\.10\.0\.1:2377: open 2377\/tcp, 7946\/tcp, 7946\/udp and 4789\/udp/),
    })
    expect(members(engines), 'it does not go on trying').toEqual([true, false, false])
    engines[1].joinError = null
    expect((await prepareSwarm(hosts, options)).joined, 'the next call goes on').toEqual(['db-1', 'load-1'])
  })

  it.each([
    { error: engineError(500, 'bind: cannot assign requested address'), hint: /is on no interface of db-1/ },
    { error: engineError(500, '--live-restore daemon configuration is incompatible with swarm mode'), hint: /live/ },
    { error: engineError(500, 'listen tcp 10.0.0.2:2377: bind: address already in use'), hint: /listens on 2377/ },
    { error: engineError(400, 'invalid join token'), hint: /NTP/ },
  ])('says what to do about: $error.message', async ({ error, hint }) => {
    const { hosts, engines, options } = threeHosts()
    engines[1].joinError = error
    await expect(prepareSwarm(hosts, options)).rejects.toMatchObject({ hint: expect.stringMatching(hint) })
  })

  it('wants the address of each host', async () => {
    const { hosts, options } = threeHosts()
    const without = hosts.map((host) => ({ ...host, address: null }))
    await expect(prepareSwarm(without, options)).rejects.toMatchObject({ code: 'BAD_SPEC' })
  })

  it('keeps the token to itself', async () => {
    const { hosts, engines, said, options } = threeHosts()
    await prepareSwarm(hosts.slice(0, 2), options)
    const token = await hosts[0]?.client.swarm.workerToken()
    engines[2].joinError = engineError(400, `no such token: ${token}`)
    const error = await prepareSwarm(hosts, options).catch((thrown: unknown) => thrown as BakeoffError)
    const everything: unknown[] = [said]
    for (let each: unknown = error; each instanceof Error; each = each.cause)
      everything.push(each.message, each.stack, (each as BakeoffError).hint, Object.values(each))
    expect(JSON.stringify(everything)).toContain('no such token: ***')
    expect(JSON.stringify(everything)).not.toContain(token)
  })
})

describe('leaving a swarm', () => {
  const kinds = (found: Awaited<ReturnType<typeof leaveSwarm>>) => found.map(({ leaving }) => leaving.kind)

  it('takes every host out, workers first', async () => {
    const { hosts, engines, options } = threeHosts()
    await prepareSwarm(hosts, options)
    expect(kinds(await leaveSwarm(hosts))).toEqual(['left', 'left', 'left'])
    expect(members(engines)).toEqual([false, false, false])
    expect(engines[0].changes, 'the manager forgets those that left, and leaves last').toEqual([
      'init',
      'forget node of 10.10.0.2',
      'forget node of 10.10.0.3',
      'leave',
    ])
    expect(kinds(await leaveSwarm(hosts)), 'a second time there is nothing to do').toEqual(Array(3).fill('outside'))
  })

  it('never leaves a swarm that Bakeoff did not form', async () => {
    const { hosts, engines } = threeHosts()
    engines[0].formByHand()
    engines[1].joinByHand(engines[0])
    expect(kinds(await leaveSwarm(hosts))).toEqual(['foreign', 'foreign', 'outside'])
    expect(changes(engines)).toEqual([])
  })

  it('names a host that does not answer, and the others leave', async () => {
    const { hosts, engines, options } = threeHosts()
    await prepareSwarm(hosts, options)
    engines[1].gone = true
    const found = await leaveSwarm(hosts)
    expect(kinds(found)).toEqual(['left', 'failed', 'left'])
    engines[1].gone = false
    expect(kinds(await leaveSwarm(hosts)), 'the swarm of the one that is back has no manager any more').toEqual([
      'outside',
      'left',
      'outside',
    ])
  })

  it('leaves alone what only a manager that does not answer could say', async () => {
    const { hosts, engines, options } = threeHosts()
    await prepareSwarm(hosts, options)
    const gone = new BakeoffError('NO_ENGINE', 'no answer')
    const found = await leaveSwarm(hosts.map((host, index) => (index === 0 ? { ...host, client: gone } : host)))
    expect(kinds(found)).toEqual(['failed', 'unknown', 'unknown'])
    expect(members(engines)).toEqual([true, true, true])
  })

  it('keeps the manager of nodes that the file does not name', async () => {
    const { hosts, engines, options } = threeHosts()
    await prepareSwarm(hosts, options)
    const [first, second] = await leaveSwarm(hosts.slice(0, 2))
    expect(second?.leaving).toEqual({ kind: 'left' })
    expect(first?.leaving).toEqual({ kind: 'needed', others: ['machine-10.10.0.3 (10.10.0.3)'] })
    expect(members(engines)).toEqual([true, false, true])
  })

  it('does not pull the network from under a run', async () => {
    const { hosts, engines, options } = threeHosts()
    await prepareSwarm(hosts, options)
    const Labels = { 'bakeoff.project': 'bakeoff', 'bakeoff.session': 's', 'bakeoff.host': 'a-laptop' }
    engines[2].containers.push({ Id: 'c', Names: ['/c'], Labels, State: 'running' })
    await expect(leaveSwarm(hosts)).rejects.toMatchObject({
      code: 'ENGINE_HELD',
      message: expect.stringContaining('load-1'),
    })
    expect(members(engines)).toEqual([true, true, true])
  })

  it.each([
    { leaving: { kind: 'left' }, found: /^left/, hasTodo: false },
    { leaving: { kind: 'outside' }, found: /^was in no swarm/, hasTodo: false },
    { leaving: { kind: 'foreign' }, found: /Bakeoff did not form/, hasTodo: false },
    { leaving: { kind: 'needed', others: ['x', 'y'] }, found: /manager of x and y/, hasTodo: true },
    { leaving: { kind: 'unknown' }, found: /no manager/, hasTodo: true },
    { leaving: { kind: 'broken', problem: 'locked' }, found: /locked/, hasTodo: true },
    {
      leaving: { kind: 'failed', error: new BakeoffError('NO_ENGINE', 'gone', { hint: 'start it' }) },
      found: /^gone$/,
      hasTodo: true,
    },
  ] as const)('has words for $leaving.kind', ({ leaving, found, hasTodo }) => {
    const words = leavingWords('db-1', leaving)
    expect(words.found).toMatch(found)
    expect(words.todo !== null).toBe(hasTodo)
  })
})

describe('what an engine says of its swarm', () => {
  it.each([
    { info: {}, kind: 'none', because: 'Podman has no swarms' },
    { info: { Swarm: { LocalNodeState: 'inactive' } }, kind: 'none', because: 'it is in none' },
    { info: { Swarm: { LocalNodeState: 'pending', NodeID: 'a' } }, kind: 'broken', because: 'no manager answers it' },
    { info: { Swarm: { LocalNodeState: 'locked' } }, kind: 'broken', because: 'its keys are locked' },
    {
      info: { Swarm: { LocalNodeState: 'active', ControlAvailable: true, Error: 'The swarm does not have a leader' } },
      kind: 'broken',
      because: 'the majority of its managers is gone',
    },
    { info: { Swarm: { LocalNodeState: 'active', ControlAvailable: false } }, kind: 'worker', because: 'it is one' },
    { info: { Swarm: { LocalNodeState: 'active', ControlAvailable: true } }, kind: 'manager', because: 'it is one' },
  ])('$kind: $because', ({ info, kind }) => expect(toSwarmState(info, []).kind).toBe(kind))
})
