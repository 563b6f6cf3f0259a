/** What requests cost at a reader's prices. */
import { costOf, partsOfPrices, pricesFrom, USUAL_PRICES } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { sampleResults } from '../../core/test/fixtures-results.js'
import { probeWords } from '../src/sections/scaling.js'

const GIB = 1024 ** 3
const [sample] = sampleResults({ scenarios: ['predict'], targets: 1, repetitions: 3, failing: 'none' }).cells
const cpuMsPerRequest = { ...sample!.figures.cpuMsPerRequest!, median: 3.6, low: 3, high: 4 }
const cell = {
  ...sample!,
  verdict: null,
  figures: { ...sample!.figures, cpuMsPerRequest },
  target: {
    ...sample!.target,
    caps: { cpus: 2, memoryBytes: GIB, cpuset: [], quotaCpus: null },
    memoryPeakBytes: 2 * GIB,
  },
}
const prices = { perSecond: 1000, perCoreHour: 0.04, perGibHour: 0.01, utilisation: 0.5 }

describe('the cost of requests', () => {
  it('is that of their CPU time and of the memory beside it, with room for the utilisation', () => {
    // A million requests take 3,600 s of CPU, 1 core-hour, so 2 at half of the cores used; 1 GiB stands beside each core.
    expect(costOf(cell, prices)?.perMillion).toBeCloseTo(2 * (0.04 + 0.01))
    expect(costOf(cell, prices)).toMatchObject({ cores: 7.2, instances: 4 })
  })

  it('has the interval of the CPU time', () => {
    const { low, high, perMillion } = costOf(cell, prices)!
    expect([low! / perMillion, high! / perMillion].map((share) => share.toFixed(3))).toEqual(['0.833', '1.111'])
  })

  it('needs one instance at least', () => expect(costOf(cell, { ...prices, perSecond: 1 })?.instances).toBe(1))

  it.each([
    { because: 'its CPU time is not known', of: { ...cell, figures: { ...cell.figures, cpuMsPerRequest: null } } },
    {
      because: 'its figures do not count',
      of: { ...cell, verdict: { status: 'invalid' as const, causes: [], limitedBy: null } },
    },
  ])('is not known where $because', ({ of }) => expect(costOf(of, prices)).toBeNull())
})

describe('prices in an address', () => {
  it('read as they were written', () =>
    expect(pricesFrom(partsOfPrices(USUAL_PRICES).join('~'), '~')).toEqual(USUAL_PRICES))

  it.each(['', '1000', '1000~0.04~0.005~60', '0~0.04~0.005~0.6', 'a~b~c~d'])('“%s” is none', (text) =>
    expect(pricesFrom(text, '~')).toBeNull(),
  )
})

describe('a rate that was tried', () => {
  const probe = { perSecond: 312, p99Ms: 8.65, errorShare: 0, ok: true }
  it.each([
    { tried: probe, says: '312/s held (p99 8.65 ms)' },
    { tried: { ...probe, ok: false, p99Ms: 61 }, says: '312/s not held (p99 61 ms)' },
    {
      tried: { ...probe, ok: false, errorShare: 0.012 },
      says: '312/s not held (p99 8.65 ms, 1.2\u00a0% without a right answer)',
    },
    { tried: { ...probe, ok: false, p99Ms: null }, says: '312/s not held (p99 not known)' },
  ])('says what kept it from being held: $says', ({ tried, says }) =>
    expect(probeWords(tried, { errors: 0.001 }).replaceAll('\u00a0', ' ')).toBe(says.replaceAll('\u00a0', ' ')),
  )
})
