import { gunzipSync } from 'node:zlib'
import { type Results, results as schema } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { sampleResults } from '../../core/test/fixtures-results.js'
import { embedded } from '../src/html/embedded.js'
import { fromBase91, toBase91 } from '../src/shared/base91.js'
import { fromColumns, toColumns } from '../src/shared/columns.js'
import { type ScenarioPart, withParts } from '../src/shared/parted.js'
import { slimResults } from '../src/shared/slim.js'

describe('columns', () => {
  it.each([
    { value: null },
    { value: [1, 'a', null, true] },
    { value: [] },
    { value: [{}, {}] },
    { value: [{ a: 1 }] },
    {
      value: [
        { a: 1, b: [] },
        { a: 2, b: [{ c: 1 }, { c: null }] },
      ],
    },
    { value: [{ a: 1 }, { b: 2 }], because: 'different keys' },
    { value: [{ a: { b: 1 } }, { a: null }] },
    { value: { '#': 'not ours', x: [{ y: 1 }, { y: 2 }] } },
  ])('turn $value and back', ({ value }) => expect(fromColumns(toColumns(value))).toEqual(value))

  it('stand side by side', () => {
    expect(
      toColumns([
        { a: 1, b: 'x' },
        { a: 2, b: 'y' },
      ]),
    ).toEqual({ '#': { a: [1, 2], b: ['x', 'y'] } })
  })
})

describe('bytes as text', () => {
  it('come back whole, whatever their number and whatever they are', () => {
    for (let length = 0; length < 300; length++) {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * index * 31 + length * 7) % 256)
      expect([...fromBase91(toBase91(bytes))]).toEqual([...bytes])
    }
    for (const byte of [0, 255]) {
      const bytes = new Uint8Array(1000).fill(byte)
      expect(fromBase91(toBase91(bytes))).toEqual(bytes)
    }
  })

  it('need no escape in a script or in JSON', () => {
    const text = toBase91(Uint8Array.from({ length: 5000 }, (_, index) => (index * 7919) % 251))
    expect(text).not.toMatch(/["&<\\]|[^ -~]/)
    expect(text.length).toBeLessThan(5000 * 1.26)
  })
})

describe('the results inside a page', () => {
  const results = sampleResults({ scenarios: ['predict', 'ranknet'], repetitions: 3 })
  const slim = slimResults(results)

  it('are still results by the schema', () => expect(schema.safeParse(slim).error).toBeUndefined())

  it('keep every cell with its figures to five digits', () => {
    expect(slim.cells.map(({ id }) => id)).toEqual(results.cells.map(({ id }) => id))
    for (const [index, { figures }] of slim.cells.entries()) {
      const exact = results.cells[index]?.figures.throughput?.median ?? 0
      expect(Math.abs((figures.throughput?.median ?? 0) - exact)).toBeLessThanOrEqual(exact * 1e-4)
    }
  })

  it('keep the highest memory of a curve and all answers of a histogram', () => {
    for (const [index, cell] of slim.cells.entries()) {
      const full = results.cells[index]!
      const peak = (points: readonly { memoryBytes: number | null }[] = []) =>
        Math.max(0, ...points.map(({ memoryBytes }) => memoryBytes ?? 0))
      const answers = (bins: typeof cell.bins) => bins.reduce((sum, [, , count]) => sum + count, 0)
      expect(peak(cell.timeline?.target)).toBeGreaterThanOrEqual(peak(full.timeline?.target) * 0.99)
      expect(answers(cell.bins)).toBe(answers(full.bins))
      expect(cell.timeline?.target.length ?? 0).toBeLessThanOrEqual(40)
    }
  })

  it('are packed when there is much of them, each scenario by itself, and read the same', () => {
    const parts = [...embedded(results).text.matchAll(/<script[^>]* id="([^"]*)">(.*?)<\/script>/gs)].map(
      ([, id, json]) => {
        const { encoding, data } = JSON.parse(json ?? '') as { encoding: string; data: string }
        expect(encoding).toBe('columns-gzip-base91')
        return { id, part: fromColumns(JSON.parse(gunzipSync(fromBase91(data)).toString())) as unknown }
      },
    )
    expect(parts.map(({ id }) => id)).toEqual(['results', 'results-0', 'results-1'])
    const [run, ...ofScenarios] = parts.map(({ part }) => part)
    expect(withParts(run as Results, ofScenarios as ScenarioPart[])).toEqual(JSON.parse(JSON.stringify(slim)))
  })

  it('stand as they are when there is little of them', () => {
    const little = { ...results, cells: [], comparisons: [], entries: [], groups: [], findings: [] }
    expect(embedded(little).text).toContain('"schemaVersion":2')
  })
})
