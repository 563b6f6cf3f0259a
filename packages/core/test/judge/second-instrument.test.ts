import type { SecondInstrumentRecord } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { judge } from '../../src/judge/causes/index.js'
import { secondInstrumentOf } from '../../src/judge/second-instrument.js'
import { toCell } from '../../src/results/cells.js'
import { lowerBounds } from '../../src/say/findings/lower-bounds.js'
import { aSecondInstrument, aView, type Observed, repeat } from '../builders.js'

const seen = (observed: readonly Observed[], secondInstrument: SecondInstrumentRecord | null) =>
  secondInstrumentOf(aView({ observed, run: { secondInstrument } }))

describe('the result of the second instrument', () => {
  it('stands beside the throughput of the same repetition', () => {
    const observed = [1000, 1040, 980].map((perSecond) => ({ perSecond }))
    expect(seen(observed, aSecondInstrument({ perSecond: 1050 }))).toMatchObject({
      kind: 'measured',
      repetition: 1,
      perSecond: 1050,
      agentPerSecond: 1000,
      difference: expect.closeTo(0.05),
      tolerance: 0.1,
    })
  })

  it.each([
    { because: '10 % at least', rates: [1000, 1000], perSecond: 1000, seconds: 8, tolerance: 0.1 },
    {
      because: 'the spread of the repetitions, where it is more',
      rates: [900, 1000, 1200],
      perSecond: 1000,
      seconds: 8,
      tolerance: 0.3,
    },
    { because: 'an answer per connection, where that is more', rates: [64], perSecond: 64, seconds: 2, tolerance: 0.5 },
  ])('tolerates $because', ({ rates, perSecond, seconds, tolerance }) => {
    const observed = rates.map((rate) => ({ perSecond: rate }))
    expect(seen(observed, aSecondInstrument({ perSecond, seconds }))).toMatchObject({ tolerance })
  })

  it.each(['unsupported', 'failed'] as const)('is its reason when it is %s', (kind) => {
    const record = { kind, tool: 'wrk', loadId: 'closed-64', reason: 'why' } as const
    expect(seen(repeat({}), record)).toEqual({ kind, tool: 'wrk', reason: 'why' })
  })

  it('is null where it was not asked', () => {
    expect(seen(repeat({}), null)).toBeNull()
    expect(seen(repeat({}), aSecondInstrument({ loadId: 'closed-1' }))).toBeNull()
  })
})

it('says what it reached where the agent was the limit', () => {
  const view = aView({
    observed: repeat({ perSecond: 2000, cpuMs: 0.2, eventLoop: 0.95 }),
    run: { secondInstrument: aSecondInstrument({ perSecond: 3000 }) },
  })
  const cell = toCell(view, judge(view))
  const scenario = { id: 'predict', mainLoad: 'closed-64' } as Parameters<typeof lowerBounds.find>[0]
  const [found] = lowerBounds.find(scenario, { cells: [cell] } as unknown as Parameters<typeof lowerBounds.find>[1])
  expect(found?.text).toContain(
    '(measured 2,000, wrk reached 3,000 requests/s in the same place, its CPU time would allow about 5,000 requests/s)',
  )
})
