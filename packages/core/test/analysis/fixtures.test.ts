import { results } from '@bakeoff/model'
import { expect, it } from 'vitest'
import { sampleResults } from '../fixtures-results.js'

it.each([
  { options: {}, because: 'all kinds of cells' },
  { options: { targets: 1 }, because: 'one target' },
  { options: { targets: 12, repetitions: 2 }, because: 'twelve targets' },
  { options: { repetitions: 1 }, because: 'one repetition' },
  { options: { failing: 'all' as const }, because: 'nothing could be built' },
  { options: { status: 'aborted' as const }, because: 'interrupted' },
  { options: { hostile: true, repetitions: 1 }, because: 'hostile strings' },
  { options: { small: true, blind: true, repetitions: 2 }, because: 'a small machine that cannot be observed' },
])('gives results that keep the schema: $because', ({ options }) => {
  const sample = sampleResults(options)
  expect(results.parse(sample)).toEqual(sample)
  expect(sampleResults(options)).toEqual(sample)
})
