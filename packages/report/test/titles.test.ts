/** Titles of charts that say who is best: what every headline says, and no more. */
import { expect, it } from 'vitest'
import { around, judgedCells, type Observed, resultsOfCells } from '../../core/test/builders.js'
import { topGroup } from '../src/sections/words.js'
import { groupingOf, viewOf } from '../src/shared/subjects.js'

const fast = { perSecond: 2000, cpuMs: 0.495 }
const slow = { perSecond: 500, cpuMs: 1.98 }
const steal = { steal: 0.1 }

const CASES: readonly {
  readonly because: string
  readonly targets: Readonly<Record<string, readonly Observed[]>>
  readonly says: RegExp
}[] = [
  {
    because: 'one is told apart from all others',
    targets: { 'go-a': around(fast), 'python-b': around(slow) },
    says: /^go-a leads in throughput$/,
  },
  {
    because: 'a slower target of its language is drawn, and is in no headline',
    targets: { 'go-a': around(fast), 'go-b': around({ ...fast, perSecond: 1995 }), 'python-c': around(slow) },
    says: /^Best of each language: go-a leads in throughput$/,
  },
  {
    because: 'two are not told apart',
    targets: { 'go-a': around(fast), 'node-b': around({ ...fast, perSecond: 2001 }), 'python-c': around(slow) },
    says: /^(?:go-a and node-b|node-b and go-a) are not told apart at the top in throughput$/,
  },
  {
    because: 'what it names is suspect',
    targets: { 'go-a': around({ ...fast, ...steal }), 'python-b': around({ ...slow, ...steal }) },
    says: /^Suspect \(go-a: noisy-host\): go-a leads in throughput$/,
  },
  {
    because: 'two repetitions decide nothing',
    targets: { 'go-a': around(fast, { times: 2 }), 'python-b': around(slow, { times: 2 }) },
    says: /^Provisional: go-a is ahead in throughput$/,
  },
  {
    because: 'all of that at once',
    targets: {
      'go-a': around({ ...fast, ...steal }, { times: 2 }),
      'go-b': around({ ...slow, perSecond: 1200, cpuMs: 0.8 }, { times: 2 }),
      'python-c': around(slow, { times: 2 }),
    },
    says: /^Best of each language, suspect \(go-a: noisy-host\), provisional: go-a /,
  },
  {
    because: 'the other gave wrong answers',
    targets: { 'go-a': around(fast), 'python-b': around({ ...slow, counts: { wrong: 3 } }) },
    says: /^Only go-a can be compared in throughput$/,
  },
  {
    because: 'both gave wrong answers',
    targets: {
      'go-a': around({ ...fast, counts: { wrong: 3 } }),
      'python-b': around({ ...slow, counts: { wrong: 3 } }),
    },
    says: /^Nothing is ranked by throughput$/,
  },
]

it.each(CASES)('$because: $says', ({ targets, says }) => {
  const view = viewOf(resultsOfCells(judgedCells(targets)))
  const title = topGroup(view, groupingOf(view, 'predict', 'closed-64'), 'throughput').text
  expect(title.replaceAll(/<\/?bdi>/g, '')).toMatch(says)
})
