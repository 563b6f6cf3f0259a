import { describe, expect, it } from 'vitest'
import { judgedCells, type Observed, resultsOfCells } from '../../core/test/builders.js'
import { createPaint } from '../src/paint.js'
import { serviceLevelLines } from '../src/service-level-lines.js'
import { widthOf } from '../src/width.js'

const plain = createPaint(false).colours
const rate = { kind: 'rate', perSecond: 200, connections: 256, arrivals: 'exponential' } as const
const level = { perSecond: 200, p95Ms: null, p99Ms: 30, errors: 0.001 }
const windows = (meansMs: readonly number[]): Observed[] =>
  meansMs.map((meanMs) => ({ load: rate, perSecond: 200, meanMs }))

const results = resultsOfCells(
  judgedCells(
    {
      'python-flask': windows([50, 52, 49, 50, 51]),
      'node-fastify': windows([5, 5.1, 4.9, 5, 5.2]),
      'java-jdk': windows([5]),
    },
    { scenario: { levels: [level] } },
  ),
)

describe('who keeps a service level, in a terminal', () => {
  it('begins with the sentence of the decision, and has the answer of every target, those that keep it first', () => {
    const lines = serviceLevelLines(results, 400, plain)
    expect(lines[0]).toBe(results.decision!.levels![0]!.says)
    expect(lines.slice(1).map((line) => line.slice(0, 18))).toEqual([
      '  ✓ node-fastify k',
      '  ✗ python-flask k',
      '  – java-jdk keeps',
    ])
  })

  it('is no wider than the terminal', () =>
    expect(Math.max(...serviceLevelLines(results, 60, plain).map(widthOf))).toBeLessThanOrEqual(60))

  it('is nothing where no level was asked for', () =>
    expect(serviceLevelLines(resultsOfCells(judgedCells({ go: windows([5, 5]) })), 80, plain)).toEqual([]))
})
