import { createRandom } from '@bakeoff/core'
import type { LoadOrder } from '@bakeoff/runner/ports'
import { describe, expect, it } from 'vitest'
import { messagesOf } from '../src/lines.js'
import { batchCounts } from '../src/shares/merge.js'
import { splitLoad } from '../src/shares/split.js'
import { AnswerPicker } from '../src/worker/answer-picker.js'
import type { Connection } from '../src/worker/autocannon.js'
import type { Share } from '../src/worker/drivers.js'
import type { PickedAnswer } from '../src/worker/messages.js'
import { OpenDriver } from '../src/worker/open-driver.js'
import { Queue } from '../src/worker/queue.js'
import type { Ticker } from '../src/worker/ticker.js'
import { loadOf } from './helpers/agent.js'

describe('splitLoad', () => {
  const open = (connections: number): LoadOrder => ({
    kind: 'open',
    perSecond: 100,
    connections,
    arrivals: 'constant',
    seed: 7,
  })
  it.each([
    {
      order: { kind: 'closed', connections: 64 } as const,
      processes: 1,
      connections: [64],
      because: 'one process takes all',
    },
    {
      order: { kind: 'closed', connections: 10 } as const,
      processes: 4,
      connections: [3, 3, 2, 2],
      because: 'connections that do not divide evenly',
    },
    {
      order: { kind: 'closed', connections: 2 } as const,
      processes: 4,
      connections: [1, 1],
      because: 'fewer connections than processes',
    },
    { order: open(5), processes: 2, connections: [3, 2], because: 'an open load likewise' },
  ])('$because', ({ order, processes, connections }) => {
    const shares = splitLoad(loadOf('http://x', order), processes).map(({ share }) => share)
    expect(shares.map((share) => (share.kind === 'batch' ? null : share.connections))).toEqual(connections)
  })

  it('divides a rate as it divides the connections, lets processes take turns, and gives each its own seed', () => {
    const orders = splitLoad(loadOf('http://x', open(5)), 2)
    expect(orders.map(({ share }) => share)).toMatchObject([
      { perSecond: 60, phase: 0 },
      { perSecond: 40, phase: 0.5 },
    ])
    expect(new Set(orders.map(({ share }) => (share as { seed: number }).seed)).size).toBe(2)
    expect(orders.map(({ part }) => part)).toEqual([
      { index: 0, of: 2 },
      { index: 1, of: 2 },
    ])
  })

  it('gives a batch to one process, as the request that the scenario describes', () => {
    const [order, ...others] = splitLoad(loadOf('http://x', { kind: 'batch', tasks: 8, concurrency: 4, seed: 2 }), 4)
    expect(others).toEqual([])
    expect(order?.share).toEqual({ kind: 'batch', body: '{"tasks":8,"concurrency":4,"seed":2}' })
  })
})

const TOO_LONG = 'too long'

describe('AnswerPicker', () => {
  const connectionWith = (requestIndex: number, body: string) =>
    ({
      requestIndex,
      status: 200,
      values: null,
      captured: {
        contentType: 'text/plain',
        body: [Buffer.from(body)],
        bytes: body.length,
        isTooLong: body === TOO_LONG,
      },
    }) as unknown as Connection

  it('picks one in n on average, at no fixed step', () => {
    const picker = new AnswerPicker(64, createRandom(1), () => {})
    // Ten million requests a second: time picks hardly any.
    const at = Array.from({ length: 64_000 }, (_, index) => (picker.next(index / 10_000) ? index : -1)).filter(
      (index) => index >= 0,
    )
    expect(at.length).toBeGreaterThan(900)
    expect(at.length).toBeLessThan(1100)
    expect(new Set(at.map((index) => index % 64)).size).toBe(64)
  })

  it('picks about a thousand a second where one in n would be fewer', () => {
    const picker = new AnswerPicker(64, createRandom(1), () => {})
    const taken = (perSecond: number) =>
      Array.from({ length: perSecond }, (_, index) => picker.next((index * 1000) / perSecond)).filter(Boolean).length
    expect(taken(100)).toBe(100)
    const atTenThousand = taken(10_000)
    expect(atTenThousand).toBeGreaterThan(800)
    expect(atTenThousand).toBeLessThan(1200)
  })

  it('makes up for the time in which nothing could be sent', () => {
    const picker = new AnswerPicker(64, createRandom(1), () => {})
    // Every 20 ms a burst of 100 requests.
    const at = Array.from({ length: 5000 }, (_, index) => picker.next(Math.floor(index / 100) * 20)).filter(Boolean)
    expect(at.length).toBeGreaterThan(800)
    expect(at.length).toBeLessThan(1300)
  })

  it('picks everything at 1', () => {
    const picker = new AnswerPicker(1, createRandom(1), () => {})
    expect(Array.from({ length: 5 }, () => picker.next(0))).toEqual([true, true, true, true, true])
  })

  it('knows answers that are too long again, and passes on none of their bytes', () => {
    const passed: PickedAnswer[] = []
    const picker = new AnswerPicker(1, createRandom(1), (answer) => passed.push(answer))
    for (const body of [TOO_LONG, TOO_LONG, 'a', TOO_LONG]) picker.take(connectionWith(0, body))
    expect(passed.map(({ body }) => body?.byteLength ?? null)).toEqual([null, 1, null])
    expect(picker.seen).toEqual([2, 1, 1])
  })

  it('forgets what it has seen before that fills the memory', () => {
    const passed: PickedAnswer[] = []
    const picker = new AnswerPicker(1, createRandom(1), (answer) => passed.push(answer))
    const long = 'x'.repeat(1024 * 1024)
    for (let request = 0; request < 40; request++) picker.take(connectionWith(request, long))
    picker.take(connectionWith(39, long))
    picker.take(connectionWith(0, long))
    expect(passed.map(({ requestIndex }) => requestIndex)).toEqual([...Array(40).keys(), 0])
  })

  it('passes on what is new for its request, and counts the rest', () => {
    const passed: PickedAnswer[] = []
    const picker = new AnswerPicker(1, createRandom(1), (answer) => passed.push(answer))
    for (const [request, body] of [
      [0, 'a'],
      [0, 'a'],
      [1, 'a'],
      [0, 'b'],
      [0, 'b'],
      [0, 'a'],
    ] as const)
      picker.take(connectionWith(request, body))
    expect(passed.map(({ id, requestIndex, body }) => [id, requestIndex, Buffer.from(body ?? []).toString()])).toEqual([
      [0, 0, 'a'],
      [1, 1, 'a'],
      [2, 0, 'b'],
      [3, 0, 'a'],
    ])
    expect(picker.seen).toEqual([2, 1, 2, 1])
  })
})

describe('OpenDriver', () => {
  /** A scheduler under a clock of our own: performance.now() is not asked but for the waiting out of the lead. */
  function scheduler(share: Partial<Extract<Share, { kind: 'open' }>>) {
    const sent: { connection: string; intendedAtMs: number; atMs: number }[] = []
    const late: number[] = []
    const ticker = { arm: () => {}, disarm: () => {} } as unknown as Ticker
    const driver = new OpenDriver(
      { kind: 'open', connections: 2, perSecond: 100, arrivals: 'constant', seed: 1, phase: 0, ...share },
      {
        random: createRandom(1),
        ticker,
        send: (connection, atMs) => {
          const { name } = connection as unknown as { name: string; usable: boolean }
          ;(connection as unknown as { usable: boolean }).usable = false
          sent.push({ connection: name, intendedAtMs: connection.intendedAtMs, atMs })
        },
        late: (_, byMs) => late.push(byMs),
      },
    )
    const connection = (name: string) =>
      ({ name, usable: true, intendedAtMs: 0, freeSinceMs: 0 }) as unknown as Connection
    const freeAgain = (given: Connection, atMs: number) => {
      ;(given as unknown as { usable: boolean }).usable = true
      driver.free(given, atMs)
    }
    return { driver, sent, late, connection, freeAgain }
  }

  it('sends each arrival with the time it was due, on the connection that has been free longest', () => {
    const { driver, sent, late, connection } = scheduler({})
    const [a, b] = [connection('a'), connection('b')]
    driver.free(a, 0)
    driver.free(b, 0)
    driver.start(1000)
    driver.finish(1012)
    expect(sent).toEqual([
      { connection: 'a', intendedAtMs: 1000, atMs: 1012 },
      { connection: 'b', intendedAtMs: 1010, atMs: 1012 },
    ])
    // Both connections were free: the scheduler was late, not the target.
    expect(late).toEqual([12, 2])
  })

  it('does not call a send late that waited for a connection: it was queueing', () => {
    const { driver, sent, late, connection, freeAgain } = scheduler({})
    const a = connection('a')
    driver.start(1000)
    freeAgain(a, 1025) // those of 1000, 1010 and 1020 are due; it takes the first
    freeAgain(a, 1040)
    freeAgain(a, 1050)
    expect(sent.map(({ intendedAtMs, atMs }) => [intendedAtMs, atMs])).toEqual([
      [1000, 1025],
      [1010, 1040],
      [1020, 1050],
    ])
    expect(late).toEqual([])
    expect(driver.owes(1030)).toBe(false)
    expect(driver.owes(1031)).toBe(true)
    expect(driver.finish(1050)).toEqual([1030, 1040, 1050])
  })

  it('leaves out a connection that was closed while it was free', () => {
    const { driver, sent, connection } = scheduler({})
    const [a, b] = [connection('a'), connection('b')]
    driver.free(a, 0)
    driver.free(b, 0)
    ;(a as unknown as { usable: boolean }).usable = false
    driver.start(1000)
    driver.finish(1000)
    expect(sent).toEqual([{ connection: 'b', intendedAtMs: 1000, atMs: 1000 }])
  })

  it('makes the same exponential arrivals from the same seed, with the rate as their mean', () => {
    const arrivals = () => {
      const { driver, sent, connection, freeAgain } = scheduler({ arrivals: 'exponential', perSecond: 1000 })
      const a = connection('a')
      driver.free(a, 0)
      driver.start(0)
      for (let ms = 0; ms <= 10_000; ms += 0.25) freeAgain(a, ms)
      return sent.map(({ intendedAtMs }) => intendedAtMs)
    }
    const first = arrivals()
    expect(arrivals()).toEqual(first)
    // 10,000 expected, standard deviation 100
    expect(Math.abs(first.length - 10_000)).toBeLessThan(500)
    const gaps = first.slice(1).map((at, index) => at - (first[index] as number))
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
    const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length)
    // an exponential distribution's standard deviation is its mean
    expect(deviation / mean).toBeGreaterThan(0.95)
    expect(deviation / mean).toBeLessThan(1.05)
  })
})

describe('batchCounts', () => {
  it.each([
    { body: '{"tasks":8,"ok":7,"failed":1,"digest":"ab"}', expected: { tasks: 8, ok: 7, failed: 1, digest: 'ab' } },
    { body: '{"tasks":8,"ok":7,"failed":1}', expected: { tasks: 8, ok: 7, failed: 1, digest: null } },
    { body: '{"ok":7,"failed":1}', expected: null },
    { body: '{"tasks":8,"ok":7}', expected: null },
    { body: 'null', expected: null },
    { body: 'oops', expected: null },
  ])('$body', ({ body, expected }) => expect(batchCounts(body)).toEqual(expected))
})

describe('messagesOf', () => {
  it('hears every line that has an end and says something', () => {
    const lines: string[] = []
    const hear = messagesOf((line) => lines.push(line))
    hear(Buffer.from('{"id":1}\n\n \r\n{"id"'))
    hear(Buffer.from(':2}\n{"id":3'))
    expect(lines).toEqual(['{"id":1}', '{"id":2}'])
  })
})

describe('Queue', () => {
  it('gives back in order, however long it runs', () => {
    const queue = new Queue<number>()
    let next = 0
    for (let i = 0; i < 20_000; i++) {
      queue.push(i)
      if (i % 3 !== 0) expect(queue.shift()).toBe(next++)
    }
    expect(queue.size).toBe(20_000 - next)
    while (queue.size > 0) expect(queue.shift()).toBe(next++)
    expect(queue.shift()).toBeUndefined()
  })
})
