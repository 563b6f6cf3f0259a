import type { ErrorRecord, Outcome, RepetitionRecord } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { leftToMeasure, nothingOpen } from '../../src/plan/index.js'
import { anEntry, aPlan, aRepetitionRecord, aScenario } from '../builders.js'

const [go, rust] = [anEntry('predict', 'go'), anEntry('predict', 'rust')]
const whole = aPlan([aScenario()], [go, rust])
const two = {
  ...whole,
  blocks: whole.blocks.slice(0, 2),
  rules: { ...whole.rules, minRepetitions: 2, maxRepetitions: 2, budgetMs: 60_000 },
}
const failed = (code: ErrorRecord['code']): Outcome => ({
  kind: 'failed',
  stage: 'load',
  error: { code, message: 'm', hint: null, logTail: [] },
})
const record = (entry: typeof go, repetition: number, changes: Partial<RepetitionRecord> = {}) =>
  aRepetitionRecord(entry, repetition, [], {
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: '2026-01-01T00:00:10.000Z',
    ...changes,
  })
const all = [record(go, 1), record(rust, 1), record(go, 2), record(rust, 2)]
const long = { endedAt: '2026-01-01T00:01:00.000Z' }

describe('what a run that goes on has left', () => {
  it.each([
    { because: 'all of it was measured', records: all, left: [] },
    { because: 'nothing was measured', records: [], left: ['go 1', 'rust 1', 'go 2', 'rust 2'] },
    { because: 'it was stopped within a block', records: all.slice(0, 3), left: ['rust 2'] },
    {
      because: 'one was aborted',
      records: [...all.slice(0, 3), record(rust, 2, { outcome: { kind: 'aborted', reason: 'r' } })],
      left: ['rust 2'],
    },
    ...(['SERVICE_DIED', 'AGENT_FAILED', 'OUT_OF_RESOURCES', 'ENGINE_LOST', 'BUG'] as const).map((code) => ({
      because: `one failed with ${code}, which is not the target's`,
      records: [record(go, 1, { outcome: failed(code) }), ...all.slice(1)],
      left: ['go 1'],
    })),
    {
      because: 'a target died',
      records: [record(go, 1, { outcome: failed('TARGET_DIED') }), ...all.slice(1)],
      left: [],
    },
    {
      because: 'its budget was spent before the second block',
      records: [record(go, 1, long), record(rust, 1)],
      left: [],
    },
    {
      because: 'its budget was spent within the second block, which is finished',
      records: [record(go, 1, long), record(rust, 1, long), record(go, 2)],
      left: ['rust 2'],
    },
  ])('is $left when $because', ({ records, left }) => {
    const found = leftToMeasure(two, { records, calibrations: [] }, nothingOpen)
    expect(found.map(({ block, entry }) => `${entry.split('/')[1]} ${block.split('#')[1]}`)).toEqual(left)
  })

  const three = { ...whole, rules: { ...whole.rules, minRepetitions: 1, maxRepetitions: 3 } }
  it.each([
    { because: 'nothing is open', open: false, records: all.slice(0, 2), left: [] },
    {
      because: 'a decision is open',
      open: true,
      records: all,
      left: ['predict#3', 'predict#3', 'predict#4', 'predict#4', 'predict#5', 'predict#5'],
    },
    {
      because: 'nothing is open, but a block was begun: it stays whole',
      open: false,
      records: all.slice(0, 3),
      left: ['predict#2'],
    },
  ])('is $left above the fewest repetitions when $because', ({ open, records, left }) => {
    const found = leftToMeasure(three, { records, calibrations: [] }, () => open)
    expect(found.map(({ block }) => block)).toEqual(left)
  })
})
