import { describe, expect, it } from 'vitest'
import { capacityFrom, createRandom, mean, nextCapacityProbe, type RateProbe } from '../../src/stats/index.js'
import { probeQueue } from './queues.js'

/** Runs a search; every probe is made by `probe`. */
function search(best: number, probe: (perSecond: number) => RateProbe, most = 20): RateProbe[] {
  const probes: RateProbe[] = []
  for (let next = nextCapacityProbe(best, probes, most); next !== null; next = nextCapacityProbe(best, probes, most))
    probes.push(probe(next))
  return probes
}

/** A server that keeps its level up to `truth` and serves a little more. */
const keepsUpTo =
  (truth: number) =>
  (perSecond: number): RateProbe => ({
    perSecond,
    servedPerSecond: Math.min(perSecond, truth * 1.1),
    ok: perSecond <= truth,
  })

const probe = (perSecond: number, ok: boolean, servedPerSecond = perSecond): RateProbe => ({
  perSecond,
  servedPerSecond,
  ok,
})

describe('the search for the highest rate that keeps a level', () => {
  it.each([
    { truth: 900, best: 1000, most: 10 },
    { truth: 480, best: 1000, most: 10 },
    { truth: 1400, best: 1000, most: 10 },
    { truth: 31_000, best: 34_000, most: 10 },
    { truth: 60, best: 1000, most: 20 },
  ])(
    'finds $truth from a best closed throughput of $best within 4 %, in $most probes at most',
    ({ truth, best, most }) => {
      const probes = search(best, keepsUpTo(truth), most)
      const found = capacityFrom(probes)!
      expect(found).toBeLessThanOrEqual(truth)
      expect(found).toBeGreaterThanOrEqual(truth / 1.04)
    },
  )

  it('knows no capacity when every rate breaks the level, and stops below one request a second', () => {
    const probes = search(1000, keepsUpTo(0), 100)
    expect(capacityFrom(probes)).toBeNull()
    expect(probes.length).toBeLessThan(60)
    expect(capacityFrom([])).toBeNull()
  })

  it('never makes more probes than it may', () => expect(search(900, keepsUpTo(1000), 3)).toHaveLength(3))

  it.each([
    { probes: [], next: 750, because: 'there is room on both sides' },
    { probes: [probe(750, true)], next: 975, because: 'it goes up where nothing failed' },
    { probes: [probe(750, false)], next: 750, because: 'one failure is no failure' },
    { probes: [probe(750, false), probe(750, true)], next: 750, because: 'two of three decide' },
    { probes: [probe(750, false), probe(750, true), probe(750, true)], next: 975, because: 'it was an accident' },
    { probes: [probe(750, false), probe(750, false)], next: 750 / 1.3, because: 'two failures count' },
    { probes: [probe(750, false, 500)], next: 750 / 1.3, because: 'an overload is beyond doubt' },
    { probes: [probe(750, true), probe(800, false)], next: Math.sqrt(750 * 800), because: 'little would be lost' },
    { probes: [probe(750, true), probe(775, false)], next: 775, because: 'the upper end is repeated at last' },
    { probes: [probe(750, true), probe(775, false), probe(775, false)], next: null, because: 'the bracket is narrow' },
  ])('goes on from $probes with $next: $because', ({ probes, next }) =>
    expect(nextCapacityProbe(1000, probes, 10)).toBe(next),
  )

  it('does not believe a rate above one that failed, nor one above what was served', () => {
    expect(capacityFrom([probe(100, true), probe(200, false), probe(200, false), probe(300, true)])).toBe(100)
    expect(capacityFrom([probe(100, true), probe(200, false), probe(300, true)])).toBe(100)
    expect(capacityFrom([probe(1100, true, 1000), probe(1150, false, 1000)])).toBe(1000)
  })

  it.each([
    { service: 'fixed', sloMs: 500, stalls: 0.1 },
    { service: 'fixed', sloMs: 250, stalls: 0.1 },
    { service: 'fixed', sloMs: 50, stalls: 0.1 },
    { service: 'exponential', sloMs: 500, stalls: 0 },
    { service: 'exponential', sloMs: 250, stalls: 0.1 },
    { service: 'exponential', sloMs: 50, stalls: 0 },
  ] as const)(
    'is right within 5 % on average, $service service, $sloMs ms, a stall in $stalls of the probes',
    ({ service, sloMs, stalls }) => {
      const random = createRandom(7)
      // Heavy traffic: the wait with fixed service has half the mean of the one with exponential service (Kingman 1961).
      const truth = 1000 - (1000 * Math.log(100)) / sloMs / (service === 'fixed' ? 2 : 1)
      const ratios = Array.from({ length: 40 }, () => {
        const best = 1000 * Math.exp(0.03 * random.normal())
        const queue = { capacity: 1000, service, sloMs, stalls }
        return (capacityFrom(search(best, (rate) => probeQueue(rate, queue, random), 10)) ?? 0) / truth
      })
      expect(Math.abs(mean(ratios) - 1)).toBeLessThan(0.05)
      expect(ratios.filter((ratio) => ratio < 0.8).length / ratios.length).toBeLessThan(0.05)
    },
  )
})
