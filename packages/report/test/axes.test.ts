/** What stands on and beside the axes of a chart: ticks, names, and labels at the ends of lines. */
import { describe, expect, it } from 'vitest'
import { namesFor, shortNames } from '../src/shared/names.js'
import { spread } from '../src/shared/spread.js'
import { logExtent, logTicks } from '../src/shared/ticks.js'

const anyFit = () => true
const atMost = (most: number) => (ticks: readonly number[]) => ticks.length <= most

describe('a logarithmic axis', () => {
  it.each([
    { low: 1, high: 100, fits: anyFit, expected: [1, 2, 5, 10, 20, 50, 100], because: '1-2-5 where they fit' },
    { low: 1, high: 100, fits: atMost(5), expected: [1, 3, 10, 30, 100], because: '1-3 where those are too many' },
    {
      low: 1,
      high: 1e6,
      fits: atMost(7),
      expected: [1, 10, 100, 1e3, 1e4, 1e5, 1e6],
      because: 'powers of ten for many',
    },
    {
      low: 1,
      high: 1e6,
      fits: atMost(4),
      expected: [1, 100, 1e4, 1e6],
      because: 'each second power where room is little',
    },
    { low: 84, high: 96, fits: anyFit, expected: [84, 86, 88, 90, 92, 94, 96], because: 'even ticks within a decade' },
    { low: 84, high: 96, fits: atMost(3), expected: [85, 90, 95], because: 'fewer even ticks where room is little' },
    { low: 0.0113, high: 0.0121, fits: atMost(4), expected: [0.0114, 0.0116, 0.0118, 0.012], because: 'of any size' },
  ])('has $because', ({ low, high, fits, expected }) => expect(logTicks({ low, high }, fits)).toEqual(expected))

  it('has two ticks or more for every extent', () => {
    for (let low = 0.001; low < 1e5; low *= 1.7)
      for (const ratio of [1.1025, 1.3, 2.2, 7, 40, 1e4]) {
        const ticks = logTicks({ low, high: low * ratio }, atMost(4))
        expect(ticks.length, `${low} to ${low * ratio}`).toBeGreaterThanOrEqual(2)
        expect(Math.min(...ticks)).toBeGreaterThanOrEqual(low * 0.999999)
        expect(Math.max(...ticks)).toBeLessThanOrEqual(low * ratio * 1.000001)
      }
  })

  it('holds everything that is positive, with room on both sides', () => {
    const { low = 0, high = 0 } = logExtent([5, null, 20, undefined, 0, -3]) ?? {}
    expect(low).toBeLessThan(5)
    expect(low).toBeGreaterThan(4)
    expect(high).toBeGreaterThan(20)
    expect(logExtent([0, null])).toBeNull()
  })
})

describe('names on an axis', () => {
  const long = ['python-sentence-transformers · as-published', 'python-sentence-transformers · tuned', 'go-net-http']

  it('stand whole, or on two lines cut in their middle', () => {
    expect(namesFor(long, 20)).toEqual([
      ['python-sen…nsformers', 'as-published'],
      ['python-sen…nsformers', 'tuned'],
      'go-net-http',
    ])
  })

  it.each([4, 8, 12, 16, 30])('are never the same for different targets, of %i characters', (most) => {
    const names = [
      ...long,
      'elixir-candle-embed · multi-beam-caddy',
      'elixir-candle-embed · multi-beam-nginx',
      'elixir-candle-embed',
    ]
    expect(new Set(namesFor(names, most).map(String)).size).toBe(names.length)
    expect(new Set(shortNames(names, most)).size).toBe(names.length)
  })
})

describe('labels at the ends of lines', () => {
  it.each([
    { wanted: [10, 50, 90], expected: [10, 50, 90], because: 'stay where they are when they are apart' },
    { wanted: [10, 12, 14], expected: [10, 24, 38], because: 'move apart' },
    { wanted: [90, 95, 99], expected: [72, 86, 100], because: 'stay within the plot' },
    { wanted: [-5, 50], expected: [0, 50], because: 'begin at its top' },
  ])('$because', ({ wanted, expected }) => expect(spread(wanted, 14, { low: 0, high: 100 })).toEqual(expected))
})
