/** A server for every fault against a real engine: each gets the verdict that it deserves, and no other. */

import { type Cell, type Results, results as resultsSchema } from '@bakeoff/model'
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest'
import { exitCodes } from '../src/exit.js'
import { createProgram } from '../src/program.js'
import { openTerminal } from '../src/terminal.js'
import { type FaultyProject, makeFaultyProject } from './faulty-project/make.js'

/** What the machine adds to any cell when others use it, or when it has two cores. */
const MACHINE: readonly string[] = [
  'noisy-host',
  'not-steady',
  'shared-cores',
  'agent-bound',
  'late-sends',
  'too-short',
]
/** Cores used by others from which on a target cannot be expected to fill its own, nor to keep its times. */
const OTHERS = 0.3

const controller = new AbortController()
let faulty: FaultyProject
let faults: { code: number; results: Results }

beforeAll(async () => {
  faulty = await makeFaultyProject()
  process.env.BAKEOFF_ROOT = faulty.project.root
  process.env.BAKEOFF_REPORTS = faulty.project.reports
  process.env.BAKEOFF_LOCK_FOLDER = faulty.lockFolder
  faults = await matrix()
}, 600_000)

afterAll(async () => {
  controller.abort()
  await faulty?.[Symbol.asyncDispose]()
})

/** The command as it is typed, and the results that it prints. */
async function matrix(...options: string[]): Promise<typeof faults> {
  let printed = ''
  let code = -1
  const print = (text: string) => {
    printed = text
  }
  const terminal = { ...openTerminal(), print }
  const program = createProgram({
    project: faulty.project,
    terminal,
    stop: { signal: controller.signal, guard: () => {}, onNextSignal: () => () => {} },
    leave: (wanted) => {
      code = wanted
    },
  })
  await program.parseAsync(['matrix', '--json', ...options], { from: 'user' })
  return { code, results: resultsSchema.parse(JSON.parse(printed)) }
}

const cellOf = (id: string, { results } = faults): Cell => results.cells.find((cell) => cell.id === id)!
const entryOf = (id: string) => faults.results.entries.find((entry) => entry.id === id)!
const causesOf = (cell: Cell) => cell.verdict!.causes.map(({ cause }) => cause)

/** Skips what cannot be seen while others hold the cores. */
function needsQuiet({ skip }: TestContext, cell: Cell): void {
  const others = cell.figures.hostOthers?.median ?? null
  skip(others !== null && others > OTHERS, `others used ${others?.toFixed(1)} cores`)
}

describe('what does not count, and why', () => {
  it.each<{ cell: string; deserves: string[]; perhaps?: string[] }>([
    { cell: 'predict/faulty/none/closed-4', deserves: [] },
    { cell: 'predict/faulty/wait/closed-4', deserves: [] },
    { cell: 'predict/faulty/busy/closed-4', deserves: [] },
    // Opening connections again is no request's time, and no latency shows it.
    { cell: 'predict/faulty/close/closed-4', deserves: [], perhaps: ['unaccounted-time'] },
    { cell: 'predict/faulty/slow-start/closed-4', deserves: [] },
    { cell: 'predict/faulty/errors/closed-4', deserves: ['errors'] },
    { cell: 'predict/faulty/silent/closed-4', deserves: ['timeouts', 'unaccounted-time'] },
    { cell: 'predict/faulty/fin/closed-4', deserves: ['errors'], perhaps: ['unaccounted-time'] },
    { cell: 'predict/faulty/reset/closed-4', deserves: ['errors'], perhaps: ['unaccounted-time'] },
    { cell: 'steady/faulty/none/rate-500', deserves: [] },
    { cell: 'steady/faulty/background/rate-500', deserves: [] },
    { cell: 'steady/faulty/stall/rate-500', deserves: [] },
    { cell: 'steady/faulty/grows/rate-500', deserves: ['restarted', 'target-memory'], perhaps: ['errors'] },
    // Requests that were under way when it died are lost: errors as well, when they are many enough.
    { cell: 'steady/faulty/dies/rate-500', deserves: ['restarted'], perhaps: ['errors'] },
  ])('$cell: $deserves', ({ cell: id, deserves, perhaps = [] }) => {
    const { outcome, verdict } = cellOf(id)
    expect(outcome).toBe('measured')
    const [invalidates, doubts] = ['invalidates', 'doubts'].map((wanted) =>
      verdict!.causes.filter(({ effect }) => effect === wanted).map(({ cause }) => cause),
    ) as [string[], string[]]
    expect(invalidates.filter((cause) => !perhaps.includes(cause)).sort()).toEqual(deserves)
    expect(doubts.filter((cause) => ![...MACHINE, ...perhaps].includes(cause))).toEqual([])
    expect(verdict!.status).toBe(deserves.length > 0 ? 'invalid' : doubts.length > 0 ? 'suspect' : 'valid')
  })

  it('a wrong answer once in 500 does not count, and is shown', (context) => {
    const cell = cellOf('predict/faulty/wrong/closed-4')
    // A thousand answers a second are compared: fewer than 5,000 may hold too few of the wrong ones to be found for sure.
    context.skip(cell.requests!.sent < 5000, `${cell.requests!.sent} requests were sent`)
    expect(cell.verdict!.status).toBe('invalid')
    expect(causesOf(cell)).toContain('wrong-answers')
    expect(cell.wrongSamples[0]).toMatchObject({
      expected: 'Prediction: Iris-Setosa',
      actual: 'Prediction: Iris-Virginica',
    })
  })

  it('none of it is ranked, and each is listed with its reason', () => {
    const invalid = faults.results.cells.filter(({ verdict }) => verdict?.status === 'invalid').map(({ id }) => id)
    expect(invalid.length).toBeGreaterThanOrEqual(6)
    const ranked = faults.results.groups.flatMap((list) => list.ranked)
    expect(ranked.filter((id) => invalid.includes(id))).toEqual([])
    const unranked = faults.results.groups.flatMap((list) => list.unranked)
    for (const id of invalid) expect(unranked.find(({ cell }) => cell === id)?.why, id).toMatch(/./)
  })
})

describe('a target that ends', () => {
  it.each([
    { entry: 'predict/faulty/dies-warm', stage: 'warm-up', says: 'ended with exit code 3' },
    { entry: 'predict/faulty/grows-warm', stage: 'warm-up', says: 'was killed for memory' },
    { entry: 'steady/faulty/dies', stage: 'load', says: 'ended with exit code 3' },
    { entry: 'steady/faulty/grows', stage: 'load', says: 'was killed for memory' },
  ])('has a reason and its log: $entry $says', ({ entry, stage, says }) => {
    const { outcome, logTail } = entryOf(entry)
    expect(outcome).toMatchObject({ kind: 'failed', stage, error: { code: 'TARGET_DIED' } })
    expect(outcome).toHaveProperty('error.message', expect.stringContaining(says))
    expect(logTail).toContain('listening 8080')
  })

  it.each(['dies-warm', 'grows-warm'])('before its load has no figures: %s', (variant) => {
    expect(cellOf(`predict/faulty/${variant}/closed-4`)).toMatchObject({ outcome: 'failed', verdict: null })
  })

  it('leaves the others alone, and the run says that something failed', () => {
    const died = ['predict/faulty/dies-warm', 'predict/faulty/grows-warm', 'steady/faulty/dies', 'steady/faulty/grows']
    const others = faults.results.entries.filter(({ id }) => !died.includes(id))
    expect(others.map(({ outcome }) => outcome.kind)).toEqual(others.map(() => 'measured'))
    expect(faults.results.run).toMatchObject({ status: 'partial', statusReason: expect.stringContaining('dies-warm') })
    expect(faults.code).toBe(exitCodes.failed)
  })
})

describe('every request is accounted for', () => {
  const share = (id: string, count: 'errors' | 'timeouts' | 'lost') => {
    const { requests } = cellOf(id)
    return requests![count] / requests!.sent
  }

  it('when each connection is closed after its answer, all are right', () => {
    const { sent, ok, inFlight, errors, lost, timeouts } = cellOf('predict/faulty/close/closed-4').requests!
    expect({ errors, lost, timeouts }).toEqual({ errors: 0, lost: 0, timeouts: 0 })
    expect(ok).toBe(sent - inFlight)
    expect(ok).toBeGreaterThan(0)
  })

  it.each([
    { cell: 'predict/faulty/errors/closed-4', count: 'errors', of: 0.01, kind: 'HTTP 500' },
    { cell: 'predict/faulty/fin/closed-4', count: 'lost', of: 0.1, kind: 'FIN without answer' },
    { cell: 'predict/faulty/reset/closed-4', count: 'lost', of: 0.1, kind: 'ECONNRESET' },
    { cell: 'predict/faulty/silent/closed-4', count: 'timeouts', of: 0.02, kind: 'timeout' },
  ] as const)('$kind: $of of the requests', ({ cell, count, of, kind }) => {
    expect(share(cell, count)).toBeGreaterThan(of / 4)
    expect(share(cell, count)).toBeLessThan(of * 2)
    expect(Object.keys(cellOf(cell).requests!.errorsByKind)).toContain(kind)
  })
})

describe('what limited it', () => {
  it('a target that waits is bound by the number of connections, and its time is seen', (context) => {
    const cell = cellOf('predict/faulty/wait/closed-4')
    expect(cell.figures['serviceMs.p50']!.median).toBeGreaterThan(4.9)
    needsQuiet(context, cell)
    expect(causesOf(cell)).toContain('latency-bound')
    expect(causesOf(cell)).not.toContain('target-cpu')
    expect(cell.figures['serviceMs.p50']!.median).toBeLessThan(7)
  })

  it('a target that computes is bound by its core, at the rate that its work allows', (context) => {
    const cell = cellOf('predict/faulty/busy/closed-4')
    expect(cell.figures.throughput!.median).toBeLessThan(1000 / 0.3)
    needsQuiet(context, cell)
    expect(causesOf(cell)).toContain('target-cpu')
    expect(causesOf(cell)).not.toContain('latency-bound')
    expect(cell.figures.throughput!.median).toBeGreaterThan(1500)
  })

  it('a thread that computes for nobody is seen in the CPU time of each request', (context) => {
    const cell = cellOf('steady/faulty/background/rate-500')
    const per = (one: Cell) => one.figures.cpuMsPerRequest!.median
    const none = cellOf('steady/faulty/none/rate-500')
    expect(per(cell)).toBeGreaterThan(1.2 * per(none))
    needsQuiet(context, cell)
    expect(per(cell)).toBeGreaterThan(5 * per(none))
    expect(causesOf(cell)).toContain('target-cpu')
  })

  it('a target that was idle is never called full, nor bound by its connections at a given rate', () => {
    expect(causesOf(cellOf('steady/faulty/none/rate-500'))).not.toContain('target-cpu')
    expect(causesOf(cellOf('steady/faulty/none/rate-500'))).not.toContain('latency-bound')
  })
})

describe('times', () => {
  it('a stall of 1 s is in p99 of an open load', () => {
    const { figures } = cellOf('steady/faulty/stall/rate-500')
    // A starved machine answers fewer than the thousand requests that p99 needs; the longest is known even then.
    expect((figures['responseMs.p99'] ?? figures['responseMs.max'])!.median).toBeGreaterThan(850)
  })

  it('a start of 3 s is the cold start', () => {
    expect(entryOf('predict/faulty/slow-start').figures.coldStartMs!.median).toBeGreaterThan(2990)
  })
})

describe('servers that know the truth, through the command line', () => {
  const truth = (variant: string) => cellOf(`truth/truth/${variant}/closed-8`)
  const rateOf = (variant: string) => truth(variant).figures.throughput!.median

  it('a constant delay has the throughput that it must have', (context) => {
    const cell = truth('constant')
    expect(rateOf('constant')).toBeLessThanOrEqual((8 / 0.02) * 1.01)
    expect(cell.account!.answered).toBeGreaterThan(0.99)
    needsQuiet(context, cell)
    expect(rateOf('constant')).toBeGreaterThan((8 / 0.02) * 0.95)
  })

  it('waves of answers are counted as they are, though the window holds no whole number of them', (context) => {
    const cell = truth('waves')
    expect(rateOf('waves')).toBeLessThanOrEqual(8 * 4 * 1.01)
    needsQuiet(context, cell)
    expect(Math.abs(rateOf('waves') / (8 * 4) - 1)).toBeLessThan(0.01)
  })

  it('connections that are never answered are named, and the figure does not count', () => {
    const cell = truth('starving')
    const cause = cell.verdict!.causes.find((each) => each.cause === 'unaccounted-time')!
    expect(cause).toMatchObject({ effect: 'invalidates' })
    expect(cause.evidence).toContain('3 of 8 connections never had an answer')
    expect(cell.account!.unanswered).toBeGreaterThan(0.3)
    expect(cell.account!.unanswered).toBeLessThan(0.45)
  })

  it('a target that still gets faster is not called steady', () => {
    // A warm-up of two seconds may be too short to tell; the window tells all the same.
    const doubts = truth('ramping').verdict!.causes.filter(
      ({ cause, effect }) => cause === 'not-steady' && effect === 'doubts',
    )
    expect(doubts.map(({ evidence }) => evidence)).toContainEqual(
      expect.stringMatching(/rose by \d+ % within the window/),
    )
  })

  it('answers without the work do not count', () => {
    const { verdict } = cellOf('cached/truth/caching/closed-8')
    expect(verdict).toMatchObject({ status: 'invalid' })
    expect(verdict!.causes.find(({ cause }) => cause === 'work-skipped')).toMatchObject({
      effect: 'invalidates',
      subject: 'store',
    })
  })
})

describe('a search for capacity, and a rate that all are offered', () => {
  let run: typeof faults

  beforeAll(async () => {
    run = await matrix('--scenario', 'predict', '--target', 'faulty/busy', '--capacity', '--rate', '1000')
  }, 300_000)

  it('finds what a server that computes 300 µs can serve', (context) => {
    const cell = cellOf('predict/faulty/busy/capacity', run)
    expect(cell.outcome).toBe('measured')
    const perSecond = cell.figures.capacityPerSecond
    const probes = cell.probes!
    expect(cell.load).toMatchObject({ p99Ms: 50 })
    expect(probes.length).toBeGreaterThan(2)
    // Counting makes the rate of one window uncertain by a few per cent.
    if (perSecond) expect(perSecond.median).toBeLessThan(1.05 * (1000 / 0.3))
    for (const { ok, p99Ms: p99 } of probes) if (ok) expect(p99).toBeLessThanOrEqual(50)
    needsQuiet(context, cell)
    expect(perSecond!.median).toBeGreaterThan(1200)
  })

  it('offers the rate, and says what a request costs at it', (context) => {
    const cell = cellOf('predict/faulty/busy/rate-1000', run)
    expect(cell.figures.offeredPerSecond!.median).toBe(1000)
    expect(cell.figures.cpuMsPerRequest!.median).toBeGreaterThan(0.2)
    needsQuiet(context, cell)
    expect(cell.figures.throughput!.median).toBeGreaterThan(900)
    expect(cell.verdict!.limitedBy).toMatch(/offered rate/)
  })
})
