/** Several benches measure side by side: blocks stay whole, a lost bench leaves the run, an odd one is left out. */
import { type IsOpen, nothingOpen } from '@bakeoff/core'
import { BakeoffError, type Plan, type PlannedBench } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { type Before, runPlan } from '../src/index.js'
import { anEntry, aPlan, aRun, aScenario, fakePorts, imageOf, onSite } from './builders.js'
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
  const notes = ports.sink.events.flatMap((event) =>
    event.kind === 'note' || event.kind === 'bench-left' ? [event.message] : [],
  )
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

  it('does not wait where no loads are taken from it', async () => {
    const loads = [{ kind: 'batch' as const, tasks: 100, concurrency: 10 }]
    const { ports, status } = await run(fleet(aPlan(ENTRIES, { scenario: aScenario({ loads }), repetitions: 3 })))
    expect(status).toBe('complete')
    const stages = ports.sink.events.flatMap((event) =>
      event.kind === 'stage' && event.state !== 'building' ? [event.state] : [],
    )
    expect(stages.slice(0, 3)).toEqual(['measuring', 'measuring', 'measuring'])
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

describe('the second instrument of a fleet', () => {
  const go = ENTRIES[0] as (typeof ENTRIES)[number]
  const plan = fleet(aPlan([go], { repetitions: 6, secondInstrument: true }))

  it.each([
    { because: 'comes with the first repetition', failing: 0, measuredIn: [1] },
    { because: 'comes with the second where the first failed', failing: 1, measuredIn: [2] },
    { because: 'is not tried by all that go on side by side after two that failed', failing: 2, measuredIn: [] },
  ])('$because', async ({ failing, measuredIn }) => {
    const isFailing = (): boolean =>
      ports.sink.records.filter(({ repetition }) => repetition <= failing).length < failing
    const ports: ReturnType<typeof fakePorts> = fakePorts({
      get diesInLoad() {
        return isFailing() ? { [imageOf('go')]: 1 } : {}
      },
    })
    const { records } = await runPlan(aRun(plan, ports), none)
    const measured = records.filter(({ secondInstrument }) => secondInstrument?.kind === 'measured')
    expect(measured.map(({ repetition }) => repetition)).toEqual(measuredIn)
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

  it('leaves the run before anything is measured there, when it is lost while benches are compared', async () => {
    const { status, records, notes } = await run(PLAN, losing('node-2', 'canary'))
    expect(status).toBe('complete')
    expect(records.map(({ bench }) => bench)).not.toContain('node-2')
    expect(notes).toContain('bench node-2 leaves the run: the engine of node-2 does not answer any more')
  })

  it('leaves the run while images are brought to it, and the others get theirs', async () => {
    const gone = (hosts: readonly string[] = []) => {
      if (hosts.includes('node-2'))
        throw new BakeoffError('ENGINE_LOST', 'the engine of node-2 does not answer any more')
    }
    const { status, records, ports } = await run(PLAN, {
      atImage: (_, hosts) => gone(hosts),
      atNetwork: (_, hosts) => gone(hosts),
    })
    expect(status).toBe('complete')
    expect(records.map(({ bench }) => bench)).not.toContain('node-2')
    expect(ports.host.requests.images.at(-1)?.hosts).toEqual(['node-1', 'node-3'])
  })

  it('ends the run where nothing can be built without it', async () => {
    const atImage = () => {
      throw new BakeoffError('ENGINE_LOST', 'the engine of node-1 does not answer any more')
    }
    const { status, reason } = await run(PLAN, { atImage })
    expect({ status, reason }).toEqual({
      status: 'aborted',
      reason: 'the engine of node-1 does not answer any more',
    })
  })

  it('is followed by another: each try at the block is kept once', async () => {
    let left = 2
    const { status, records, notes } = await run(PLAN, {
      atStart: ({ name, host }, testbed) => {
        if (name !== 'target' || testbed !== 'predict/rust/default' || left-- <= 0) return
        throw new BakeoffError('ENGINE_LOST', `the engine of ${host} does not answer any more`)
      },
    })
    expect(status).toBe('complete')
    expect(notes.filter((note) => note.includes('leaves the run'))).toHaveLength(2)
    for (const entry of ['predict/go/default', 'predict/rust/default']) {
      const first = records.find((record) => record.entry === entry && record.block === 'predict#1')
      const benches = [...(first?.earlierTries ?? []), first].map((each) => each?.bench)
      expect(new Set(benches).size, entry).toBe(benches.length)
      expect(benches, entry).toHaveLength(3)
    }
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

describe('what benches are compared by', () => {
  it('is told where a bench gives no figure', async () => {
    const { status, notes } = await run(PLAN, {
      atStart: ({ host, name }, testbed) => {
        if (host === 'node-3' && name === 'target' && testbed === 'canary')
          throw new BakeoffError('START_FAILED', 'it did not start')
      },
    })
    expect(status).toBe('complete')
    expect(notes).toContain('no canary for all benches#1 on node-3: it did not start; tried again')
    expect(notes).toContain('whether bench node-3 is like the others is not known: its null server gave no figure')
  })

  it('is told where there is nothing to compare', async () => {
    const batch = aPlan(ENTRIES, {
      scenario: aScenario({ loads: [{ kind: 'batch', tasks: 100, concurrency: 10 }] }),
    })
    const { notes } = await run(fleet(batch))
    expect(notes).toContain('whether the benches are alike was not tried: every load is a batch')
  })

  it('is the boundary of all machines too', async () => {
    const { ports } = await run(PLAN, { hostAnswers: true })
    const told = ports.sink.events.flatMap((event) => (event.kind === 'boundary' ? [event.boundary] : []))
    expect(told).toHaveLength(1)
    expect(told[0]?.asked).toHaveLength(NODES.length)
    expect(told[0]?.answered.length).toBeGreaterThan(0)
  })
})

describe('the end of a run', () => {
  it('by its budget cuts no block', async () => {
    const { status, records } = await run({ ...PLAN, rules: { ...PLAN.rules, budgetMs: 60_000 } })
    expect(status).toBe('partial')
    const sizes = PLAN.blocks.map(({ id }) => records.filter(({ block }) => block === id).length)
    expect(new Set(sizes)).toEqual(new Set([ENTRIES.length, 0]))
    expect(sizes[0]).toBe(ENTRIES.length)
  })

  it('comes at once where no entry can be measured', async () => {
    const { status, records } = await run(PLAN, { wrongAnswers: ENTRIES.map(({ image }) => image) })
    expect(status).toBe('partial')
    expect(records.map(({ block, outcome }) => [block, outcome.kind])).toEqual(
      ENTRIES.map(() => ['predict#1', 'failed']),
    )
  })

  it.each(['writeRecord', 'writeCalibration'] as const)('is a full disk of its folder: %s', async (call) => {
    const ports = fakePorts()
    let left = 4
    const whole = ports.sink[call].bind(ports.sink) as (value: never) => Promise<void>
    ports.sink[call] = async (value: unknown) => {
      if (left-- <= 0) throw new BakeoffError('OUT_OF_RESOURCES', 'the disk is full')
      await whole(value as never)
    }
    await expect(runPlan(aRun(PLAN, ports), none)).rejects.toThrow('the disk is full')
    expect(ports.host.left).toEqual([])
    expect(ports.sink.events.some(({ kind }) => kind === 'bench-left')).toBe(false)
  })

  it('by its user stops benches that wait, too', async () => {
    const stop = new AbortController()
    const ports = fakePorts({
      // While the first repetition goes on, all other benches wait for it.
      atStart: ({ name }, testbed) => {
        if (name === 'target' && testbed === 'predict/rust/default') stop.abort(new Error('stopped'))
      },
    })
    const { status, reason } = await runPlan(aRun(PLAN, ports, { signal: stop.signal }), none)
    expect({ status, reason }).toEqual({ status: 'aborted', reason: 'stopped' })
    expect(ports.host.left).toEqual([])
  })
})

describe('a run that goes on later', () => {
  it('measures a block whole elsewhere when its bench is gone', async () => {
    const { records } = await run(fleet(PLAN, [...NODES, 'node-4']))
    const half = records.find(({ bench }) => bench === 'node-4')?.block
    const before = {
      records: records.filter(({ block, entry }) => block !== half || entry === 'predict/go/default'),
      calibrations: [],
    }
    const again = await run(PLAN, {}, { before })
    expect(again.status).toBe('complete')
    expect(again.benchesOf(half!)).toHaveLength(1)
    expect(again.benchesOf(half!)).not.toEqual(['node-4'])
    const go = again.records.find(({ block, entry }) => block === half && entry === 'predict/go/default')
    expect(go?.earlierTries?.map(({ bench }) => bench)).toEqual(['node-4'])
  })

  it('goes on with the benches that are there', async () => {
    const benches = [bench('node-1')]
    const { status, records, ports } = await run(PLAN, {}, { before: { ...none, benches } })
    expect(status).toBe('complete')
    expect(new Set(records.map((record) => record.bench))).toEqual(new Set(['node-1']))
    expect(new Set(ports.host.requests.images.flatMap(({ hosts }) => hosts))).toEqual(new Set(['node-1']))
  })

  it('measures a block whole that was killed between two benches', async () => {
    const plan = fleet(aPlan([...ENTRIES, anEntry('zig')], { repetitions: 3 }))
    const { records } = await run(plan)
    const taken = records.flatMap((record) => {
      if (record.block !== 'predict#2') return [record]
      if (record.entry === 'predict/zig/default') return []
      return [{ ...record, bench: record.entry === 'predict/go/default' ? 'node-1' : 'node-2' }]
    })
    const again = await run(plan, {}, { before: { records: taken, calibrations: [] } })
    expect(again.status).toBe('complete')
    expect(again.records.filter(({ block }) => block === 'predict#2')).toHaveLength(3)
    expect(again.benchesOf('predict#2')).toHaveLength(1)
  })

  it('lets a bench go on as soon as it is its turn', async () => {
    const two = fleet(aPlan(ENTRIES, { repetitions: 3 }), ['node-1', 'node-2'])
    const { records } = await run(two)
    const done = records.filter(({ block }) => block === 'predict#1').map((record) => ({ ...record, bench: 'node-1' }))
    const { ports } = await run(two, {}, { before: { records: done, calibrations: [] } })
    const stages = ports.sink.events.flatMap((event) =>
      event.kind === 'stage' && event.state !== 'building' ? [`${event.bench} ${event.state}`] : [],
    )
    expect(stages.slice(0, 2)).toEqual(['node-2 measuring', 'node-1 measuring'])
  })

  it('finishes a block on the bench that began it', async () => {
    const stop = new AbortController()
    let left = 5
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
