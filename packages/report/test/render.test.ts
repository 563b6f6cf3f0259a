import { results as schema } from '@bakeoff/model'
import { expect, it } from 'vitest'
import { renderHtml } from '../src/index.js'
import { aResults } from './fixture.js'

it('has a fixture that is valid by the schema', () => {
  for (const options of [
    {},
    { targets: 12, scenarios: ['predict', 'ranknet', 'chat'] as const, troubled: true },
    { allFailed: true },
  ]) {
    expect(schema.safeParse(aResults(options)).error).toBeUndefined()
  }
})

it('renders', () => {
  expect(renderHtml(aResults())).toContain('<!doctype html>')
})
