import { describe, expect, it } from 'vitest'
import type { DecisionMark } from '../src/index.js'
import { bestCompared, isAnyBeyond } from '../src/index.js'

const figure = (value: number | null, ...marks: DecisionMark[]) => ({
  row: '',
  entry: '',
  name: '',
  value,
  marks,
})

describe('bars of a decision are measured by the best that is compared', () => {
  it.each([
    { because: 'a suspect figure is compared', figures: [figure(10, 'leads', 'suspect'), figure(8)], best: 10 },
    { because: 'a stand-in is not', figures: [figure(30, 'stand-in'), figure(10), figure(8)], best: 10, beyond: true },
    { because: 'what does not count is not', figures: [figure(30, 'invalid'), figure(8)], best: 8, beyond: true },
    { because: 'a slow stand-in is within', figures: [figure(10), figure(3, 'stand-in')], best: 10 },
    { because: 'where none is compared, all are', figures: [figure(30, 'stand-in'), figure(9, 'invalid')], best: 30 },
    { because: 'an unknown figure is none', figures: [figure(null, 'failed'), figure(8)], best: 8 },
    { because: 'none is known', figures: [figure(null, 'failed')], best: null },
  ])('$because', ({ figures, best, beyond = false }) => {
    expect(bestCompared(figures)).toBe(best)
    expect(isAnyBeyond({ figures })).toBe(beyond)
  })
})
