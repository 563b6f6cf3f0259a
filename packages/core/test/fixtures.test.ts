import { isDeepStrictEqual } from 'node:util'
import { results } from '@bakeoff/model'
import { expect, it } from 'vitest'
import { sampleResults } from './fixtures-results.js'

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
  // Megabytes each: toEqual takes seconds for them, and its difference could not be read.
  expect(isDeepStrictEqual(results.parse(sample), sample), 'the schema keeps all of it').toBe(true)
})

it.each([{ targets: 1 }, { hostile: true, repetitions: 1 }, { small: true, blind: true, repetitions: 2, targets: 2 }])(
  'gives the same for the same options: %o',
  (options) => expect(isDeepStrictEqual(sampleResults(options), sampleResults(options))).toBe(true),
)
