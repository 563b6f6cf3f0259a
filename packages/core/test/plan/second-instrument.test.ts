import type { LoadSpec } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import {
  estimateMs,
  leftMs,
  secondInstrumentMs,
  secondInstrumentSeconds,
  secondInstrumentTask,
} from '../../src/plan/index.js'
import { anEntry, aPlan, aRepetitionRecord, aScenario, aSecondInstrument } from '../builders.js'

const closed = (connections: number): LoadSpec => ({ kind: 'closed', connections })
const batch: LoadSpec = { kind: 'batch', tasks: 300, concurrency: 20 }
const head = { method: 'HEAD', path: '/', headers: {}, body: null }

describe('secondInstrumentTask', () => {
  it.each([
    {
      because: 'the closed load with the most connections',
      loads: [closed(1), closed(64)],
      task: { kind: 'possible', loadId: 'closed-64', connections: 64 },
    },
    { because: 'no streams', loads: [closed(8)], stream: true, task: { kind: 'unsupported', loadId: 'closed-8' } },
    { because: 'no batch', loads: [batch], task: { kind: 'unsupported', loadId: 'batch-300x20' } },
    {
      because: 'nothing that is filled in',
      loads: [closed(8)],
      state: { values: { id: 'counter' as const }, traffic: null, before: 0, after: 0 },
      task: { kind: 'unsupported', reason: expect.stringContaining('wrk replays finished ones') },
    },
    { because: 'no HEAD', loads: [closed(8)], requests: [head], task: { kind: 'unsupported', loadId: 'closed-8' } },
  ])('does $because', ({ loads, stream = false, state = null, requests = [], task }) => {
    expect(secondInstrumentTask({ loads, stream, state }, requests)).toMatchObject(task)
  })
})

it('leaves out a target that answers by TLS, and says why', () => {
  const reach = { port: 8443, health: { path: '/health', status: 200 }, tls: true }
  expect(secondInstrumentTask({ loads: [closed(8)], stream: false }, [], { reach })).toMatchObject({
    kind: 'unsupported',
    reason: expect.stringContaining('TLS'),
  })
})

it.each([
  { windowMs: 5000, seconds: 5 },
  { windowMs: 2400, seconds: 2 },
  { windowMs: 300, seconds: 1 },
])('measures $seconds s where the agent measures $windowMs ms', ({ windowMs, seconds }) => {
  expect(secondInstrumentSeconds({ windowMs })).toBe(seconds)
})

describe('the estimate of a run', () => {
  const scenario = aScenario()
  const entries = [anEntry('predict', 'a'), anEntry('predict', 'b')]
  const { rules } = aPlan([scenario], entries)
  const withIt = { ...rules, secondInstrument: true }
  const plan = aPlan([scenario], entries, { rules: withIt })
  const onceMs = secondInstrumentMs(scenario, withIt)

  it('holds the second instrument once for each entry, whatever the repetitions', () => {
    const [without, estimated] = [rules, withIt].map((each) =>
      estimateMs({ scenarios: [scenario], entries, rules: each }),
    )
    expect(estimated!.least - without!.least).toBe(2 * onceMs)
    expect(estimated!.most - without!.most).toBe(2 * onceMs)
    expect(onceMs).toBeGreaterThan(9000) // 1 s of warm-up and a window of 8 s
  })

  it('holds nothing for what it cannot do', () => {
    expect(secondInstrumentMs(aScenario({ stream: true }), withIt)).toBe(0)
    expect(secondInstrumentMs(scenario, rules)).toBe(0)
  })

  it('does not take the one repetition with it for what the others take', () => {
    const measured = entries.map((entry) => aRepetitionRecord(entry, 1, [], { secondInstrument: aSecondInstrument() }))
    const left = 2 * 4 * 60_000
    expect(leftMs(aPlan([scenario], entries, { rules: { ...withIt, minRepetitions: 5 } }), measured, 0)).toBe(
      left - 2 * 4 * onceMs,
    )
  })

  it('holds it for the entries that were not yet reached', () => {
    const [first] = entries.map((entry) => aRepetitionRecord(entry, 1, []))
    // Three repetitions each at least: five of 60 s are left, and the second instrument with the other entry.
    expect(leftMs(plan, [first!], 0)).toBe(5 * 60_000 + onceMs)
  })
})
