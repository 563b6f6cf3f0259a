import { BakeoffError } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { readCurl } from '../../src/index.js'

const requestsOf = (text: string) => readCurl('--curl', text, 'dropped').recorded.map(({ request }) => request)

function problemOf(text: string): { message: string; hints: string } {
  try {
    readCurl('commands.sh', text, 'dropped')
  } catch (error) {
    if (error instanceof BakeoffError) return { message: error.message, hints: error.message }
    throw error
  }
  throw new Error('nothing was wrong')
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const JSON_TYPE = { 'content-type': 'application/json' }

describe('a curl command', () => {
  it.each([
    { command: 'curl http://x/orders', request: { method: 'GET', path: '/orders', headers: {}, body: null } },
    { command: 'curl localhost:3000', request: { path: '/' } },
    { command: "curl 'http://x/a b?q=ü'", request: { path: '/a%20b?q=%C3%BC' } },
    { command: 'curl -X DELETE http://x/1', request: { method: 'DELETE', path: '/1' } },
    { command: 'curl -XPUT -d a=1 http://x', request: { method: 'PUT', body: 'a=1', headers: FORM } },
    { command: 'curl http://x -d a=1 --data b=2', request: { method: 'POST', body: 'a=1&b=2' } },
    {
      command: `curl http://x -H 'Content-Type: application/json' -d '{"a":"it'\\''s"}'`,
      request: { method: 'POST', headers: JSON_TYPE, body: '{"a":"it\'s"}' },
    },
    {
      command: `curl --json '{"a":1}' http://x`,
      request: { method: 'POST', headers: { ...JSON_TYPE, accept: 'application/json' }, body: '{"a":1}' },
    },
    { command: `curl --data-raw @x http://x`, request: { body: '@x' } },
    { command: `curl --data-raw $'{"a":"it\\'s\\n"}' http://x`, request: { body: '{"a":"it\'s\n"}' } },
    { command: 'curl -G -d a=1 -d b=2 http://x/s', request: { method: 'GET', path: '/s?a=1&b=2', body: null } },
    { command: 'curl -G -d b=2 http://x/s?a=1', request: { path: '/s?a=1&b=2' } },
    { command: "curl --data-urlencode 'q=a b&c' --data-urlencode 'x y' http://x", request: { body: 'q=a+b%26c&x+y' } },
    { command: 'curl --url http://x/a -sSL --compressed -o /dev/null -w "%{http_code}"', request: { path: '/a' } },
    { command: 'curl -I http://x', request: { method: 'HEAD' } },
    { command: 'curl http://x/a#part', request: { path: '/a' } },
    { command: '$ curl http://x/a', request: { path: '/a' } },
    {
      command: 'curl -H "Accept: a" -H "X-Empty;" -H "Host:" http://x',
      request: { headers: { accept: 'a', 'x-empty': '' } },
    },
    { command: 'curl \\\n  -H "Accept: a" \\\n  http://x/a', request: { headers: { accept: 'a' }, path: '/a' } },
  ])('$command', ({ command, request }) => expect(requestsOf(command)).toEqual([expect.objectContaining(request)]))

  it('is one of several, on lines of their own or joined', () => {
    const text =
      '# all orders\ncurl http://x/a\ncurl http://x/b && curl http://x/c; curl http://x/d http://x/e --next -d a=1 http://x/f\n'
    expect(requestsOf(text).map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /a',
      'GET /b',
      'GET /c',
      'GET /d',
      'GET /e',
      'POST /f',
    ])
  })

  it.each([
    '-u ada:S3CRET',
    "-H 'Authorization: Bearer S3CRET'",
    '-H "Authorization: Bearer $TOKEN"',
    "-b 'sid=S3CRET'",
    "-H 'X-Api-Key: S3CRET'",
    '--oauth2-bearer S3CRET',
  ])('has a secret that is not copied: %s', (option) => {
    const { sent, ...recording } = readCurl('--curl', `curl ${option} http://x`, 'dropped')
    expect(JSON.stringify(recording)).not.toMatch(/S3CRET|TOKEN\b.*Bearer/)
    expect(recording.recorded[0]?.request.headers).toEqual({})
    expect(recording.notes.join('\n')).toContain('is left out: it has a secret')
    const { sent: same, ...values } = readCurl('--curl', `curl ${option} http://x`, 'values')
    expect(JSON.stringify(values)).not.toContain('S3CRET')
    expect(same).toEqual(sent) // which answers may repeat, and are searched for
    expect(values.secrets).toHaveLength(1)
  })

  it.each([
    { of: 'as curl has it', option: '-u ada:S3CRET', sent: ['ada:S3CRET', 'S3CRET'] },
    {
      of: 'as it is sent',
      option: "-H 'Authorization: Basic YWRhOlMzQ1JFVA=='",
      sent: ['YWRhOlMzQ1JFVA==', 'ada:S3CRET', 'S3CRET'],
    },
    { of: 'too short to be looked for alone', option: '-u ada:ab', sent: ['ada:ab'] },
  ])('has a password that an answer may repeat alone, $of', ({ option, sent }) => {
    expect(readCurl('--curl', `curl ${option} http://x`, 'dropped').sent).toEqual(sent)
  })

  it.each([
    { text: 'curl -d "id=$ID" http://x', at: '1:13', says: '$ID is not filled in' },
    { text: 'curl http://$HOST/a', at: '1:13', says: '$HOST is not filled in' },
    { text: 'curl http://x \\\n  -d @body.json', at: '2:6', says: '-d @body.json is not read' },
    { text: 'curl -F file=@x http://x', at: '1:6', says: '-F is not read' },
    { text: 'curl --form-strin a=b http://x', at: '1:6', says: 'Did you mean --form-string?' },
    { text: 'curl http://x | jq .', at: '1:15', says: '"|" is not read' },
    { text: 'wget http://x', at: '1:1', says: '"wget" is not curl' },
    { text: 'curl -H', at: '1:6', says: '-H has no argument' },
    { text: "curl -d 'a http://x", at: '1:9', says: 'this quote is not closed' },
    { text: 'curl -X POST', at: '1:1', says: 'this command has no address' },
    { text: 'curl "http://x/[1-9]"', at: '1:6', says: 'curl would make several addresses' },
    { text: 'curl "http://x/{a,b}"', at: '1:6', says: 'Write a command for each.' },
    { text: 'curl ftp://x/a', at: '1:6', says: '"ftp://x/a" is no address' },
    { text: 'curl "http://x" -H ^"a: b^"', at: '1:20', says: 'Copy as cURL (bash)' },
    { text: 'curl -sZ http://x', at: '1:8', says: '-Z is not read' },
    { text: '', at: '1:1', says: 'there is no request in it' },
    { text: '# nothing', at: '1:1', says: 'there is no request in it' },
  ])('is refused with its place: $text', ({ text, at, says }) => {
    const { message } = problemOf(text)
    expect(message).toContain(`commands.sh:${at}: `)
    expect(message).toContain(says)
  })

  it('tells everything that is wrong at once', () => {
    const { message } = problemOf('curl -F a=b -T x http://x\nwget http://y')
    expect(message).toContain('commands.sh:1:6: -F is not read')
    expect(message).toContain('commands.sh:1:13: -T is not read')
    expect(message).toContain('commands.sh:2:1: "wget" is not curl')
  })
})
