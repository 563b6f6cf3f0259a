import type { AgainstCommit, AgainstFigure } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { againstLines } from '../src/against-lines.js'
import { createPaint } from '../src/paint.js'

const plain = createPaint(false).colours

const figure = (changes: Partial<AgainstFigure>): AgainstFigure => ({
  cell: 'predict/go/default/closed-1',
  scenario: 'predict',
  entry: 'predict/go/default',
  loadId: 'closed-1',
  metric: 'throughput',
  better: 'higher',
  isSame: false,
  ratio: { median: 0.9, low: 0.88, high: 0.92, n: 5, method: 'm' },
  conclusion: 'lower',
  pAdjusted: 0.001,
  least: 0.03,
  leastIs: 'relevant',
  missing: null,
  why: '',
  ...changes,
})
const against = (figures: readonly AgainstFigure[]): AgainstCommit => ({
  ref: 'main',
  commit: '0123456789abcdef',
  figures: [...figures],
  leftOut: [{ entry: 'predict/new/default', why: 'main has no target new' }],
  says: 'Against main (01234567): 1 of 2 figures differ.',
})
const equal = figure({ metric: 'cpuMsPerRequest', better: 'lower', conclusion: 'no-difference' })

describe('the comparison with another commit, in a terminal', () => {
  it('says of each figure by how much it differs and whether that is worse, and what was left out', () =>
    expect(againstLines(against([figure({}), equal]), 100, plain)).toEqual([
      'Against main (01234567): 1 of 2 figures differ.',
      'predict/go/default/closed-1',
      '  Throughput            0.900× (0.880–0.920), lower, worse',
      '  CPU time per request  0.900× (0.880–0.920), equal',
      'predict/new/default: not compared, main has no target new',
    ]))

  it('says why a figure was not compared', () => {
    const missing = figure({ ratio: null, conclusion: null, missing: 'other-commit', why: 'failed: it died' })
    expect(againstLines(against([missing]), 100, plain)).toContain('  Throughput  not compared: failed: it died')
  })

  it('leaves out what is equal where there are many figures', () => {
    const many = Array.from({ length: 13 }, (_, index) => ({ ...equal, cell: `cell-${index}` }))
    expect(againstLines(against([...many, figure({ cell: 'worse' })]), 100, plain)).toHaveLength(4)
  })
})
