import type { ErrorRecord } from '@bakeoff/model'
import type { CheckPoint, CheckReport } from '@bakeoff/runner'
import { describe, expect, it } from 'vitest'
import { checkLines } from '../src/check-lines.js'
import { createPaint } from '../src/paint.js'

const terminal = { colours: createPaint(false).colours }

const passed: CheckPoint = {
  name: 'no body',
  request: 'POST /predict',
  expected: 'status 400, within 10 s',
  got: 'status 400, after 2 ms',
  differences: [],
  file: 'compose/predict/contract.ndjson:2',
}
const failed: CheckPoint = {
  ...passed,
  name: 'half a body',
  got: 'status 500, "oops", after 2 ms',
  differences: ['status: expected 400, got 500'],
  file: 'compose/predict/contract.ndjson:3',
}
const quiet: CheckPoint = { ...passed, name: 'GET /info', note: 'it tells nothing of itself' }

const report = (changes: Partial<CheckReport>): CheckReport => ({
  entry: 'predict/orders/default',
  outcome: 'passed',
  verification: { golden: { total: 3, right: 3, differences: [] } },
  info: null,
  points: [passed],
  unasked: [],
  failure: null,
  logTail: [],
  readyMs: 12,
  ...changes,
})

const shown = (of: CheckReport, isFull = false, told = new Set<string>()) => checkLines(of, terminal, { isFull, told })

describe('the rows of a check', () => {
  it('are one where all is well and many are checked', () =>
    expect(shown(report({}))).toEqual([
      expect.stringMatching(/^✓ predict\/orders\/default .*3 golden answers, 1 point of the contract/),
    ]))

  it('say how much was asked in the right words', () => {
    const verification = { golden: { total: 1, right: 1, differences: [] } }
    const says = '1 golden answer, 2 points of the contract, ready in 42 ms'
    expect(shown(report({ verification, points: [passed, passed], readyMs: 41.6 }))[0]).toContain(says)
  })

  it('have every point where the target was named', () =>
    expect(shown(report({}), true).at(-1)).toBe('    ✓ no body POST /predict → status 400, after 2 ms'))

  it('say of a point that failed what was asked, expected and got, and where to look', () =>
    expect(shown(report({ outcome: 'failed', points: [passed, failed], logTail: ['oops'] }))).toEqual([
      '✗ predict/orders/default: 1 of 2 points failed',
      '    ✓ no body POST /predict → status 400, after 2 ms',
      '    ✗ half a body',
      '      request  POST /predict',
      '      expected status 400, within 10 s',
      '      got      status 500, "oops", after 2 ms',
      '               status: expected 400, got 500',
      '      look at  compose/predict/contract.ndjson:3',
      '    | oops',
    ]))

  it('name what was not asked any more', () => {
    const error: ErrorRecord = { code: 'NOT_READY', message: 'it ended', hint: 'Look.', logTail: [] }
    const ended = report({
      outcome: 'failed',
      points: [],
      unasked: ['ready', 'no body'],
      failure: { stage: 'ready', error },
    })
    expect(shown(ended)).toEqual([
      '✗ predict/orders/default (ready): it ended',
      '    not asked, since the check had ended: ready, no body',
      '    Look.',
    ])
  })

  it('tell what is no fault once for each target', () => {
    const told = new Set<string>()
    const noted = (variant: string) => report({ entry: `predict/orders/${variant}`, points: [quiet] })
    expect(shown(noted('a'), false, told).at(-1)).toBe('    ! GET /info: it tells nothing of itself')
    expect(shown(noted('b'), false, told)).toHaveLength(1)
  })
})
