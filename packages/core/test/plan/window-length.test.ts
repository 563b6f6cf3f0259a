import { describe, expect, it } from 'vitest'
import { neededMs, paceOf, windowLength, windowRulesOf } from '../../src/index.js'

const rules = { leastMs: 5000, responses: 20, longestMs: 30_000, passRequests: null }

describe('the length of a window', () => {
  it.each([
    { pace: { meanMs: 1, perSecond: 64_000 }, ms: 5000, because: 'is that of the profile for a fast target' },
    { pace: { meanMs: 900, perSecond: 71 }, ms: 18_000, because: 'covers twenty mean response times' },
    { pace: { meanMs: 4000, perSecond: 16 }, ms: 30_000, because: 'ends at the limit' },
    { pace: { meanMs: null, perSecond: 0 }, ms: 5000, because: 'is that of the profile without an answer' },
  ])('$because', ({ pace, ms }) => expect(windowLength(rules, pace)).toBe(ms))

  it.each([
    { perSecond: 550, ms: 5000, because: 'whole passes fit into the least length' },
    { perSecond: 100, ms: 5500, because: 'one pass is longer than the least length' },
    { perSecond: 200, ms: 5500, because: 'two passes are the least that is long enough' },
    { perSecond: 10, ms: 30_000, because: 'a pass is longer than the limit' },
  ])('where requests differ in cost, $because', ({ perSecond, ms }) =>
    expect(windowLength({ ...rules, passRequests: 550 }, { meanMs: 10, perSecond })).toBe(ms),
  )

  it('covers whole rounds of the traffic where there is one', () => {
    const traffic = [
      { weight: 1, send: ['create', 'read'] },
      { weight: 3, send: ['list'] },
    ]
    const state = { values: {}, traffic, before: 0, after: 0 }
    const scenario = { requests: 300, wholePasses: true, longestWindowMs: null }
    expect(windowRulesOf({ windowMs: 1 }, scenario, 'closed-1').passRequests).toBe(300)
    expect(windowRulesOf({ windowMs: 1 }, { ...scenario, state }, 'closed-1').passRequests).toBe(5)
  })

  it('says what would be needed whatever the limit', () =>
    expect(neededMs(rules, { meanMs: 4000, perSecond: 16 })).toBe(80_000))
})

it('takes the pace from the later half: the beginning is a start', () => {
  const slices = [10, 20, 50, 50].map((ok) => ({ ok, durationMs: 500, meanUs: 1_000_000 / ok }))
  expect(paceOf(slices)).toEqual({ meanMs: 20, perSecond: 100 })
  expect(paceOf([])).toEqual({ meanMs: null, perSecond: 0 })
  expect(paceOf([{ ok: 0, durationMs: 500, meanUs: null }])).toEqual({ meanMs: null, perSecond: 0 })
})
