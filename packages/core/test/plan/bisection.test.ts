import { describe, expect, it } from 'vitest'
import { capacityOf, nextProbe, type Probe } from '../../src/index.js'

/** Runs the search against a server that keeps its level up to `truth` requests a second. */
function search(truth: number, best: number, most = 20): Probe[] {
  const probes: Probe[] = []
  for (let rate = nextProbe(best, probes, most); rate !== null; rate = nextProbe(best, probes, most))
    probes.push({ perSecond: rate, ok: rate <= truth })
  return probes
}

describe('the search for capacity', () => {
  it.each([
    { truth: 900, best: 1000 },
    { truth: 480, best: 1000 },
    { truth: 60, best: 1000 },
    { truth: 1400, best: 1000 },
    { truth: 31_000, best: 34_000 },
  ])('finds $truth from a best closed throughput of $best within 4 %', ({ truth, best }) => {
    const found = capacityOf(search(truth, best)) as number
    expect(found).toBeLessThanOrEqual(truth)
    expect(found).toBeGreaterThanOrEqual(truth / 1.04)
  })

  it('knows no capacity when every rate breaks the level', () => {
    expect(capacityOf(search(0, 1000))).toBeNull()
  })

  it('never asks for more probes than it may', () => {
    expect(search(900, 1000, 3)).toHaveLength(3)
  })

  it('does not believe a rate above one that failed', () => {
    expect(
      capacityOf([
        { perSecond: 100, ok: true },
        { perSecond: 200, ok: false },
        { perSecond: 300, ok: true },
      ]),
    ).toBe(100)
  })
})
