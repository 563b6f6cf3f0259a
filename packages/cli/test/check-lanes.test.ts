import type { Plan } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { inLanes, lanesOf } from '../src/check-lanes.js'

const GiB = 1024 ** 3

/** A plan whose entries have these caps, beside services of these. */
const planOf = (targets: readonly number[], services: readonly number[]) =>
  ({
    entries: targets.map((memoryBytes) => ({ scenario: 's', caps: { memoryBytes } })),
    scenarios: [{ id: 's', services: services.map((memoryBytes) => ({ caps: { memoryBytes } })) }],
  }) as unknown as Pick<Plan, 'entries' | 'scenarios'>

describe('how many checks go side by side', () => {
  it.each([
    { what: 'four where there is room', targets: [GiB / 2], services: [], cpus: 8, memory: 16 * GiB, is: 4 },
    { what: 'two for a core', targets: [GiB / 2], services: [], cpus: 1, memory: 16 * GiB, is: 2 },
    {
      what: 'as many as the largest fits',
      targets: [GiB, 2 * GiB],
      services: [2 * GiB],
      cpus: 8,
      memory: 16 * GiB,
      is: 2,
    },
    { what: 'one where not even that fits', targets: [8 * GiB], services: [], cpus: 8, memory: 8 * GiB, is: 1 },
    { what: 'any number of nothing', targets: [], services: [], cpus: 2, memory: GiB, is: 4 },
  ])('$what', ({ targets, services, cpus, memory, is }) => {
    expect(lanesOf({ ...planOf(targets, services), engine: { cpus, memoryBytes: memory } })).toBe(is)
  })
})

describe('work in lanes', () => {
  /** Work that ends when it is told, by its name. */
  function work() {
    const begun: string[] = []
    const ends = new Map<string, { resolve: (value: string) => void; reject: (error: Error) => void }>()
    const one = (name: string) => {
      begun.push(name)
      return new Promise<string>((resolve, reject) => ends.set(name, { resolve, reject }))
    }
    const turn = () => new Promise<void>((go) => setImmediate(go))
    return {
      begun,
      one,
      end: async (name: string) => {
        ends.get(name)?.resolve(`${name}!`)
        await turn()
      },
      fail: async (name: string) => {
        ends.get(name)?.reject(new Error(name))
        await turn()
      },
    }
  }

  it('begins as many as there are lanes, and the next when one is free', async () => {
    const { begun, one, end } = work()
    const all = inLanes(['a', 'b', 'c'], 2, one)
    expect(begun).toEqual(['a', 'b'])
    await end('b')
    expect(begun).toEqual(['a', 'b', 'c'])
    await end('c')
    await end('a')
    expect(await all, 'in the order of what was given').toEqual(['a!', 'b!', 'c!'])
  })

  it('begins nothing more after a failure, and waits for what goes on', async () => {
    const { begun, one, end, fail } = work()
    let isOver = false
    const all = inLanes(['a', 'b', 'c'], 2, one).finally(() => {
      isOver = true
    })
    const failed = expect(all).rejects.toThrow('a')
    await fail('a')
    expect([begun, isOver]).toEqual([['a', 'b'], false])
    await end('b')
    await failed
  })

  it('does nothing for nothing', async () => expect(await inLanes([], 4, work().one)).toEqual([]))
})
