import type { HostReading, Reading } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { componentUse, hostUseOf, sumOfUses, useOf } from '../../src/observe/use.js'
import { caps, GIB, MIB } from '../builders.js'

const span = { fromMs: 10_000, toMs: 12_000 }
const reading = (atMs: number, cpu: number | null, memory: number | null = 50 * MIB): Reading => ({
  atMs,
  cpuUserSeconds: cpu,
  cpuSystemSeconds: cpu === null ? null : 0,
  cpuTotalSeconds: cpu,
  throttledSeconds: 0,
  throttledPeriods: 0,
  periods: 0,
  memoryAnonBytes: memory,
  memoryFileBytes: 0,
  rxBytes: 0,
  txBytes: 0,
})
/** a container that uses `cores` from 9.5 s to 12.5 s */
const busy = (cores: number, from = 9500, to = 12_500) =>
  Array.from({ length: Math.round((to - from) / 100) + 1 }, (_, index) =>
    reading(from + index * 100, 7 + (cores * index) / 10),
  )

describe('use within a window', () => {
  it.each([
    { because: 'counters are read around the window', readings: busy(0.5), cpuSeconds: 1 },
    {
      because: 'readings do not fall on the borders',
      readings: [reading(9700, 3), reading(12_300, 4.3)],
      cpuSeconds: 1,
    },
    {
      because: 'readings cover three quarters: their rate stands for all',
      readings: busy(0.5, 10_000, 11_500),
      cpuSeconds: 1,
    },
    { because: 'readings cover less than half', readings: busy(0.5, 10_000, 10_900), cpuSeconds: null },
    { because: 'one reading has no predecessor', readings: [reading(11_000, 5)], cpuSeconds: null },
    { because: 'no reading', readings: [], cpuSeconds: null },
    { because: 'the counter cannot be read', readings: [reading(9500, null), reading(12_500, null)], cpuSeconds: null },
    {
      because: 'the container restarted: its counter began again',
      readings: [reading(10_000, 50), reading(11_000, 50.5), reading(11_001, 0), reading(12_000, 0.5)],
      cpuSeconds: 1,
    },
  ])('$cpuSeconds s of CPU: $because', ({ readings, cpuSeconds }) => {
    const use = useOf(readings, span)
    if (cpuSeconds === null) expect(use.cpuSeconds).toBeNull()
    else expect(use.cpuSeconds).toBeCloseTo(cpuSeconds, 6)
    if (cpuSeconds !== null) expect(use.coresUsed).toBeCloseTo(cpuSeconds / 2, 6)
  })

  it('takes user and system together where there is no total', () => {
    const parts = busy(0.5).map((each) => ({ ...each, cpuSystemSeconds: each.cpuTotalSeconds, cpuTotalSeconds: null }))
    expect(useOf(parts, span).cpuSeconds).toBeCloseTo(2, 6)
  })

  it('finds the peak within the window, and not outside it', () => {
    const readings = [
      reading(9000, 0, 900 * MIB),
      reading(10_500, 1, 70 * MIB),
      reading(11_500, 2, 60 * MIB),
      reading(13_000, 3, 900 * MIB),
    ]
    expect(useOf(readings, span).memoryPeakBytes).toBe(70 * MIB)
  })

  it('has a curve of quarter seconds', () => {
    const { slices } = useOf(busy(0.5), span)
    expect(slices).toHaveLength(8)
    for (const { cores } of slices) expect(cores).toBeCloseTo(0.5, 6)
    expect(slices.at(-1)!.atMs).toBe(2000)
  })
})

describe('several containers', () => {
  it('are the sum of what each used', () => {
    const use = sumOfUses([useOf(busy(0.5), span), useOf(busy(0.25), span)])
    expect(use.cpuSeconds).toBeCloseTo(1.5, 6)
    expect(use.memoryPeakBytes).toBe(100 * MIB)
  })

  it('are unknown when one is', () =>
    expect(sumOfUses([useOf(busy(0.5), span), useOf([], span)]).cpuSeconds).toBeNull())

  it('are unknown when there are none', () => expect(sumOfUses([]).cpuSeconds).toBeNull())
})

describe('beside its cap', () => {
  it('says how full it was, and how long it was at the cap', () => {
    // the first second full, the second one idle
    const readings = [reading(9000, 0), reading(10_000, 1), reading(11_000, 2), reading(12_000, 2), reading(13_000, 2)]
    const use = componentUse(useOf(readings, span), caps({ memoryBytes: GIB }))
    expect(use.cpuShare).toBeCloseTo(0.5, 6)
    expect(use.atCapShare).toBeCloseTo(0.5, 6)
    expect(use.memoryShare).toBeCloseTo(50 / 1024, 6)
  })

  it('has no shares without a cap', () =>
    expect(componentUse(useOf(busy(0.5), span), null)).toMatchObject({
      cpuShare: null,
      memoryShare: null,
      atCapShare: null,
    }))
})

describe('the host', () => {
  const host = (index: number, more: Partial<HostReading> = {}): HostReading => ({
    atMs: 9000 + index * 1000,
    busySeconds: 100 + index * 2,
    softirqSeconds: index * 0.5,
    idleSeconds: 100 + index * 1.8,
    stealSeconds: index * 0.2,
    pressureSeconds: index * 0.25,
    ...more,
  })

  it('is seen without network work that belongs to nobody', () => {
    const use = hostUseOf(
      [0, 1, 2, 3, 4].map((index) => host(index)),
      span,
    )
    expect(use.busyCores).toBeCloseTo(1.5, 6)
    expect(use.steal).toBeCloseTo(0.05, 6)
    expect(use.pressure).toBeCloseTo(0.25, 6)
  })

  it('keeps the unknown unknown', () => {
    const use = hostUseOf(
      [0, 1, 2, 3, 4].map((index) => host(index, { stealSeconds: null, pressureSeconds: null })),
      span,
    )
    expect(use).toMatchObject({ steal: null, pressure: null })
    expect(use.busyCores).toBeCloseTo(1.5, 6)
  })
})
