import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { withFigureTable } from '../../../../scripts/figure-table.mjs'
import { legend } from '../../src/results/legend.js'

it('docs/method.md has every figure as it says of itself (else: node scripts/write-method.mjs)', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../../docs/method.md'), 'utf8')
  expect(withFigureTable(text, legend().figures)).toBe(text)
})
