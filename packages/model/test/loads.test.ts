import { describe, expect, it } from 'vitest'
import {
  DEFAULT_OFFERED,
  kindOf,
  type LoadSpec,
  loadIdOf,
  loadKinds,
  loadLabel,
  loadShort,
  loadSpec,
  loadWords,
  publishedLoad,
} from '../src/index.js'

const offered = { connections: 256, arrivals: 'exponential' } as const
const closed: LoadSpec = { kind: 'closed', connections: 64 }
const open: LoadSpec = { kind: 'open', fraction: 0.8, ...offered }
const rate: LoadSpec = { kind: 'rate', perSecond: 1500, ...offered }
const capacity: LoadSpec = { kind: 'capacity', connections: 256, p99Ms: 50, errors: 0.001, arrivals: 'constant' }
const batch: LoadSpec = { kind: 'batch', tasks: 1800, concurrency: 200 }

describe('what a kind of load says of its loads', () => {
  it.each([
    {
      load: closed,
      id: 'closed-64',
      words: ['connections', '64', '64 connections', '64 connections'],
      durationMs: 5800,
      order: { kind: 'closed', connections: 64 },
      connections: 64,
    },
    {
      load: open,
      id: 'open-0.8',
      words: ['open load', '80 %', 'open, 80 % of best', '80 % of its own best throughput'],
      durationMs: 5800,
      order: { kind: 'open', perSecond: 800, connections: 256, arrivals: 'exponential', seed: 7 },
      connections: 256,
    },
    {
      load: rate,
      id: 'rate-1500',
      words: ['rate', '1,500/s', '1,500 requests/s offered', '1,500 requests/s'],
      durationMs: 5800,
      order: { kind: 'open', perSecond: 1500, connections: 256, arrivals: 'exponential', seed: 7 },
      connections: 256,
    },
    {
      load: capacity,
      id: 'capacity',
      words: ['capacity', 'capacity', 'capacity within p99 50 ms', 'the highest rate within the service level'],
      durationMs: 8 * 5800,
      order: { kind: 'open', perSecond: 1000, connections: 256, arrivals: 'constant', seed: 7 },
      connections: 256,
    },
    {
      load: batch,
      id: 'batch-1800x200',
      words: ['batch', '1800 × 200', '1,800 tasks, 200 at once', '1,800 tasks at 200'],
      durationMs: 15_000,
      order: { kind: 'batch', tasks: 1800, concurrency: 200, seed: 7 },
      connections: null,
    },
  ])('$id', ({ load, id, words, durationMs, order, connections }) => {
    const kind = kindOf(load)
    expect(loadIdOf(load)).toBe(id)
    expect([kind.words.group, loadShort(load), loadLabel(load), loadWords(load)]).toEqual(words)
    expect(kind.durationMs(load, 5800)).toBe(durationMs)
    expect(kind.toOrder(load, { best: 1000, seed: 7 })).toEqual(order)
    expect(kind.connections(load)).toBe(connections)
    expect(loadSpec.parse(load)).toEqual(load)
  })

  it('has one connection, and no plural of it', () =>
    expect(loadLabel({ kind: 'closed', connections: 1 })).toBe('1 connection'))

  it('offers at least one request a second where nothing is known of the best', () =>
    expect(kindOf(open).toOrder(open, { best: 0, seed: 1 })).toMatchObject({ perSecond: 1 }))

  it('warms up by a small batch where there are only batches', () =>
    expect(kindOf(batch).warmUp(batch)).toEqual({ kind: 'batch', tasks: 200, concurrency: 200 }))

  it('shows one of its times, or none', () => {
    for (const { kind, times, shown } of loadKinds)
      expect({ kind, isOne: shown === null ? times.length === 0 : times.includes(shown) }).toEqual({
        kind,
        isOne: true,
      })
  })

  it('has limits exactly where something is searched', () => {
    for (const load of [closed, open, rate, capacity, batch])
      expect(kindOf(load).limits(load) !== null).toBe(kindOf(load).windows === 'several')
  })

  it('is found by its name, and each has one of its own', () => {
    expect(new Set(loadKinds.map(({ kind }) => kind)).size).toBe(loadKinds.length)
    expect(() => kindOf({ kind: 'stampede' } as never)).toThrow('stampede')
  })
})

describe('the load of a source', () => {
  it.each([
    { said: { connections: 10, requests: 1000 }, load: { kind: 'closed', connections: 10 } },
    { said: { users: 10 }, load: { kind: 'closed', connections: 10 } },
    { said: { tasks: 1800, concurrency: 200 }, load: batch },
    { said: { perSecond: 1500, users: 10 }, load: rate },
    { said: { tasks: 1800 }, load: 'tasks without a concurrency are no load' },
    { said: { perSecond: 0 }, load: 'it is no rate' },
    { said: { requests: 1000 }, load: 'it does not say how many asked at once' },
    { said: { connections: 20_000 }, load: 'it does not say how many asked at once' },
  ])('$said', ({ said, load }) => expect(publishedLoad(said as Record<string, number>, DEFAULT_OFFERED)).toEqual(load))
})
