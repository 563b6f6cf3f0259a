import type { LoadWindow } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { inSystem, isSteady, meanTimeMs } from '../../src/stats/index.js'

const rules = { minMs: 2000, maxMs: 12_000, windows: 4, tolerance: 0.05 }
const curve = (...ok: number[]): LoadWindow[] =>
  ok.map((count, index) => ({
    atMs: (index + 1) * 500,
    durationMs: 500,
    ok: count,
    failed: 0,
    p50Us: 1,
    p99Us: 1,
    agentBusy: 0,
  }))

describe('steady', () => {
  it.each([
    { windows: curve(), steady: false, because: 'nothing was seen' },
    { windows: curve(9000, 9000, 9000), steady: false, because: 'too few windows' },
    { windows: curve(9000, 9010, 8990, 9000), steady: true, because: 'four alike, two seconds in' },
    { windows: curve(3600, 7500, 9000, 10_400), steady: false, because: 'it still rises' },
    { windows: curve(3600, 7500, 10_000, 10_050, 9950, 10_020), steady: true, because: 'it rose and then stayed' },
    { windows: curve(10_000, 10_000, 10_000, 8000), steady: false, because: 'it fell' },
    { windows: curve(0, 0, 0, 0, 0), steady: false, because: 'nothing is answered' },
    {
      windows: curve(7, 10, 8, 11, 9),
      steady: true,
      because: 'nine answers a window differ by √9 through counting alone',
    },
    { windows: curve(2, 10, 8, 30, 9), steady: false, because: 'but not by three times that' },
  ])('$steady: $because', ({ windows, steady }) => expect(isSteady(windows, rules)).toBe(steady))

  it('waits for the least warm-up however steady it looks', () => {
    const early = curve(9000, 9000, 9000, 9000).map((window) => ({ ...window, atMs: window.atMs / 2 }))
    expect(isSteady(early, rules)).toBe(false)
  })
})

describe("Little's law", () => {
  it.each([
    { what: 'RankNet in Rust: 10 users', perSecond: 994.4, meanMs: 9.55, implied: 9.4965 },
    { what: 'RankNet in Python: 10 users', perSecond: 80.1, meanMs: 122.51, implied: 9.813 },
    { what: 'Flask: 10 connections', perSecond: 24_795, meanMs: 0.4, implied: 9.918 },
  ])('$what are under way', ({ perSecond, meanMs, implied }) =>
    expect(inSystem(perSecond, meanMs)).toBeCloseTo(implied, 2),
  )

  it.each([
    { what: 'Node', tasks: 1800, concurrency: 200, wall: 10.659, ms: 1184.3 },
    { what: 'Python', tasks: 300, concurrency: 20, wall: 15.991, ms: 1066.1 },
  ])('a task of $what took $ms ms', ({ tasks, concurrency, wall, ms }) =>
    expect(meanTimeMs(concurrency, tasks / wall)).toBeCloseTo(ms, 0),
  )
})
