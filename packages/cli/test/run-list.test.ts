/** reports/index.html: of each run the headline with which it ended. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Results } from '@bakeoff/model'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type SampleOptions, sampleResults } from '../../core/test/fixtures-results.js'
import { writeIndex } from '../src/write-report.js'

let reports: string
beforeEach(() => {
  reports = mkdtempSync(join(tmpdir(), 'bakeoff-list-'))
})
afterEach(() => rmSync(reports, { recursive: true }))

/** What the list says of a run. */
function listed(results: Results): string {
  mkdirSync(join(reports, 'run'))
  writeFileSync(join(reports, 'run', 'results.json'), JSON.stringify(results))
  writeIndex(reports)
  return readFileSync(join(reports, 'index.html'), 'utf8')
    .replaceAll(/<style[\s\S]*?<\/style>|<[^>]+>/g, '')
    .replaceAll(/[\u00a0\u202f]/g, ' ')
}

const RUNS: readonly { readonly because: string; readonly options: SampleOptions; readonly says: RegExp }[] = [
  {
    because: 'a scenario that is decided comes before one that is level',
    options: { scenarios: ['predict', 'embed'], failing: 'none' },
    says: /embed: rust-axum leads: it serves 1\.6\d× /,
  },
  {
    because: 'a scenario that is level says who, and first what is suspect',
    options: { scenarios: ['predict'], failing: 'none' },
    says: /predict: suspect \(rust-axum, go-net-http: agent-bound\), level: rust-axum and go-net-http are not told apart/,
  },
  {
    because: 'one repetition tells nothing apart',
    options: { scenarios: ['embed'], repetitions: 1 },
    says: /nothing told apart yet/,
  },
  {
    because: 'a run in which nothing was measured has no headline',
    options: { scenarios: ['embed'], failing: 'all' },
    says: /nothing told apart yet/,
  },
]

describe('the list of runs', () => {
  it.each(RUNS)('$because', ({ options, says }) => expect(listed(sampleResults(options))).toMatch(says))

  it('has the first finding of a run that is older than decisions', () => {
    const { decision: _, ...older } = sampleResults({ scenarios: ['embed'], failing: 'none' })
    expect(listed(older)).toMatch(/ith 32 connections, rust-axum handled 1\.6\d× /)
  })
})
