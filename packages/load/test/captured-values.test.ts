import { createRandom } from '@bakeoff/core'
import { describe, expect, it } from 'vitest'
import { CapturedValues, poolsOf, type Wanted } from '../src/worker/captured-values.js'
import { TrafficWalk } from '../src/worker/request-walk.js'

const ID = 0
const WHO = 1
const both: Wanted = { pools: [{ pool: 0, keys: [ID, WHO] }], ofConnection: [] }
const ofConnection: Wanted = { pools: [], ofConnection: [ID] }

function taken(captured: CapturedValues, connection: number, wanted: Wanted) {
  const values: string[] = []
  const lacking = captured.take(connection, wanted, values)
  return lacking < 0 ? values : lacking
}

describe('CapturedValues', () => {
  it('says which value is not there yet', () => {
    const captured = new CapturedValues(1, createRandom(1))
    expect(taken(captured, 0, both)).toBe(ID)
    expect(taken(captured, 0, ofConnection)).toBe(ID)
  })

  it('takes values that belong together from one answer', () => {
    const captured = new CapturedValues(1, createRandom(1))
    for (let n = 0; n < 50; n++) captured.add(n % 4, [`o${n}`, `c${n}`], 0)
    for (let n = 0; n < 100; n++) {
      const [id, who] = taken(captured, 0, both) as string[]
      expect(who?.slice(1)).toBe(id?.slice(1))
    }
  })

  it('takes values of several answers where none has all of them', () => {
    const captured = new CapturedValues(1, createRandom(1))
    captured.add(0, ['o1'], 0)
    expect(taken(captured, 0, both)).toBe(WHO)
    captured.add(0, [undefined, 'ada'], 0)
    expect(taken(captured, 0, both)).toEqual(['o1', 'ada'])
  })

  it('remembers the last value of each connection until its load ends', () => {
    const captured = new CapturedValues(1, createRandom(1))
    captured.add(0, ['a'], 0)
    captured.add(1, ['b'], 0)
    captured.add(0, ['c'], 0)
    expect([0, 1].map((connection) => taken(captured, connection, ofConnection))).toEqual([['c'], ['b']])
    captured.begin()
    expect(taken(captured, 0, ofConnection)).toBe(ID)
    expect(taken(captured, 0, { pools: [{ pool: 0, keys: [ID] }], ofConnection: [] })).toHaveLength(1)
  })

  it('has for every connection what was there before the load', () => {
    const captured = new CapturedValues(1, createRandom(1))
    captured.give(['token'], 0)
    captured.begin()
    expect(taken(captured, 7, ofConnection)).toEqual(['token'])
  })

  it('keeps what was there before the load, though a thousand answers of its pool came since', () => {
    const captured = new CapturedValues(1, createRandom(1))
    captured.give(['token', 'o0'], 0)
    for (let n = 0; n < 1500; n++) captured.add(0, [undefined, `o${n}`], 0)
    const [token, order] = taken(captured, 0, both) as string[]
    expect(token).toBe('token')
    expect(order).toMatch(/^o\d+$/)
  })

  it('forgets the oldest of a thousand', () => {
    const captured = new CapturedValues(1, createRandom(1))
    for (let n = 0; n < 1500; n++) captured.add(0, [String(n), 'x'], 0)
    const drawn = Array.from({ length: 3000 }, () => Number((taken(captured, 0, both) as string[])[ID]))
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(500)
    expect(new Set(drawn).size).toBeGreaterThan(800)
  })
})

describe('poolsOf', () => {
  it('puts what one answer gives into one pool, also over several answers', () => {
    const pools = poolsOf([['id', 'who'], ['token'], ['who', 'size'], []])
    expect(pools.get('id')).toBe(pools.get('size'))
    expect(pools.get('token')).not.toBe(pools.get('id'))
    expect([...pools.values()].every((pool) => pool < 2)).toBe(true)
  })
})

describe('TrafficWalk', () => {
  const names = ['create', 'create', 'read', 'list']
  const traffic = [
    { weight: 1, send: ['create', 'read'] },
    { weight: 3, send: ['list'] },
  ]

  it('sends a part in its order on one connection, whatever the others do', () => {
    const walk = new TrafficWalk(traffic, names, 1)
    walk.begin()
    const sent: string[][] = [[], [], []]
    for (let n = 0; n < 3000; n++) {
      const connection = n % 3
      sent[connection]!.push(names[walk.next(connection)]!)
    }
    for (const each of sent) {
      const text = each.join(' ')
      expect(text.replaceAll('create read', '').replaceAll('list', '').trim().split(/\s+/).slice(0, -1)).toEqual([])
    }
  })

  it('keeps the proportions exactly, and lets requests of one name take turns', () => {
    const walk = new TrafficWalk(traffic, names, 1)
    const counts = [0, 0, 0, 0]
    for (let n = 0; n < 5 * 200; n++) counts[walk.next(0)]!++
    expect(counts).toEqual([100, 100, 200, 600])
  })
})
