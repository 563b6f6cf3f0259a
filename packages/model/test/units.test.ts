import { describe, expect, it } from 'vitest'
import {
  BakeoffError,
  formatBytes,
  formatDurationMs,
  formatNumber,
  loadIdOf,
  loadSpec,
  parseBytes,
  parseDurationMs,
  parseFraction,
  parsePerSecond,
  toErrorRecord,
} from '../src/index.js'

describe('quantities as they are written', () => {
  it.each([
    ['50ms', 50],
    ['1.5s', 1500],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['5', null],
    ['-1s', null],
    ['soon', null],
  ])('the duration %s is %s ms', (text, ms) => expect(parseDurationMs(text)).toBe(ms))

  it.each([
    ['512m', 512 * 1024 ** 2],
    ['2g', 2 * 1024 ** 3],
    ['1.5GB', 1.5 * 1024 ** 3],
    ['1024', 1024],
    ['lots', null],
  ])('the size %s is %s bytes', (text, bytes) => expect(parseBytes(text)).toBe(bytes))

  it.each([
    ['0.1%', 0.001],
    ['0.5', 0.5],
    ['120%', null],
    ['x', null],
  ])('the share %s is %s', (text, share) => expect(parseFraction(text)).toBe(share))

  it.each([
    ['200/s', 200],
    ['12.5 / s', 12.5],
    ['200', 200],
    ['0/s', null],
    ['200/min', null],
    ['fast', null],
  ])('the rate %s is %s a second', (text, rate) => expect(parsePerSecond(text)).toBe(rate))
})

describe('quantities as they are shown', () => {
  it.each([
    [512, '512 B'],
    [1536, '1.5 KiB'],
    [2 * 1024 ** 3, '2 GiB'],
    [183_500_800, '175 MiB'],
  ])('%s bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text))

  it.each([
    [450, '450 ms'],
    [2400, '2.4 s'],
    [59_900, '1 min'],
    [84_000, '1 min 24 s'],
    [5_400_000, '1 h 30 min'],
  ])('%s ms are %s', (ms, text) => expect(formatDurationMs(ms)).toBe(text))

  it.each([
    [34_172.4, '34,172'],
    [0.066123, '0.0661'],
    [Number.NaN, '–'],
  ])('%s is %s', (value, text) => expect(formatNumber(value)).toBe(text))
})

describe('loads and errors', () => {
  it.each([
    [{ kind: 'closed', connections: 64 } as const, 'closed-64'],
    [{ kind: 'open', fraction: 0.8, connections: 256, arrivals: 'exponential' } as const, 'open-0.8'],
    [{ kind: 'rate', perSecond: 1000, connections: 256, arrivals: 'constant' } as const, 'rate-1000'],
    [{ kind: 'batch', tasks: 1800, concurrency: 200 } as const, 'batch-1800x200'],
    [{ kind: 'capacity', connections: 256, p99Ms: 50, errors: 0, arrivals: 'exponential' } as const, 'capacity'],
  ])('the id of %j is %s', (load, id) => expect(loadIdOf(load)).toBe(id))

  it('reads the search for capacity of an older plan, which had only one kind of arrivals', () => {
    const old = { kind: 'capacity', connections: 256, p99Ms: 50, errors: 0 }
    expect(loadSpec.parse(old)).toEqual({ ...old, arrivals: 'exponential' })
  })

  it('keeps message, hint and log of an error for the user', () => {
    const error = new BakeoffError('NOT_READY', 'go-chi did not answer', { hint: 'look', logTail: ['panic'] })
    expect(toErrorRecord(error)).toEqual({
      code: 'NOT_READY',
      message: 'go-chi did not answer',
      hint: 'look',
      logTail: ['panic'],
    })
  })

  it('calls anything else a bug and keeps its stack', () => {
    const record = toErrorRecord(new TypeError('x is not a function'))
    expect(record).toMatchObject({ code: 'BUG', message: 'x is not a function', hint: null })
    expect(record.logTail[0]).toMatch(/^at /)
  })
})
