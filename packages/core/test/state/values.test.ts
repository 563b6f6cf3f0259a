import type { ValueSpec } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { hideIn, hiderOf, valueMakers } from '../../src/index.js'

const VALUES: Record<string, ValueSpec> = {
  key: { kind: 'counter', from: 10 },
  customer: { kind: 'pick', items: ['ada', 'grace'] },
  quantity: { kind: 'between', least: 1, most: 9 },
  token: { kind: 'secret', variable: 'TOKEN' },
  id: { kind: 'captured', from: 'pool' },
}
const makers = (seed = 1, numbers = { first: 0, step: 1 }) =>
  valueMakers(VALUES, { seed, numbers, secrets: { TOKEN: 'geheim' } })
const take = (made: ReturnType<typeof makers>, key: string, count: number) =>
  Array.from({ length: count }, () => made.get(key)!())

describe('valueMakers', () => {
  it('counts from where it begins, in steps that leave room for other processes', () => {
    expect(take(makers(), 'key', 3)).toEqual(['10', '11', '12'])
    expect(take(makers(1, { first: 1001, step: 4 }), 'key', 3)).toEqual(['1011', '1015', '1019'])
  })

  it('picks every item and every number, and none else', () => {
    expect(new Set(take(makers(), 'customer', 100))).toEqual(new Set(['ada', 'grace']))
    expect([...new Set(take(makers(), 'quantity', 500))].sort()).toEqual([...'123456789'])
  })

  it('makes the same with the same seed, whatever else is made in between', () => {
    const [one, other] = [makers(), makers()]
    take(other, 'quantity', 7)
    expect(take(one, 'customer', 50)).toEqual(take(other, 'customer', 50))
    expect(take(makers(2), 'customer', 50)).not.toEqual(take(makers(3), 'customer', 50))
  })

  it('gives a secret, and makes nothing of what is captured', () => {
    expect(take(makers(), 'token', 1)).toEqual(['geheim'])
    expect(makers().has('id')).toBe(false)
  })
})

describe('hiderOf', () => {
  const hide = hiderOf({ TOKEN: 'a/b "c' })
  it.each([
    { text: 'Bearer a/b "c!', expected: 'Bearer ***!' },
    { text: 'GET /x?t=a%2Fb%20%22c', expected: 'GET /x?t=***' },
    { text: '{"t":"a/b \\"c"}', expected: '{"t":"***"}' },
    { text: `Basic ${Buffer.from('a/b "c').toString('base64')}`, expected: 'Basic ***' },
    { text: 'nothing of it', expected: 'nothing of it' },
  ])('hides it in $text', ({ text, expected }) => expect(hide(text)).toBe(expected))

  it('hides it in a header as a request has it there', () =>
    expect(hiderOf({ TOKEN: 'pässwort' })('authorization: p%C3%A4sswort')).toBe('authorization: ***'))

  describe('of a text that was cut', () => {
    const hideLong = hiderOf({ TOKEN: 'open-sesame-now' })
    it.each([
      {
        because: 'its beginning before the cut',
        text: 'token open-sesa… (700 characters)',
        expected: 'token ***… (700 characters)',
      },
      { because: 'its end after the cut', text: '…ame-now, and more', expected: '…***, and more' },
      { because: 'a quoted beginning', text: 'got "Bearer open-se"…', expected: 'got "Bearer ***"…' },
      { because: 'a quoted end', text: '…"same-now"', expected: '…"***"' },
      {
        because: 'a part that is cut on both sides',
        text: '…"x open-sesame-now y open"…',
        expected: '…"x *** y ***"…',
      },
    ])('hides $because', ({ text, expected }) => expect(hideLong(text)).toBe(expected))

    it('leaves what only begins like it', () => expect(hideLong('an ope… and…')).toBe('an ope… and…'))
  })

  it('hides it in every text of a value, and in the names of its members', () => {
    expect(hideIn({ a: ['a/b "c', 1, null], 'a/b "c': { b: true } }, hide)).toEqual({
      a: ['***', 1, null],
      '***': { b: true },
    })
  })

  it('leaves everything as it is where there is no secret', () => expect(hiderOf({})('text')).toBe('text'))
})
