import { afterEach, describe, expect, it, vi } from 'vitest'
import { ClockWatch, clockGapNote } from '../src/clock-watch.js'
import { runPlan } from '../src/index.js'
import { steadyMs, steadyOfEngine } from '../src/ports.js'
import { anEntry, aPlan, aRun, fakePorts, imageOf } from './builders.js'
import { FakeClock, type Faults } from './fakes.js'

const HOUR = 3_600_000

describe('the watch of the clocks', () => {
  it.each([
    { because: 'nothing happened', act: (clock: FakeClock) => clock.advance(HOUR), gap: null },
    { because: 'the clock was corrected a little', act: (clock: FakeClock) => clock.set(-4000), gap: null },
    { because: 'set forward', act: (clock: FakeClock) => clock.set(2 * HOUR), gap: { sleptMs: 0, setMs: 2 * HOUR } },
    { because: 'set back', act: (clock: FakeClock) => clock.set(-2 * HOUR), gap: { sleptMs: 0, setMs: -2 * HOUR } },
    { because: 'slept', act: (clock: FakeClock) => clock.sleepMachine(HOUR), gap: { sleptMs: HOUR, setMs: 0 } },
    {
      because: 'slept, and woke with another time',
      act: (clock: FakeClock) => {
        clock.sleepMachine(HOUR)
        clock.set(HOUR)
      },
      gap: { sleptMs: HOUR, setMs: HOUR },
    },
  ])('tells a sleep from a clock that was set: $because', ({ act, gap }) => {
    const clock = new FakeClock()
    const watch = new ClockWatch(clock)
    clock.advance(1000)
    act(clock)
    clock.advance(1000)
    expect(watch.look()).toEqual(gap)
    expect(watch.look()).toBeNull()
  })

  it('says it in words', () => {
    expect(clockGapNote({ sleptMs: 0, setMs: -2 * HOUR }, 'while x was measured')).toBe(
      "the machine's clock was set 2 h back while x was measured. Budgets and figures are by the time that passed.",
    )
    expect(clockGapNote({ sleptMs: 90_000, setMs: 0 }, 'while x was measured')).toMatch(
      /^the machine slept for 1 min 30 s while x was measured\. .* is doubtful\.$/,
    )
  })
})

describe('the steady clock', () => {
  afterEach(() => vi.useRealTimers())

  it.each([
    { because: 'as it was', byMs: 0 },
    { because: 'set forward', byMs: 2 * HOUR },
    { because: 'set back', byMs: -2 * HOUR },
  ])("goes on at its pace, and holds the engine's times within the call that they belong to: $because", ({ byMs }) => {
    const calledAtMs = steadyMs()
    const started = Date.now() // by the engine, whose clock is the machine's
    vi.useFakeTimers({ toFake: ['Date'] })
    vi.setSystemTime(started + byMs)
    const returnedAtMs = steadyMs()
    expect(returnedAtMs - calledAtMs).toBeGreaterThanOrEqual(0)
    expect(returnedAtMs - calledAtMs).toBeLessThan(60_000)
    const startedAtMs = steadyOfEngine(started, calledAtMs, returnedAtMs)
    expect(startedAtMs).toBeGreaterThanOrEqual(calledAtMs)
    expect(startedAtMs).toBeLessThanOrEqual(returnedAtMs)
  })
})

describe('a run whose machine gets another time', () => {
  const plan = aPlan([anEntry('a')])
  const three = { ...plan, blocks: [1, 2, 3].map((n) => ({ ...plan.blocks[0]!, id: `predict#${n}`, repetition: n })) }
  const rules = { ...plan.rules, budgetMs: HOUR, minRepetitions: 3, maxRepetitions: 3 }

  async function run(then: (clock: FakeClock) => void) {
    let isDone = false
    let act = () => {}
    const faults: Faults = {
      atLoad: (image, load) => {
        if (image !== imageOf('a') || load !== 1 || isDone) return
        isDone = true
        act()
      },
    }
    const ports = fakePorts(faults)
    act = () => then(ports.clock)
    const none = { records: [], calibrations: [] }
    const ended = await runPlan(aRun({ ...three, rules }, ports), none)
    return { ended, notes: ports.sink.events.flatMap((event) => (event.kind === 'note' ? [event.message] : [])) }
  }

  it.each([
    { because: 'forward by 2 h', step: 2 * HOUR },
    { because: 'back by 2 h', step: -2 * HOUR },
  ])('measures all of its plan, in the time that it takes: $because', async ({ step }) => {
    const quiet = await run(() => {})
    const { ended, notes } = await run((clock) => clock.set(step))
    const lengths = (records: typeof ended.records) =>
      records.map((one) => Date.parse(one.endedAt) - Date.parse(one.startedAt))
    expect(ended).toMatchObject({ status: 'complete', records: { length: 3 } })
    expect(lengths(ended.records)).toEqual(lengths(quiet.ended.records))
    expect(ended.records.map(({ clockGap }) => clockGap?.setMs ?? null)).toEqual([step, null, null])
    expect(notes).toEqual([
      expect.stringMatching(/clock was set 2 h .* while predict\/a\/default was measured, repetition 1/),
    ])
    expect(quiet.notes).toEqual([])
  })

  it('is partial when its budget ends it before the repetitions that it promised', async () => {
    const short = { ...rules, budgetMs: 1 }
    const ended = await runPlan(aRun({ ...three, rules: short }, fakePorts({})), { records: [], calibrations: [] })
    expect(ended).toMatchObject({
      status: 'partial',
      reason: 'the budget of 1 ms ended it after 1 of at least 3 repetitions',
      records: { length: 1 },
    })
  })

  it('says in which repetition the machine slept', async () => {
    const { ended, notes } = await run((clock) => clock.sleepMachine(8 * HOUR))
    expect(ended.status).toBe('complete')
    expect(ended.records[0]!.clockGap).toEqual({ sleptMs: 8 * HOUR, setMs: 0 })
    expect(notes[0]).toContain('the machine slept for 8 h while predict/a/default was measured')
  })
})
