import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LineJoiner } from '../src/client/progress.js'
import { hideInAddresses, redactorOf } from '../src/redact.js'

/** What may stand for itself in a URL's user information, and what must be encoded there. */
const word = fc.string({
  unit: fc.constantFrom(...'abcXYZ019-_.~!$&()+,;=%:@/#? üß"\'\\'),
  minLength: 6,
  maxLength: 24,
})
const name = fc.constantFrom('HTTP_PROXY', 'https_proxy', 'ALL_PROXY', 'ftp_proxy')
const around = fc.string({ maxLength: 30 })
const basic = (user: string, password: string) => Buffer.from(`${user}:${password}`).toString('base64')

const spellings: Record<string, (user: string, password: string, address: string) => string> = {
  'as the address': (_, __, address) => address,
  'as a password': (_, password) => password,
  'encoded as in the address': (_, password) => encodeURIComponent(password),
  'as a pair': (user, password) => `${user}:${password}`,
  'as the header that it is sent in': (user, password) => `Proxy-Authorization: Basic ${basic(user, password)}`,
  'as the header’s value alone': (user, password) => basic(user, password),
  'inside JSON': (_, password) => JSON.stringify({ password }),
}

describe('the password of a proxy', () => {
  it.each(Object.keys(spellings))('is in no line that a build prints, %s', (how) => {
    fc.assert(
      fc.property(name, word, word, around, around, fc.nat(200), (variable, user, password, before, after, cut) => {
        const address = `http://${encodeURIComponent(user)}:${encodeURIComponent(password)}@proxy.example:3128`
        const printed = spellings[how]?.(user, password, address) ?? ''
        const text = `${before}${printed}${after}`
        const joiner = new LineJoiner(redactorOf({ [variable]: address }))
        const lines = [...joiner.push(text.slice(0, cut)), ...joiner.push(text.slice(cut)), ...joiner.end()].join('\n')
        fc.pre(!before.includes(password) && !after.includes(password))
        const escaped = JSON.stringify(password).slice(1, -1)
        for (const secret of [password, escaped, encodeURIComponent(password), basic(user, password)]) {
          // A part of what is around it may complete it by chance; then it is not the secret that was printed.
          if (printed.includes(secret)) expect(lines).not.toContain(secret)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('does not lie across the cut of a line without end', () => {
    const password = 'correct-horse-battery'
    const redact = redactorOf({ HTTP_PROXY: `http://me:${password}@proxy:3128` })
    for (const offset of [-30, -10, 0, 10, 30]) {
      const joiner = new LineJoiner(redact)
      joiner.push('x'.repeat(64 * 1024 - password.length + offset))
      joiner.push(`${password}${'y'.repeat(100_000)}`)
      const [line = ''] = joiner.push('\n')
      expect(line.length).toBeLessThan(66 * 1024)
      expect(line).not.toMatch(/corr|horse|batt/)
    }
  })
})

describe('what is hidden', () => {
  const redact = redactorOf({
    HTTP_PROXY: 'http://ci-user:p%40ss%2Fword@proxy.example:3128/',
    https_proxy: 'token-without-password@proxy.example:3128',
    no_proxy: 'intern.example',
    PASSWORD: 'of-something-else',
  })
  it.each([
    { text: 'curl: (5) Could not resolve proxy http://ci-user:p%40ss%2Fword@proxy.example', because: 'as given' },
    { text: 'http_proxy is p@ss/word', because: 'decoded' },
    { text: `> Proxy-Authorization: Basic ${Buffer.from('ci-user:p@ss/word').toString('base64')}`, because: 'as sent' },
    { text: 'using token-without-password', because: 'a token in place of a user' },
  ])('$because', ({ text }) => expect(redact(text)).not.toMatch(/p%40ss|p@ss|token-without|Y2kt/))

  it.each([
    { text: 'pip: https://me:secret@pypi.example/simple', expected: 'pip: https://***@pypi.example/simple' },
    { text: 'git+ssh://git@host.example/x and a@b', expected: 'git+ssh://***@host.example/x and a@b' },
    { text: 'https://host.example/@scope/name', expected: 'https://host.example/@scope/name' },
    { text: 'authorization: Basic bWU6c2VjcmV0', expected: 'authorization: Basic ***' },
  ])('in any address: $text', ({ text, expected }) => expect(hideInAddresses(text)).toBe(expected))

  it('is nothing where there is nothing to hide', () => {
    for (const text of ['proxy.example:3128', 'of-something-else', 'intern.example']) expect(redact(text)).toBe(text)
    expect(redactorOf({ HTTP_PROXY: 'http://proxy.example:3128' })('http proxy')).toBe('http proxy')
    expect(redactorOf({ HTTP_PROXY: 'http://u:p@proxy.example' })('up the pipe'), 'too short').toBe('up the pipe')
  })
})
