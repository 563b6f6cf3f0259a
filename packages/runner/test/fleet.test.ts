/** Several benches measure side by side: blocks stay whole, a lost bench leaves the run, an odd one is left out. */
import { type IsOpen, nothingOpen } from '@bakeoff/core'
import { BakeoffError, type Plan, type PlannedBench } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { type Before, runPlan } from '../src/index.js'
import { anEntry, aPlan, aRun, fakePorts, onSite } from './builders.js'
import type { Faults } from './fakes.js'

const bench = (id: string): PlannedBench => ({ id, target: id, services: id, agents: [id] })
const NODES = ['node-1', 'node-2', 'node-3']
const ENTRIES = [anEntry('go'), anEntry('rust')]
const fleet = (plan: Plan, nodes = NODES): Plan => {
  const placed = onSite(plan, nodes.map(bench))
  return { ...placed, site: { ...placed.site!, network: 'bridge', mtu: null } }
}
const PLAN = fleet(aPlan(ENTRIES, { repetitions: 6 }))
const none: Before = { records: [], calibrations: [] }

async function run(
  plan: Plan,
  faults: Faults = {},
  { before = none, isOpen = nothingOpen }: { before?: Before; isOpen?: IsOpen } = {},
) {
  const ports = fakePorts(faults)
  const ended = await runPlan(aRun(plan, ports, { isOpen }), before)
  const notes = ports.sink.events.flatMap((event) => (event.kind === 'note' ? [event.message] : []))
  const benchesOf = (block: string) => [
    ...new Set(ended.records.filter((record) => record.block === block).map((record) => record.bench)),
  ]
  return { ...ended, ports, notes, benchesOf }
}

/** The engine of a node is lost when a container of this testbed starts there. */
const losing = (node: string, testbed: string, times = 1): Faults => {
  let left = times
  return {
    atStart: ({ host, name }, where) => {
      if (host !== node || where !== testbed || name !== 'target' || left-- <= 0) return
      throw new BakeoffError('ENGINE_LOST', `the engine of ${node} does not answer any more`)
    },
  }
}

describe('a fleet', () => {
  it('measures every block whole on one bench, and each bench as often', async () => {
    const { status, records, benchesOf, ports } = await run(PLAN)
    expect(status).toBe('complete')
    expect(records).toHaveLength(12)
    const owners = PLAN.blocks.map(({ id }) => benchesOf(id))
    for (const owner of owners) expect(owner).toHaveLength(1)
    for (const node of NODES) expect(owners.flat().filter((each) => each === node)).toHaveLength(2)
    expect(ports.host.left).toEqual([])
  })

  it('measures the first repetition before the others, whose loads are taken from it', async () => {
    const { ports } = await run(PLAN)
    const ended = ports.sink.events.flatMap((event) =>
      event.kind === 'stage' && event.state === 'over' ? [event.repetition] : [],
    )
    expect(ended[0]).toBe(1)
    const began = ports.sink.events.findIndex(
      (event) => event.kind === 'stage' && event.state === 'measuring' && event.repetition > 1,
    )
    const first = ports.sink.events.findIndex(
      (event) => event.kind === 'stage' && event.state === 'over' && event.repetition === 1,
    )
    expect(began).toBeGreaterThan(first)
  })

  it('has the images of all promised blocks before anything is measured', async () => {
    const { ports } = await run(PLAN)
    const kinds = ports.sink.events.map(({ kind }) => kind)
    expect(kinds.lastIndexOf('image')).toBeLessThan(kinds.indexOf('calibrated'))
  })

  it('asks what is open between waves', async () => {
    const plan = { ...PLAN, rules: { ...PLAN.rules, minRepetitions: 1 } }
    const asked: number[] = []
    const { records } = await run(
      plan,
      {},
      {
        isOpen: () => {
          asked.push(asked.length)
          return asked.length <= 1
        },
      },
    )
    // One repetition was promised; one wave of three benches follows, and then nothing is open.
    expect(Math.max(...records.map(({ repetition }) => repetition))).toBe(4)
  })
})

describe('a bench that is lost', () => {
  it('leaves the run, and its block is measured whole on another', async () => {
    const { status, records, benchesOf, notes, ports } = await run(PLAN, losing('node-2', 'predict/rust/default'))
    expect(status).toBe('complete')
    expect(records).toHaveLength(12)
    for (const { id } of PLAN.blocks) expect(benchesOf(id)).toHaveLength(1)
    expect(records.filter((record) => record.bench === 'node-2')).toEqual([])
    expect(notes).toContain('bench node-2 leaves the run: the engine of node-2 does not answer any more')
    expect(ports.host.left).toEqual([])
  })

  it('loses nothing that it measured: that stands as an earlier try', async () => {
    const { records } = await run(PLAN, losing('node-2', 'predict/rust/default'))
    const earlier = records.flatMap(({ earlierTries }) => earlierTries ?? [])
    expect(
      earlier.filter((each) => each.bench === 'node-2' && each.outcome.kind === 'measured').length,
    ).toBeGreaterThan(0)
  })

  it('ends the run when it is the last', async () => {
    const faults: Faults = {
      atStart: (_, testbed) => {
        if (testbed !== 'predict/go/default') return
        throw new BakeoffError('ENGINE_LOST', 'the engine does not answer any more')
      },
    }
    const { status, reason } = await run(PLAN, faults)
    expect(status).toBe('aborted')
    expect(reason).toBe('the engine does not answer any more')
  })
})

describe('a bench that is not like the others', () => {
  it.each([
    { slow: 0.9, leaves: true },
    { slow: 0.97, leaves: false },
  ])('reaches $slow of the others and is left out: $leaves', async ({ slow, leaves }) => {
    const { records, notes } = await run(PLAN, {
      throughput: (connections, host) => 1000 * connections * (host === 'node-3' ? slow : 1),
    })
    expect(records.some((record) => record.bench === 'node-3')).toBe(!leaves)
    expect(notes.some((note) => note.startsWith('bench node-3 is left out: its null server reached 10 % less'))).toBe(
      leaves,
    )
  })

  it('is asked once more, since chance comes in moments', async () => {
    let asked = 0
    const { records } = await run(PLAN, {
      throughput: (connections, host) => 1000 * connections * (host === 'node-3' && asked++ < 3 ? 0.8 : 1),
    })
    expect(records.some((record) => record.bench === 'node-3')).toBe(true)
  })
})

describe('a run that goes on later', () => {
  it('finishes a block on the bench that began it', async () => {
    const stop = new AbortController()
    let left = 4
    const faults: Faults = {
      atStart: ({ name }, testbed) => {
        if (name === 'target' && testbed.startsWith('predict/') && left-- <= 0) stop.abort(new Error('stopped'))
      },
    }
    const first = fakePorts(faults)
    await runPlan(aRun(PLAN, first, { signal: stop.signal }), none)
    const before = { records: first.sink.records, calibrations: JSON.parse(first.sink.calibration ?? '[]') }
    const begun = before.records.filter(({ outcome }) => outcome.kind === 'measured')
    const half = PLAN.blocks.filter(({ id }) => begun.filter(({ block }) => block === id).length === 1)
    expect(half.length).toBeGreaterThan(0)

    const { status, benchesOf } = await run(PLAN, {}, { before })
    expect(status).toBe('complete')
    for (const { id } of half) expect(benchesOf(id)).toEqual([begun.find(({ block }) => block === id)!.bench])
  })
})

describe('a bug on one bench', () => {
  it('ends the run, and the others with it', async () => {
    const ports = fakePorts({
      atStart: ({ host }, testbed) => {
        if (host === 'node-1' && testbed === 'predict/go/default') throw new TypeError('undefined is not a function')
      },
    })
    await expect(runPlan(aRun(PLAN, ports), none)).rejects.toThrow('undefined is not a function')
    expect(ports.host.left).toEqual([])
  })
})
