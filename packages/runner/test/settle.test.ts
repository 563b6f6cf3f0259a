import type { LoadSlice } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { isFilled, Settling, warmedUp, warmUpRules } from '../src/settle.js'
import { aPlan } from './builders.js'

const { rules } = aPlan([])
const window = { leastMs: 2000, responses: 5, longestMs: 30_000, passRequests: null }

/** Slices of half a second, each with so many answers that took so long. */
const slices = (count: number, ok: number, meanMs: number, over: Partial<LoadSlice> = {}): LoadSlice[] =>
  Array.from({ length: count }, (_, index) => ({
    atMs: (index + 1) * 500,
    durationMs: 500,
    ok,
    failed: 0,
    p50Us: null,
    p99Us: null,
    meanUs: ok === 0 ? null : meanMs * 1000,
    agentBusy: 0.1,
    ...over,
  }))

describe('a load on a warm target', () => {
  it.each([
    { because: 'answers are fast: half a second', given: slices(1, 500, 1), filled: true },
    {
      because: 'answers take 0.9 s, and less than three of them have passed',
      given: slices(5, 32, 900),
      filled: false,
    },
    { because: 'three of them have passed', given: slices(6, 32, 900), filled: true },
    { because: 'nobody has answered yet', given: slices(8, 0, 0), filled: false },
    { because: 'nobody has answered for 15 s: it will not be waited for', given: slices(30, 0, 0), filled: true },
    { because: 'connections are still being started', given: slices(3, 100, 1, { ramping: true }), filled: false },
  ])('is filled ($filled) when $because', ({ given, filled }) => expect(isFilled(given)).toBe(filled))
})

describe('a warm-up', () => {
  const given = { ...rules, agentWarmUpMs: 1000, warmUp: { minMs: 2000, maxMs: 10_000, tolerance: 0.05 } }

  it('ends when nothing is still to come', () => {
    expect(warmedUp(given, null)(slices(3, 1000, 1))).toBe(false)
    expect(warmedUp(given, null)(slices(8, 1000, 1))).toBe(true)
  })

  it('ends at its limit, whatever comes', () => {
    const rising = slices(40, 1000, 1).map((slice, index) => ({ ...slice, ok: 100 + index * 50 }))
    expect(warmedUp(given, null)(rising.slice(0, 19))).toBe(false)
    expect(warmedUp(given, null)(rising.slice(0, 20))).toBe(true)
    expect(warmedUp(given, 20_000)(rising.slice(0, 20))).toBe(false)
  })

  it('lasts at least as long as the agent needs', () => {
    expect(warmUpRules({ ...given, agentWarmUpMs: 3000 }, null)).toMatchObject({ minMs: 3000, maxMs: 10_000 })
    expect(warmUpRules({ ...given, agentWarmUpMs: 3000 }, 1000)).toMatchObject({ minMs: 3000, maxMs: 3000 })
  })
})

it('opens one window, as long as the pace asks for, and then lets the load run', () => {
  const settling = new Settling(isFilled, window)
  const decisions = slices(8, 32, 900).map((slice) => settling.decide(slice))
  expect(decisions.map(({ kind }) => kind)).toEqual([
    'go-on',
    'go-on',
    'go-on',
    'go-on',
    'go-on',
    'measure',
    'go-on',
    'go-on',
  ])
  expect(decisions[5]).toEqual({ kind: 'measure', durationMs: 4500 })
})
