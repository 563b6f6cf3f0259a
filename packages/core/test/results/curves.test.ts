import type { LoadSpec } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { viewCells } from '../../src/observe/view.js'
import { curvesOf } from '../../src/results/curves.js'
import { aLoadRecord, anEntry, aPlan, aRepetitionRecord, aScenario } from '../builders.js'

const entry = anEntry('predict', 'go-mm1')
const plan = aPlan([aScenario({ slo: { p99Ms: 20, errors: 0.001 } })], [entry])
const rate = (perSecond: number): LoadSpec => ({ kind: 'rate', perSecond, connections: 64, arrivals: 'exponential' })
/** An M/M/1 queue that serves 1000/s: its mean response time is 1 ÷ (μ − λ). */
const at = (perSecond: number) =>
  aLoadRecord({ load: rate(perSecond), perSecond, meanMs: 1000 / (1000 - perSecond) / 1.2 })
const RATES = [200, 400, 600, 800, 900, 950]

describe('the curve of an entry', () => {
  const [curve] = curvesOf(
    viewCells(plan, [aRepetitionRecord(entry, 2, RATES.map(at)), aRepetitionRecord(entry, 3, RATES.map(at))], []),
  )

  it('has a point for every rate that was offered, though the plan has none of them', () => {
    expect(curve!.points.map(({ perSecond }) => perSecond)).toEqual(RATES)
    expect(curve!.points[0]).toMatchObject({ served: 200, failedShare: 0, repetitions: 2 })
    expect(curve!.points.at(-1)!.p99Ms! / curve!.points[0]!.p99Ms!).toBeCloseTo(800 / 50, 0)
  })

  it('finds its knee, half of the capacity in such a queue', () => {
    expect(curve!.knee).toMatchObject({ kind: 'found' })
    expect(Math.abs(curve!.knee!.perSecond! - 500)).toBeLessThan(50)
  })

  it('finds the rate at which p99 meets the service level', () => {
    // p99 is about 1.7 times the mean here: 20 ms where the mean is 11.8 ms, at 1000 − 1000 ÷ 11.8
    expect(curve!.slo).toMatchObject({ kind: 'crossed', p99Ms: 20 })
    expect(Math.abs(curve!.slo!.perSecond! - 915)).toBeLessThan(20)
  })

  it('gives an interval from the windows themselves when each rate was offered once', () => {
    const [once] = curvesOf(viewCells(plan, [aRepetitionRecord(entry, 2, RATES.map(at))], []))
    const { low, high, perSecond } = once!.slo!
    expect(low).not.toBeNull()
    expect(low!).toBeLessThanOrEqual(perSecond!)
    expect(high === null || high >= perSecond!).toBe(true)
  })

  it('is none without two rates', () => {
    expect(curvesOf(viewCells(plan, [aRepetitionRecord(entry, 2, [at(200)])], []))).toEqual([])
    expect(curvesOf(viewCells(plan, [aRepetitionRecord(entry, 2, [aLoadRecord()])], []))).toEqual([])
  })

  it('does not know a p99 that requests without an end would move', () => {
    const stuck = aLoadRecord({ load: rate(950), perSecond: 950, censored: 400 })
    const [one] = curvesOf(viewCells(plan, [aRepetitionRecord(entry, 2, [...RATES.slice(0, 5).map(at), stuck])], []))
    expect(one!.points.at(-1)!.p99Ms).toBeNull()
  })
})
