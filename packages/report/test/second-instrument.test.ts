import type { Cell, Results, SecondInstrumentResult } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { sampleResults } from '../../core/test/fixtures-results.js'
import { scopesOf } from '../src/html/scope.js'
import { renderCsv, renderSummary } from '../src/index.js'
import { secondInstrumentBlock, secondInstrumentWords } from '../src/sections/second-instrument.js'
import { viewOf } from '../src/shared/subjects.js'

const usual = sampleResults()

/** The block of a scenario's load, without its tags. */
function textOf(results: Results, scenario: string, loadId: string): string | null {
  const view = viewOf(results)
  const scope = scopesOf(view).find((each) => each.scenario.id === scenario)!
  const block = secondInstrumentBlock(view, scope, loadId)
  return block?.text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ') ?? null
}

describe('the block of the second instrument', () => {
  it('has both figures of each target, and whether they agree', () => {
    const text = textOf(usual, 'ranknet', 'closed-64')
    expect(text).toMatch(/python-flask · as-published 908 672 -26 % ± 10 % disagree 0/)
    expect(text).toMatch(/rust-axum [\d,]+ [\d,]+ \+2 % ± 10 % agree 0/)
  })

  it('says where the agent was the limit', () =>
    expect(textOf(usual, 'predict', 'closed-64')).toMatch(
      /rust-axum 77,624 91,596 \+18 % ± 10 % the agent was the limit/,
    ))

  it('says why a figure is missing', () =>
    expect(textOf(usual, 'embed', 'closed-32')).toMatch(/no figures: it was not done/))

  it('is a sentence where the load is out of its reach', () => {
    const text = textOf(usual, 'chat-batch', 'batch-1800x200')
    expect(text).toMatch(/wrk could not measure this load beside the agent: a batch is one request/)
    expect(text).not.toContain('Difference')
  })

  it.each([
    { because: 'of another load', results: usual, loadId: 'closed-1' },
    {
      because: 'of a run that had none',
      results: { ...usual, cells: usual.cells.map((cell): Cell => ({ ...cell, secondInstrument: undefined })) },
      loadId: 'closed-64',
    },
  ])('is absent $because', ({ results, loadId }) => expect(textOf(results, 'ranknet', loadId)).toBeNull())
})

const measuredCell = usual.cells.find(({ secondInstrument }) => secondInstrument?.kind === 'measured')!
const measured = measuredCell.secondInstrument as Extract<SecondInstrumentResult, { kind: 'measured' }>
it.each([
  { result: undefined, words: null },
  {
    result: { ...measured, perSecond: 110, agentPerSecond: 100, difference: 0.1 },
    words: 'wrk measured 110 correct responses/s, the load agent 100 in the same repetition (+10 %)',
  },
  {
    result: { ...measured, perSecond: 110, agentPerSecond: null, difference: null },
    words: 'wrk measured 110 correct responses/s',
  },
  { result: { kind: 'failed', tool: 'wrk', reason: 'it ended' } as const, words: 'wrk failed: it ended' },
])('is in words: $words', ({ result, words }) => expect(secondInstrumentWords(result)).toBe(words))

it('is a line of the summary only where the instruments disagree', () => {
  const lines = (results: Results) => renderSummary(results).match(/^- \*\*A second instrument.*$/gm) ?? []
  expect(lines(usual)).toHaveLength(1)
  expect(lines(sampleResults({ scenarios: ['chat'] }))).toEqual([])
})

it('has two columns in the CSV', () => {
  const [head = '', ...rows] = renderCsv(usual).split('\r\n')
  expect(head).toContain(',second_instrument_per_s,second_instrument_difference,')
  const { perSecond, difference } = measured
  expect(rows.find((row) => row.startsWith(measuredCell.id))).toContain(`,${perSecond},${difference},`)
})
