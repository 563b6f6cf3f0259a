/** A target that nobody has run says so on its page and in the summary, until a run has figures of it. */
import type { Results } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { sampleResults } from '../../core/test/fixtures-results.js'
import { scopesOf } from '../src/html/scope.js'
import { renderSummary } from '../src/index.js'
import { target } from '../src/sections/target.js'
import { viewOf } from '../src/shared/subjects.js'

const plain = sampleResults({ scenarios: ['embed'], repetitions: 1 })
const unrun: Results = {
  ...plain,
  entries: plain.entries.map((entry) => ({ ...entry, neverRun: 'hex was out of reach' })),
}
const unmeasured = unrun.entries.find(({ outcome }) => outcome.kind === 'unsupported')!.target
const measured = unrun.entries.find(({ outcome }) => outcome.kind === 'measured')!.target

/** What the page of a target says, without its tags. */
function pageOf(name: string, results = unrun): string {
  const view = viewOf(results)
  const text = target.render({ view, scopes: scopesOf(view) }).text
  const article = text.split('<article').find((part) => part.includes(`data-target="${name}"`)) ?? ''
  return article.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')
}

describe('a target that nobody has run', () => {
  it('says so on its page, and why', () =>
    expect(pageOf(unmeasured)).toContain('Never run. Nobody has run this target as it stands: hex was out of reach.'))

  it('says so no more once it has figures', () => expect(pageOf(measured)).not.toContain('Never run'))

  it('says nothing where target.yaml does not', () => expect(pageOf(unmeasured, plain)).not.toContain('Never run'))

  it('says so in the summary', () => {
    const lines = renderSummary(unrun)
      .split('\n')
      .filter((line) => line.includes('never run: hex was out of reach'))
    expect(lines.some((line) => line.includes(unmeasured))).toBe(true)
    expect(lines.some((line) => line.includes(`${measured}**`))).toBe(false)
  })
})
