import type { PlannedEntry } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { shownEntries, twinsOf } from '../../src/plan/index.js'
import { anEntry } from '../builders.js'

const [go, rust, node] = ['go', 'rust', 'node'].map((name) => anEntry('predict', name)) as [
  PlannedEntry,
  PlannedEntry,
  PlannedEntry,
]
const enough = { maxRepetitions: 3 }

describe('an entry that is measured once more under another name', () => {
  it('is one of each scenario, and says what it is', () => {
    const other = [anEntry('embed', 'go'), anEntry('embed', 'rust')]
    const twins = twinsOf([go, rust, node, ...other], enough, 7)
    expect(twins.map(({ scenario }) => scenario)).toEqual(['predict', 'embed'])
    for (const twin of twins) {
      const entry = [go, rust, node, ...other].find(({ id }) => id === twin.twinOf)
      expect(twin).toEqual({
        ...entry,
        id: `${entry?.id}.again`,
        variant: `${entry?.variant}.again`,
        twinOf: entry?.id,
      })
    }
  })

  it('is the same for the same seed, and any of them for some seed', () => {
    const chosen = (seed: number) => twinsOf([go, rust, node], enough, seed)[0]?.twinOf
    expect(chosen(7)).toBe(chosen(7))
    const seeds = Array.from({ length: 60 }, (_, seed) => seed)
    expect(new Set(seeds.map(chosen))).toEqual(new Set([go.id, rust.id, node.id]))
  })

  it.each([
    { because: 'two repetitions tell nothing apart', entries: [go, rust], rules: { maxRepetitions: 2 } },
    { because: 'one entry is compared with nothing', entries: [go], rules: enough },
    {
      because: 'of two one is no contender',
      entries: [go, { ...rust, role: 'experiment' as const }],
      rules: enough,
    },
  ])('is not there when $because', ({ entries, rules }) => expect(twinsOf(entries, rules, 7)).toEqual([]))

  it('is none of those that reports show', () =>
    expect(shownEntries([go, rust, ...twinsOf([go, rust], enough, 7)])).toEqual([go, rust]))
})
