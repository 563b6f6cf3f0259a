import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LineSplitter } from '../src/index.js'

/** All lines of these chunks, the one that has no end last. */
function linesOf(chunks: readonly (string | Uint8Array)[], longest?: number): string[] {
  const lines = new LineSplitter(longest)
  return [...chunks.flatMap((chunk) => lines.push(chunk)), ...lines.end()]
}

describe('lines', () => {
  it.each([
    { chunks: [], lines: [], because: 'nothing came' },
    { chunks: [''], lines: [], because: 'nothing is no line' },
    { chunks: ['one\n'], lines: ['one'], because: 'an end makes no second line' },
    { chunks: ['one'], lines: ['one'], because: 'the last one may have no end' },
    { chunks: ['o', 'n', '', 'e\ntw', 'o\n'], lines: ['one', 'two'], because: 'chunks are cut anywhere' },
    { chunks: ['one\ntwo\nthree'], lines: ['one', 'two', 'three'], because: 'a chunk may hold several' },
    { chunks: ['one\n\n\ntwo'], lines: ['one', '', '', 'two'], because: 'empty lines are lines' },
    { chunks: ['one\r\ntwo\r\n'], lines: ['one', 'two'], because: '\\r\\n is one end' },
    { chunks: ['one\r', '\ntwo'], lines: ['one', 'two'], because: '\\r\\n is one end when it is cut in two' },
    { chunks: ['one\r', '', '\ntwo'], lines: ['one', 'two'], because: 'also around an empty chunk' },
    { chunks: ['one\r', '\n', '\ntwo'], lines: ['one', '', 'two'], because: 'the \\n after it is one of its own' },
    { chunks: ['1 %\r2 %\r', '3 %\n'], lines: ['1 %', '2 %', '3 %'], because: 'progress is written over with \\r' },
    { chunks: ['1 %\r', '\r2 %'], lines: ['1 %', '', '2 %'], because: 'two \\r are two ends' },
    { chunks: [' one \n'], lines: [' one '], because: 'blanks are part of a line' },
  ])('$chunks are $lines: $because', ({ chunks, lines }) => expect(linesOf(chunks)).toEqual(lines))

  it('come as soon as they have an end', () => {
    const lines = new LineSplitter()
    expect(lines.push('1 %\r')).toEqual(['1 %'])
    expect(lines.push('\none')).toEqual([])
    expect(lines.push('\n')).toEqual(['one'])
    expect(lines.end()).toEqual([])
  })

  it.each([
    { chunks: ['abcdef\ng\n'], lines: ['abcd', 'g'], because: 'what is beyond the limit is dropped' },
    { chunks: ['abc', 'def', 'ghi\ng\n'], lines: ['abcd', 'g'], because: 'in however many chunks it comes' },
    { chunks: ['abcd\n'], lines: ['abcd'], because: 'a line at the limit is whole' },
    { chunks: ['abcdef'], lines: ['abcd'], because: 'also where it has no end' },
  ])('of at most four characters: $chunks are $lines, for $because', ({ chunks, lines }) =>
    expect(linesOf(chunks, 4)).toEqual(lines),
  )

  it('are the same however their bytes are cut, within a character too', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'é', '€', '🙂', '\n', '\r', '\r\n') })
    fc.assert(
      fc.property(text, fc.array(fc.nat(60), { maxLength: 8 }), (written, cuts) => {
        const bytes = new TextEncoder().encode(written)
        const at = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length]
        const chunks = at.slice(1).map((to, index) => bytes.subarray(at[index], to))
        const whole = written.split(/\r\n|\n|\r/)
        if (whole.at(-1) === '') whole.pop()
        expect(linesOf(chunks)).toEqual(whole)
      }),
    )
  })

  it('show a character that never became whole as one that is unknown', () =>
    expect(linesOf([new TextEncoder().encode('a€').subarray(0, 2)])).toEqual(['a\uFFFD']))
})
