import { loadLabel, loadShort } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import {
  formatCores,
  formatFactor,
  formatInterval,
  formatShare,
  formatTime,
  shorten,
  unbroken,
} from '../src/shared/format.js'
import { sortValue } from '../src/shared/sort-value.js'

describe('figures as text', () => {
  it.each([
    { shown: formatShare(0), expected: '0 %', because: 'nothing is nothing' },
    { shown: formatShare(0.0042), expected: '0.42 %', because: 'small shares keep two digits' },
    { shown: formatShare(0.413), expected: '41 %', because: 'large ones need no decimals' },
    { shown: formatShare(-0.012), expected: '-1.2 %', because: 'a drift can go down' },
    { shown: formatCores(0.4137), expected: '0.41', because: 'cores have two decimals' },
    { shown: formatCores(2), expected: '2', because: 'whole cores have none' },
    { shown: formatCores(12.34), expected: '12.3', because: 'many cores have one' },
    { shown: formatFactor(2.34567), expected: '2.35×', because: 'a factor has three digits' },
    {
      shown: formatTime('2026-11-25T10:33:59.123Z'),
      expected: '2026-11-25 10:33 UTC',
      because: 'a time says its zone',
    },
    { shown: formatTime('yesterday'), expected: 'yesterday', because: 'what is no date is shown as it is' },
    { shown: shorten('abcdef', 4), expected: 'ab…f', because: 'names are cut in their middle' },
    { shown: shorten('𝒳𝒳𝒳', 3), expected: '𝒳𝒳𝒳', because: 'characters are counted, not code units' },
    { shown: unbroken('41 % of 50 ms'), expected: '41\u00a0% of 50\u00a0ms', because: 'a unit stays with its number' },
    { shown: unbroken('3 steps'), expected: '3 steps', because: 'a word that begins like a unit is none' },
  ])('$because: $expected', ({ shown, expected }) => expect(shown).toBe(expected))

  it('gives no interval where there is none', () => {
    expect(formatInterval({ low: null, high: null })).toBeNull()
    expect(formatInterval({ low: 2.9, high: 3.4 })).toBe('2.9–3.4')
  })

  it.each([
    { load: { kind: 'closed', connections: 1 }, label: '1 connection', short: '1' },
    { load: { kind: 'closed', connections: 64 }, label: '64 connections', short: '64' },
    {
      load: { kind: 'open', fraction: 0.8, connections: 256, arrivals: 'exponential' },
      label: 'open, 80 % of best',
      short: '80 %',
    },
    {
      load: { kind: 'rate', perSecond: 1500, connections: 256, arrivals: 'constant' },
      label: '1,500 requests/s offered',
      short: '1,500/s',
    },
    {
      load: { kind: 'capacity', connections: 256, p99Ms: 50, errors: 0.001, arrivals: 'exponential' },
      label: 'capacity within p99 50 ms',
      short: 'capacity',
    },
    {
      load: { kind: 'batch', tasks: 1800, concurrency: 200 },
      label: '1,800 tasks, 200 at once',
      short: '1800 × 200',
    },
  ] as const)('names a $load.kind load', ({ load, label, short }) => {
    expect(loadLabel(load)).toBe(label)
    expect(loadShort(load)).toBe(short)
  })
})

describe('what a cell is sorted by', () => {
  it.each([
    { text: '6,503', expected: 6503 },
    { text: '0.0331', expected: 0.0331 },
    { text: '-1.2 %', expected: -1.2 },
    { text: 'go-net-http', expected: 'go-net-http' },
    { text: '', expected: '' },
  ])('"$text" is $expected', ({ text, expected }) => expect(sortValue(text)).toBe(expected))
})
