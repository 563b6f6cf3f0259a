import { describe, expect, it } from 'vitest'
import { createRandom, mean, randomFrom, variance } from '../../src/stats/index.js'

describe('random numbers', () => {
  it("are xoshiro128**'s: its reference code from the state 1, 2, 3, 4", () => {
    const random = randomFrom([1, 2, 3, 4])
    expect(Array.from({ length: 4 }, () => random.next() * 2 ** 32)).toEqual([11_520, 0, 5_927_040, 70_819_200])
  })

  it('follow from the seed alone', () => {
    const draw = (seed: number) => Array.from({ length: 5 }, createRandom(seed).next)
    expect(draw(3)).toEqual(draw(3))
    expect(draw(3)).not.toEqual(draw(4))
  })

  it('have the moments of their distributions', () => {
    const random = createRandom(5)
    const draw = (from: () => number) => Array.from({ length: 40_000 }, from)
    const [uniform, normal, exponential] = [draw(random.next), draw(random.normal), draw(random.exponential)]
    // five standard errors of the mean
    expect(Math.abs(mean(uniform) - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / 40_000))
    expect(Math.abs(mean(normal))).toBeLessThan(5 / 200)
    expect(variance(normal)).toBeCloseTo(1, 1)
    expect(Math.abs(mean(exponential) - 1)).toBeLessThan(5 / 200)
    expect(Math.min(...exponential)).toBeGreaterThanOrEqual(0)
  })

  it('shuffle into every order about as often', () => {
    const random = createRandom(8)
    const seen = new Map<string, number>()
    for (let draw = 0; draw < 6000; draw++) {
      const order = random.shuffle(['a', 'b', 'c']).join('')
      seen.set(order, (seen.get(order) ?? 0) + 1)
    }
    expect(seen.size).toBe(6)
    for (const count of seen.values()) expect(Math.abs(count - 1000)).toBeLessThan(150) // five standard deviations
  })

  it('leave what they shuffle alone', () => {
    const items = [1, 2, 3]
    createRandom(1).shuffle(items)
    expect(items).toEqual([1, 2, 3])
  })
})
