import { describe, expect, it } from 'vitest'
import { cutTo, padEnd, padStart, shorten, widthOf, wrap } from '../src/width.js'

describe('the width of a text', () => {
  it.each([
    { text: 'abc', width: 3 },
    { text: '日本', width: 4, because: 'they are wide' },
    { text: 'e\u0301', width: 1, because: 'an accent stands on its letter' },
    { text: '', width: 0 },
  ])('$text takes $width columns', ({ text, width }) => expect(widthOf(text)).toBe(width))

  it.each([
    { text: 'abc', columns: 3, cut: 'abc' },
    { text: 'abcd', columns: 3, cut: 'abc' },
    { text: '日本語', columns: 3, cut: '日' },
    { text: 'e\u0301e\u0301', columns: 1, cut: 'e\u0301' },
    { text: 'a', columns: 0, cut: '' },
  ])('cut to $columns, $text is $cut', ({ text, columns, cut }) => expect(cutTo(text, columns)).toBe(cut))

  it('marks what was shortened', () => {
    expect(shorten('rust-candle', 5)).toBe('rust…')
    expect(shorten('日本語', 5)).toBe('日本…')
    expect(shorten('go', 5)).toBe('go')
    expect(shorten('go-chi', 0)).toBe('')
  })

  it('pads by columns, not by characters', () => {
    expect(padEnd('日', 4)).toBe('日  ')
    expect(padStart('日', 4)).toBe('  日')
    expect(padStart('too long', 4)).toBe('too long')
  })
})

describe('wrapping', () => {
  it.each([
    { because: 'it fits', text: 'one two', columns: 7, lines: ['one two'] },
    { because: 'the second word does not fit', text: 'one two', columns: 6, lines: ['one', '  two'] },
    { because: 'a word is longer than a line', text: 'abcdefgh', columns: 5, lines: ['abcde', '  fgh'] },
    { because: 'a long word follows another', text: 'x abcdefgh', columns: 5, lines: ['x', '  abc', '  def', '  gh'] },
    {
      because: 'a number keeps its unit',
      text: 'it was 1.8 % there',
      columns: 10,
      lines: ['it was', '  1.8 %', '  there'],
    },
    { because: 'there is nothing', text: ' \n ', columns: 5, lines: [] },
  ])('$because', ({ text, columns, lines }) => expect(wrap(text, columns, '  ')).toEqual(lines))

  it('loses no character and makes no line too wide, whatever the text', () => {
    const words = ['a', 'wide日本', 'averyverylongword', 'e\u0301', 'x'.repeat(60), '1.48', '×']
    for (let from = 0; from < words.length; from++) {
      const text = [...words.slice(from), ...words.slice(0, from)].join(' ')
      for (const columns of [8, 13, 40, 80]) {
        const lines = wrap(text, columns, '  ')
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
        for (const line of lines) expect(widthOf(line), line).toBeLessThanOrEqual(columns)
      }
    }
  })
})
