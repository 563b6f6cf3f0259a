import { judge, viewCells } from '@bakeoff/core'
import type { ServiceCounters } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { runPlan } from '../src/index.js'
import { anEntry, aPlan, aRun, aScenario, aService, fakePorts, imageOf } from './builders.js'
import type { Faults } from './fakes.js'

const store: ServiceCounters = {
  service: 'store',
  read: { by: 'http', path: '/stats' },
  work: 'transactions',
  late: { late: 'lateTokens', of: 'tokens' },
  lagMs: 0,
}

/** Runs `bad` and `good` on a scenario whose service has these counters. */
async function run(faults: Faults, counters: ServiceCounters = store, loads = aScenario().loads) {
  const scenario = aScenario({ services: [aService('store')], counters: [counters], loads })
  const plan = aPlan([anEntry('bad'), anEntry('good')], { scenario })
  const ports = fakePorts(faults)
  await runPlan(aRun(plan, ports), { records: [], calibrations: [] })
  const { records } = ports.sink
  const cells = viewCells(plan, records, []).map((view) => ({ view, verdict: judge(view) }))
  return {
    ports,
    outcomes: records.map(({ outcome }) => outcome.kind),
    run: (target: string) => records.find(({ entry }) => entry.includes(target))!,
    causes: (target: string) =>
      cells
        .filter(({ view }) => view.entry.target === target)
        .map(({ verdict }) => verdict!.causes.filter(({ cause }) => /work|service/.test(cause))),
  }
}

describe('counters of services', () => {
  it.each<{ because: string; read: ServiceCounters['read'] }>([
    { because: 'over HTTP', read: store.read },
    { because: 'by a command in its container', read: { by: 'command', command: ['psql'] } },
  ])('are read around every load, $because, and stand beside all answers of the load', async ({ read }) => {
    const { run: of, causes } = await run({}, { ...store, read })
    const { loads, notes } = of('good')
    expect(loads.map(({ counters }) => counters)).toEqual(
      loads.map(({ measurement }) => {
        const answered = measurement.window?.answered
        return [{ service: 'store', work: answered, late: 0, of: answered, answered }]
      }),
    )
    // Before the window as well: in it there were fewer.
    for (const { measurement } of loads) expect(measurement.window?.answered).toBeGreaterThan(measurement.counts.ok)
    expect(notes).toEqual([])
    expect(causes('good')).toEqual([[], []])
  })

  it('show a target that answers without asking the service', async () => {
    const { causes, run: of, outcomes } = await run({ skipsWork: [imageOf('bad')] })
    expect(outcomes).toEqual(['measured', 'measured'])
    expect(causes('bad')).toEqual([
      [expect.objectContaining({ cause: 'work-skipped', effect: 'invalidates', subject: 'store' })],
      [expect.objectContaining({ cause: 'work-skipped' })],
    ])
    expect(causes('good')).toEqual([[], []])
    expect(of('bad').loads[0]?.counters).toMatchObject([{ work: 0 }])
  })

  it('show a service that was behind its script', async () => {
    const { causes } = await run({ lateShare: 0.03 })
    expect(
      causes('good')
        .flat()
        .map(({ evidence }) => evidence),
    ).toEqual(
      Array(2).fill(
        'store was late with 3 % of its tokens (limit 1 %) in its only repetition: part of the latency is its own',
      ),
    )
  })

  it('count the tasks of a batch', async () => {
    const batch = { kind: 'batch', tasks: 100, concurrency: 10 } as const
    const { run: of } = await run({}, store, [batch])
    expect(of('good').loads[0]?.counters).toMatchObject([{ answered: 50 }])
  })

  it.each<{ because: string; faults?: Faults; read?: ServiceCounters['read']; says: string }>([
    { because: 'the answer is not JSON', faults: { counters: () => 'oops' }, says: 'not a JSON object: oops' },
    { because: 'the answer is no object', faults: { counters: () => 'null' }, says: 'not a JSON object: null' },
    {
      because: 'it has another member',
      faults: { counters: () => '{"transactions":1}' },
      says: 'it has no number "lateTokens"',
    },
    {
      because: 'the service began anew',
      faults: {
        counters: (_: string, asked: number) => `{"transactions":${9e6 - asked},"lateTokens":0,"tokens":1}`,
      },
      says: '"transactions" fell from',
    },
    {
      because: 'there is no such path',
      read: { by: 'http', path: '/missing' },
      says: 'GET /missing: HTTP 404',
    },
    {
      because: 'the command fails',
      read: { by: 'command', command: ['false'] },
      says: 'false ended with exit code 1: no such database',
    },
    {
      because: 'the engine does not run it',
      faults: { cannotRun: true },
      read: { by: 'command', command: ['psql'] },
      says: 'the engine did not answer',
    },
  ])('end nothing when $because: a note says so', async ({ faults = {}, read = store.read, says }) => {
    const { run: of, causes, outcomes, ports } = await run(faults, { ...store, read })
    expect(outcomes).toEqual(['measured', 'measured'])
    const { loads, notes } = of('good')
    expect(loads.map(({ counters }) => counters)).toEqual([[], []])
    for (const note of notes) expect(note).toMatch(/^The counters of store could not be read/)
    expect(notes.join('\n')).toContain(says)
    expect(new Set(notes).size).toBe(notes.length)
    expect(causes('good')).toEqual([[], []])
    expect(ports.host.left).toEqual([])
  })

  it('are null where the scenario names none', async () => {
    const plan = aPlan([anEntry('good')])
    const ports = fakePorts()
    await runPlan(aRun(plan, ports), { records: [], calibrations: [] })
    expect(ports.sink.records[0]?.loads.map(({ counters }) => counters)).toEqual([null, null])
  })

  it('are read of a target that died, as far as it came', async () => {
    const { run: of } = await run({ diesInLoad: { [imageOf('bad')]: 1 } })
    expect(of('bad').outcome).toMatchObject({ kind: 'failed', error: { code: 'TARGET_DIED' } })
    expect(of('bad').loads.map(({ counters }) => counters?.length)).toEqual([1, 1])
  })
})
