import type { Cell, ErrorCode, RepetitionRecord, Results } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { sampleRun } from '../../core/test/fixtures-results.js'
import { exitCodeOfRun, whatIsLeft } from '../src/run-end.js'

const [measured] = sampleRun({ targets: 1, repetitions: 1, scenarios: ['predict'] }).records as [RepetitionRecord]

function failed(code: ErrorCode): RepetitionRecord {
  return {
    ...measured,
    outcome: { kind: 'failed', stage: 'load', error: { code, message: 'm', hint: null, logTail: [] } },
  }
}

function results(status: Results['run']['status'], causes: readonly string[] = []): Pick<Results, 'run' | 'cells'> {
  const cell = { verdict: { causes: causes.map((cause) => ({ cause })) } } as unknown as Cell
  return { run: { id: 'r', status } as Results['run'], cells: [cell] }
}

describe('the end of a run', () => {
  it.each([
    { because: 'all was measured', of: results('complete'), records: [measured], code: 0, left: null },
    {
      because: 'a figure does not count',
      of: results('complete', ['errors']),
      records: [measured],
      code: 0,
      left: null,
    },
    {
      because: 'no right answer came',
      of: results('complete', ['no-answers']),
      records: [measured],
      code: 1,
      left: null,
    },
    { because: 'a target died', of: results('partial'), records: [failed('TARGET_DIED')], code: 1, left: null },
    {
      because: 'a service died',
      of: results('partial'),
      records: [failed('SERVICE_DIED'), measured],
      code: 1,
      left: `${measured.entry} could not be measured, for a reason outside of the target (m). Measure again: npm run matrix -- --resume r`,
    },
    {
      because: 'the load agent failed, and a second try was fine',
      of: results('complete'),
      records: [{ ...measured, earlierTries: [failed('AGENT_FAILED')] }],
      code: 0,
      left: null,
    },
    {
      because: 'it was stopped',
      of: results('aborted'),
      records: [measured],
      code: 3,
      left: 'Go on where it stopped: npm run matrix -- --resume r',
    },
  ])('is $code when $because', ({ of, records, code, left }) => {
    expect(exitCodeOfRun(of, records)).toBe(code)
    expect(whatIsLeft(of, records)).toBe(left)
  })
})
