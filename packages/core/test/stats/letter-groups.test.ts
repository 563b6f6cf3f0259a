import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { letterGroups } from '../../src/stats/letter-groups.js'
import './arbitraries.js'

const apartBy = (gap: number) => (a: number, b: number) => Math.abs(a - b) > gap

describe('letter groups', () => {
  it.each([
    { best: [], gap: 1, groups: [], because: 'nobody' },
    { best: [9], gap: 1, groups: [[9]], because: 'one alone' },
    { best: [9, 8.5, 8], gap: 2, groups: [[9, 8.5, 8]], because: 'nobody is told apart' },
    { best: [9, 6, 3], gap: 2, groups: [[9], [6], [3]], because: 'all are' },
    {
      best: [9, 8, 7, 6],
      gap: 1.5,
      groups: [
        [9, 8],
        [8, 7],
        [7, 6],
      ],
      because: 'neighbours are not, and the next but one are',
    },
  ])('$because', ({ best, gap, groups }) => expect(letterGroups(best, apartBy(gap))).toEqual(groups))

  // Piepho 2004: eight treatments, of which these pairs differ.
  it('are all the largest sets without a pair that differs, for the pairs of Piepho’s example', () => {
    const apart = new Set(['1-7', '1-8', '2-4', '2-5', '3-5'])
    const groups = letterGroups([1, 2, 3, 4, 5, 6, 7, 8], (a, b) => apart.has(`${Math.min(a, b)}-${Math.max(a, b)}`))
    expect(groups.map((group) => group.join(''))).toEqual(['1236', '1346', '1456', '23678', '34678', '45678'])
  })

  it('are shared exactly by those who are not told apart, all in the order given, the first one’s group first', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.infiniteStream(fc.boolean()), (count, stream) => {
        const items = Array.from({ length: count }, (_, index) => index)
        const apart = new Set<string>()
        for (const a of items) for (const b of items) if (a < b && stream.next().value) apart.add(`${a}-${b}`)
        const isApart = (a: number, b: number) => apart.has(`${Math.min(a, b)}-${Math.max(a, b)}`)
        const groups = letterGroups(items, isApart)
        for (const a of items)
          for (const b of items)
            if (a !== b) expect(groups.some((group) => group.includes(a) && group.includes(b))).toBe(!isApart(a, b))
        expect(groups[0]).toContain(0)
        expect(new Set(groups.flat()).size).toBe(count)
        for (const group of groups) {
          expect(group).toEqual(group.toSorted((a, b) => a - b))
          const others = groups.filter((each) => each !== group)
          expect(others.some((other) => group.every((each) => other.includes(each)))).toBe(false)
        }
      }),
    ))
})
