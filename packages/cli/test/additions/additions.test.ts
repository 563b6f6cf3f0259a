import type * as core from '@bakeoff/core'
import type * as report from '@bakeoff/report'
import { expect, it } from 'vitest'
import { copyOfSources } from './copy.js'
import { resultsOf } from './results.js'

/** Fields of a line of CSV; quoted ones keep their quotes. */
const fieldsOf = (line: string) => [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, field]) => field)

it('a figure that is seen costs one file and one line, as docs/adding-a-figure.md says', async () => {
  using copy = copyOfSources()
  expect(copy.follow('adding-a-figure.md')).toEqual({
    made: ['packages/core/src/figures/answers-per-gib.ts'],
    changed: ['packages/core/src/figures/index.ts'],
  })
  const results = resultsOf(await copy.load<typeof core>('core'), { perSecond: 1000, memoryBytes: 512 * 1024 ** 2 })
  const { renderCsv, renderHtml } = await copy.load<typeof report>('report')
  expect(results.cells[0]!.figures.answersPerGib).toMatchObject({ median: 2000, n: 1 })
  const [head = '', row = ''] = renderCsv(results).split('\r\n')
  expect(fieldsOf(row)[fieldsOf(head).indexOf('answers_per_gib_per_s')]).toBe('2000')
  expect(renderHtml(results)).toContain('<dt>Answers per GiB, answers/s</dt>')
})

it('a verdict costs one file and one line, as docs/adding-a-verdict.md says', async () => {
  using copy = copyOfSources()
  expect(copy.follow('adding-a-verdict.md')).toEqual({
    made: ['packages/core/src/judge/causes/answers-sampled.ts'],
    changed: ['packages/core/src/judge/causes/index.ts'],
  })
  const results = resultsOf(await copy.load<typeof core>('core'), { counts: { checked: 3 } })
  const { renderHtml } = await copy.load<typeof report>('report')
  const found = results.cells[0]!.verdict!.causes.find(({ cause }) => cause === 'answers-sampled')
  expect(found).toMatchObject({
    effect: 'doubts',
    evidence: 'fewer than 10 answers were compared in its only repetition',
  })
  expect(results.warnings.map(({ what }) => what)).toContain('Answers were hardly checked under load')
  const page = renderHtml(results)
  expect(page).toContain('<dt>answers-sampled</dt>')
  expect(page).toContain('fewer than 10 answers were compared')
})

it('a section of the report costs one file and one line, as docs/adding-a-section.md says', async () => {
  using copy = copyOfSources()
  expect(copy.follow('adding-a-section.md')).toEqual({
    made: ['packages/report/src/sections/repetitions.ts'],
    changed: ['packages/report/src/sections/index.ts'],
  })
  const results = resultsOf(await copy.load<typeof core>('core'), {})
  const page = (await copy.load<typeof report>('report')).renderHtml(results)
  expect(page).toContain('href="#repetitions"')
  expect(page).toContain('aria-label="Windows"')
})
