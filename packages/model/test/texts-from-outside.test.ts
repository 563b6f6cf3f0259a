/** Texts that a target, a container or a file chose: none is obeyed by who shows it, and none is long. */
import { describe, expect, it } from 'vitest'
import {
  BakeoffError,
  boundedLog,
  boundedText,
  MOST_LOG_CHARACTERS,
  readTargetInfo,
  toErrorRecord,
  visibleText,
} from '../src/index.js'

const ESC = '\u001b'

describe('text from outside', () => {
  it.each([
    { because: 'plain text stays', text: 'Größe 3 µs\t→ ok\nnext 🙂', shown: 'Größe 3 µs\t→ ok\nnext 🙂' },
    { because: 'colours are seen, not obeyed', text: `${ESC}[31mred`, shown: '␛[31mred' },
    { because: 'a title or a clipboard is not set', text: `${ESC}]52;c;YQ==\u0007`, shown: '␛]52;c;YQ==␇' },
    { because: 'an escape sequence may begin with one C1 control', text: '\u009b2J', shown: '\\u009b2J' },
    { because: 'a line is not written over', text: 'failed\rpassed', shown: 'failed␍passed' },
    { because: 'nor taken back', text: 'no\b\bok\u007f', shown: 'no␈␈ok␡' },
    { because: 'direction stays as it is', text: 'a\u202eb\u2066c\u200f', shown: 'a\\u202eb\\u2066c\\u200f' },
    {
      because: 'nothing hides without a width',
      text: 'go\u200b\ufeff\u00ad-chi',
      shown: 'go\\u200b\\ufeff\\u00ad-chi',
    },
    { because: 'a line ends at a line feed only', text: 'a\u2028b\u0085c', shown: 'a\\u2028b\\u0085c' },
    { because: 'tags beyond the first plane are spelled in pairs', text: '\u{e0041}', shown: '\\udb40\\udc41' },
    { because: 'half a pair is no character', text: 'x\ud800y', shown: 'x\\ud800y' },
  ])('$because', ({ text, shown }) => {
    expect(visibleText(text)).toBe(shown)
    expect(visibleText(shown)).toBe(shown)
  })

  it('leaves JSON a document with the same value', () => {
    const value = { a: `${ESC}[31m\u009b2J\\\u202e"\u{e0041}\n`, b: ['\u007f\\', '\u2028'] }
    for (const indent of [undefined, 2])
      expect(JSON.parse(visibleText(JSON.stringify(value, null, indent)))).toEqual(
        // JSON has no need to spell DEL, so here it is a picture.
        { ...value, b: ['␡\\', '\u2028'] },
      )
  })
})

describe('the length of a text from outside', () => {
  it('is bounded, and says how long it was', () => {
    expect(boundedText('x'.repeat(400))).toHaveLength(400)
    expect(boundedText('x'.repeat(1e6))).toBe(`${'x'.repeat(400)}… (1000000 characters)`)
    expect(boundedText(`${'x'.repeat(399)}🙂🙂`)).toBe(`${'x'.repeat(399)}… (403 characters)`)
  })

  it.each([
    { because: 'a log of many lines', lines: Array.from({ length: 10_000 }, (_, index) => `line ${index}`), kept: 40 },
    { because: 'a log of long lines', lines: Array.from({ length: 100 }, () => 'x'.repeat(20_000)), kept: 39 },
    { because: 'a log of one endless line', lines: ['x'.repeat(2e6)], kept: 1 },
  ])('is bounded in $because, and the newest are kept', ({ lines, kept }) => {
    const bounded = boundedLog(lines)
    expect(bounded).toHaveLength(kept)
    expect(bounded.at(-1)).toBe(boundedText(lines.at(-1)!))
    expect(bounded.join('').length).toBeLessThanOrEqual(MOST_LOG_CHARACTERS)
  })

  it('is bounded in every error, whoever made it', () => {
    const long = 'x'.repeat(1e6)
    const told = new BakeoffError('WRONG_ANSWERS', long, { hint: long, logTail: [long, long] })
    for (const error of [told, new Error(long), long])
      expect(JSON.stringify(toErrorRecord(error)).length).toBeLessThan(30_000)
  })
})

describe('what a target says about itself', () => {
  const wide = (member: unknown, count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`m${index}`, member]))
  const nested = (depth: number) => `{"flags":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`
  const honest = { language: 'go', languageVersion: '1.24', versions: { chi: '5' }, cpus: 1, flags: { gc: [1, 'x'] } }

  it('is kept as it is when it is a usual answer', () => {
    expect(readTargetInfo(JSON.stringify(honest))).toEqual({ info: honest, isCut: false })
  })

  it.each([
    { because: 'it has a thousand members', body: JSON.stringify({ ...honest, ...wide('x'.repeat(5000), 1000) }) },
    {
      because: 'it has them in a known one',
      body: JSON.stringify({ ...honest, versions: wide('x'.repeat(99), 1000) }),
    },
    { because: 'its names are long', body: JSON.stringify({ ...honest, flags: { ['n'.repeat(1e6)]: 1 } }) },
    { because: 'a value is long', body: JSON.stringify({ ...honest, server: 'x'.repeat(1e6) }) },
    {
      because: 'a list is long',
      body: JSON.stringify({ ...honest, list: Array.from({ length: 1e5 }, () => 'y'.repeat(300)) }),
    },
    {
      because: 'it is wide at every depth',
      body: JSON.stringify({ ...honest, w: wide(wide(wide('z'.repeat(300), 60), 60), 60) }),
    },
    { because: 'it is nested a hundred thousand times', body: nested(100_000) },
    { because: 'numbers are many', body: JSON.stringify({ ...honest, w: wide(wide(1.2345678901234567e300, 64), 64) }) },
  ])('is cut when $because', ({ body }) => {
    const { info, isCut } = readTargetInfo(body)
    expect(isCut).toBe(true)
    expect(JSON.stringify(info).length).toBeLessThanOrEqual(16 * 1024)
    if (body.includes('"language":"go"')) expect(info).toMatchObject({ language: 'go', cpus: 1 })
  })

  it('has no prototype of its own', () => {
    const { info } = readTargetInfo('{"__proto__":{"polluted":1},"flags":{"__proto__":{"polluted":1},"constructor":1}}')
    expect(info).toEqual({ flags: { constructor: 1 } })
    expect((info as unknown as { polluted?: number }).polluted).toBeUndefined()
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })

  it.each(['', 'null', '[]', '"go"', '{"cpus":"many"}', '{', '\u0000'])('is nothing when it is %j', (body) => {
    expect(readTargetInfo(body).info).toBeNull()
  })
})
