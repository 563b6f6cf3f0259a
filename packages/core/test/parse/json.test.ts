import { describe, expect, it } from 'vitest'
import { parseJson } from '../../src/parse/json.js'

describe('a JSON text that is wrong', () => {
  it.each([
    { text: '', line: 1, column: 1, isCut: true, because: 'an empty file' },
    { text: '{"a":', line: 1, column: 6, isCut: true, because: 'cut after a colon' },
    { text: '{"a":"x', line: 1, column: 8, isCut: true, because: 'cut within a text' },
    { text: '{"a":1,\n "b": tr', line: 2, column: 9, isCut: true, because: 'cut within a literal' },
    { text: '{"a":1,\n"b" 2}', line: 2, column: 5, isCut: false, because: 'a member without its colon' },
    { text: '<html>not found</html>', line: 1, column: 1, isCut: false, because: 'a page instead of data' },
    { text: `{"a":[${'1,'.repeat(500)}x]}`, line: 1, column: 1007, isCut: false, because: 'a letter far in' },
    { text: '{"a":1}\n}', line: 2, column: 1, isCut: false, because: 'more after its end' },
    { text: '\0\0\0\0', line: 1, column: 1, isCut: false, because: 'zeros, as a power cut leaves them' },
  ])('is told with its place: $because', ({ text, line, column, isCut }) => {
    expect(parseJson(text)).toMatchObject({ ok: false, line, column, isCut })
  })

  it('is told in a few words, whatever the text holds', () => {
    expect(parseJson(`[${'"long",'.repeat(100)}?]`)).toMatchObject({ message: "Unexpected token '?'" })
  })
})
