/** What happens when something dies under a run over several machines, one row of the table in docs/several-machines.md after the other. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { whyNoLab } from '../../containers/test/lab/lab.js'
import { BreakableLab, type RunUnderTest } from './helpers/breakable-lab.js'

let runs: BreakableLab
let bySsh: Awaited<ReturnType<BreakableLab['hostsBySsh']>>

/** The hosts of the usual bench. */
const ROLES = [
  { role: "the target's", host: 'h1', others: ['h2', 'h3'] },
  { role: "the services'", host: 'h2', others: ['h1', 'h3'] },
  { role: "the agent's", host: 'h3', others: ['h1', 'h2'] },
] as const

/** Of the swarm. It cannot remove an overlay while it does not hear the others: when it is cut off, its probe goes on trying. */
const MANAGER = 'h1'

/** The cores of a host of a fleet. */
const BOTH = [0, 1]
/** Hosts that share their cores are never alike, and none is to be left out for that. */
const ANY = '99%'

const LONG = { timeout: 400_000 }

describe.skipIf(whyNoLab() !== null)('a run over three machines', () => {
  beforeAll(async () => {
    runs = await BreakableLab.up()
    bySsh = await runs.hostsBySsh()
  })
  afterEach(() => runs?.reset())
  afterAll(() => runs?.[Symbol.asyncDispose]())

  describe('whose orchestrator', () => {
    it.each(['sockets', 'ssh'])('is killed, by %s: its watchdogs empty all hosts, and end', LONG, async (way) => {
      const run = await runs.underLoad(way === 'ssh' ? bySsh.file : runs.hosts())
      run.program.signal('SIGKILL')
      expect(await runs.leftWithin(10_000)).toEqual([])
      expect(await run.processesWithin(15_000)).toEqual([])
      expect(runs.openWays()).toEqual([])
      await expectResumed(run)
    })

    it.each(['once', 'twice'])('is interrupted %s: nothing is left, and it can go on', LONG, async (times) => {
      const run = await runs.underLoad(bySsh.file)
      run.program.signalGroup('SIGINT')
      if (times === 'twice') await sleep(100)
      if (times === 'twice') run.program.signalGroup('SIGINT')
      expect((await runs.endOf(run)).how).toBe(130)
      expect(await runs.leftWithin(times === 'twice' ? 10_000 : 0)).toEqual([])
      expect(await run.processesWithin(15_000)).toEqual([])
      await expectResumed(run)
    })

    it('stops with its watchdogs, as on a laptop that is closed: the probes empty their hosts', LONG, async () => {
      const run = await runs.underLoad(bySsh.file)
      const stopped = run.program.processes()
      for (const pid of stopped) process.kill(pid, 'SIGSTOP')
      expect(await runs.leftWithin(25_000)).not.toEqual([])
      expect(await runs.leftWithin(20_000)).toEqual([])
      for (const pid of stopped) process.kill(pid, 'SIGCONT')
      expect((await runs.endOf(run)).stderr).toContain('--resume')
      expect(await run.processesWithin(15_000)).toEqual([])
      await expectResumed(run)
    })
  })

  describe.each(ROLES)('when $role host', ({ host, others }) => {
    it('loses its cable: the others are empty at the end of the run, and itself within 42 s', LONG, async () => {
      const run = await runs.underLoad(bySsh.file)
      await runs.pullCable(host)
      const pulledAt = Date.now()
      await expectLost(run, host)
      expect(await runs.containers(others)).toEqual([])
      await sleep(Math.max(0, pulledAt + 42_000 - Date.now()))
      expect(await runs.containers([host])).toEqual(host === MANAGER ? [`${host}: bakeoff-lease`] : [])
      await runs.mend(host)
      expect(await runs.leftWithin(60_000)).toEqual([])
      expect(await run.processesWithin(30_000)).toEqual([])
      await expectResumed(run)
    })

    it('loses its engine: the run says so, and nothing is left when there is one again', LONG, async () => {
      const run = await runs.underLoad(runs.hosts())
      await runs.killEngine(host)
      await expectLost(run, host)
      expect(await runs.containers(others)).toEqual([])
      await runs.mend(host)
      expect(await runs.leftWithin(60_000)).toEqual([])
      expect(await run.processesWithin(30_000)).toEqual([])
      await expectResumed(run)
    })

    it('freezes for a minute: the run says so, and nothing is left when it has thawed', LONG, async () => {
      const run = await runs.underLoad(runs.hosts(), '--profile', 'patient')
      runs.freeze(host)
      const thawed = sleep(60_000).then(() => runs.mend(host))
      await expectLost(run, host)
      expect(await runs.containers(others)).toEqual([])
      await thawed
      expect(await runs.leftWithin(60_000)).toEqual([])
      expect(await run.processesWithin(30_000)).toEqual([])
      await expectResumed(run)
    })
  })

  it(
    'whose hosts do not reach each other any more blames no target, also where their engines answer',
    LONG,
    async () => {
      const run = await runs.underLoad(runs.hosts())
      await runs.pullCable('h3')
      await expectLost(run, 'h3 (10.77.0.13) and h1 and h2 do not reach each other any more')
      expect(await runs.containers()).toEqual([])
      await runs.mend('h3')
      expect(await runs.leftWithin(60_000)).toEqual([])
      expect(await run.processesWithin(30_000)).toEqual([])
      await expectResumed(run)
    },
  )

  describe('when a load agent is killed', () => {
    it('the load is lost and recorded, and the repetition tried again', LONG, async () => {
      const run = await runs.underLoad(runs.hosts())
      await runs.kill('h3', 'agent')
      expect((await runs.endOf(run)).how).toBe(0)
      expect(run.records()).toMatchObject([{ outcome: { kind: 'measured' }, earlierTries: [agentFailedOn('h3')] }])
      expect(await runs.left()).toEqual([])
    })

    it('that is one of two, the load does not go on with the other', LONG, async () => {
      const benches = [{ target: 'h1', agents: ['h2', 'h3'] }]
      const run = await runs.underLoad(runs.hosts({ benches }))
      await runs.kill('h3', 'agent-2')
      expect((await runs.endOf(run)).how).toBe(0)
      expect(run.records()).toMatchObject([{ outcome: { kind: 'measured' }, earlierTries: [agentFailedOn('h3')] }])
      expect(run.records()[0]?.earlierTries?.[0]?.loads).toEqual([])
      expect(await runs.left()).toEqual([])
    })
  })

  it('keeps others from its hosts, and tells them who has them', LONG, async () => {
    const run = await runs.underLoad(runs.hosts())
    const second = await runs.run('matrix', '--hosts', bySsh.file)
    expect(second.how).toBe(75)
    expect(second.stderr).toContain(`another run holds the engine of h`)
    expect(second.stderr).toContain(`process ${run.program.pid} on `)
    expect((await runs.endOf(run)).how, 'the first one has not noticed').toBe(0)
  })

  describe('is refused', () => {
    it.each(['no host', 'another key'] as const)('by ssh when %s is known of a host', async (known) => {
      const sshd = bySsh.servers.get('h2')
      sshd?.know(known)
      try {
        const refused = await runs.run('matrix', '--hosts', bySsh.file)
        expect(refused.how).toBe(3)
        expect(refused.stderr).toMatch(/h2\b.*host key is (not known|another)/)
      } finally {
        sshd?.know('the host')
      }
      expect(await runs.left()).toEqual([])
    })

    it('over TCP without TLS', async () => {
      const refused = await runs.run('matrix', '--hosts', runs.hosts({ ways: { h2: 'tcp://10.77.0.12:2375' } }))
      expect(refused.how).toBe(2)
      expect(refused.stderr).toContain('2375')
      expect(refused.stderr).toContain('insecure: true')
    })
  })

  it('has written no token of the swarm anywhere', async () => {
    const written = [...runs.texts()].filter(([, text]) => text.includes('SWMTKN')).map(([name]) => name)
    expect(written).toEqual([])
    expect(runs.texts().size).toBeGreaterThan(20)
  })
})

describe.skipIf(whyNoLab() !== null)('a run over a fleet', () => {
  beforeAll(async () => {
    // Of one class: the cores of each have the same numbers.
    runs = await BreakableLab.up([BOTH, BOTH, BOTH])
  })
  afterAll(() => runs?.[Symbol.asyncDispose]())

  it('goes on with all of its blocks on the other benches when one is lost', LONG, async () => {
    const fleet = ['h1', 'h2', 'h3']
    const run = await runs.underLoad(runs.hosts({ fleet, tolerance: ANY }), '--profile', 'blocks')
    await runs.killEngine('h2')
    expect((await runs.endOf(run)).how).toBe(0)
    const records = run.records()
    expect(records.map(({ outcome }) => outcome.kind)).toEqual(Array(4).fill('measured'))
    expect(new Set(records.map(({ bench }) => bench))).toEqual(new Set(['h1', 'h3']))
    expect(run.events()).toContainEqual(expect.objectContaining({ kind: 'bench-left', bench: 'h2', why: 'lost' }))
    await runs.mend('h2')
    expect(await runs.leftWithin(60_000)).toEqual([])
    expect(await run.processesWithin(30_000)).toEqual([])
  })
})

const agentFailedOn = (host: string) => ({
  outcome: { kind: 'failed', error: { code: 'AGENT_FAILED', message: expect.stringContaining(host) } },
})

/** The run ends as aborted, and names the host and its bench. */
async function expectLost(run: RunUnderTest, host: string): Promise<void> {
  const { how, stderr } = await runs.endOf(run)
  expect(how, stderr).toBe(3)
  expect(stderr).toContain('--resume')
  expect(run.results().run).toMatchObject({ status: 'aborted', statusReason: expect.stringContaining(host) })
  expect(run.records()).toMatchObject([{ bench: 'bench-1', outcome: { kind: 'aborted' } }])
}

async function expectResumed(run: RunUnderTest): Promise<void> {
  const { how, stderr } = await runs.resume(run)
  expect(how, stderr).toBe(0)
  expect(run.records().map(({ outcome }) => outcome.kind)).toEqual(['measured'])
  expect(await runs.left()).toEqual([])
}
