import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { requirementOf, requirements, whyUnreachable } from '../src/images/requires.js'

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

async function serve(server: Server): Promise<string> {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

const thing = (url: string) => ({ name: 'thing', title: 'the thing', url })
const plain = { env: {}, certificates: [], timeoutMs: 300 }

describe('what a build requires', () => {
  it.each([
    { status: 200, because: 'it is there', expected: null },
    { status: 302, because: 'it leads on', expected: null },
    { status: 403, because: 'a filter refuses it', expected: 'answers 403' },
    { status: 502, because: 'a gateway has lost it', expected: 'answers 502' },
  ])('is judged by its answer $status: $because', async ({ status, expected }) => {
    const methods: (string | undefined)[] = []
    const address = await serve(
      createServer(({ method }, response) => {
        methods.push(method)
        response.writeHead(status).end()
      }),
    )
    expect(await whyUnreachable(thing(`http://${address}/names`), plain)).toBe(
      expected === null ? null : `${address} ${expected}`,
    )
    expect(methods).toEqual(['HEAD'])
  })

  it('is not reachable when nobody listens', async () => {
    expect(await whyUnreachable(thing('http://127.0.0.1:9/names'), plain)).toMatch(
      /^127\.0\.0\.1:9 is not reachable: .*ECONNREFUSED/,
    )
  })

  it('is not waited for', async () => {
    const address = await serve(createServer(() => undefined))
    expect(await whyUnreachable(thing(`http://${address}/`), plain)).toBe(`${address} does not answer within 0.3 s`)
  })

  it("is asked for through the environment's proxy, as a build would", async () => {
    const asked: unknown[] = []
    const proxy = createServer().on('connect', (request, socket) => {
      asked.push([request.url, request.headers['proxy-authorization']])
      socket.end(
        `HTTP/1.1 ${request.url === 'open.example:443' ? '200 Connection established' : '403 Forbidden'}\r\n\r\n`,
      )
    })
    const env = { HTTPS_PROXY: `http://me:p%40ss@${await serve(proxy)}`, NO_PROXY: '.direct.example,localhost' }
    expect(await whyUnreachable(thing('https://open.example/'), { ...plain, env })).toBeNull()
    expect(await whyUnreachable(thing('https://closed.example/'), { ...plain, env })).toBe('closed.example answers 403')
    expect(asked).toEqual([
      ['open.example:443', `Basic ${Buffer.from('me:p@ss').toString('base64')}`],
      ['closed.example:443', `Basic ${Buffer.from('me:p@ss').toString('base64')}`],
    ])
  })

  it('goes around the proxy where the environment says so', async () => {
    const address = await serve(createServer((_request, response) => response.end()))
    const env = { HTTPS_PROXY: 'http://127.0.0.1:9', NO_PROXY: '127.0.0.1' }
    expect(await whyUnreachable(thing(`http://${address}/`), { ...plain, env })).toBeNull()
  })

  it('stops with the run', async () => {
    const address = await serve(createServer(() => undefined))
    const asked = whyUnreachable(thing(`http://${address}/`), {
      ...plain,
      timeoutMs: 20_000,
      signal: AbortSignal.timeout(20),
    })
    await expect(asked).rejects.toMatchObject({ code: 'ABORTED' })
  })

  it.each([
    { mirror: (address: string) => `http://${address}/repo/`, path: '/repo/names', because: 'with a path' },
    { mirror: (address: string) => `http://${address}`, path: '/names', because: 'without one' },
  ])('is asked of the mirror that builds are given, $because', async ({ mirror, path }) => {
    const asked: (string | undefined)[] = []
    const address = await serve(
      createServer(({ url }, response) => {
        asked.push(url)
        response.end()
      }),
    )
    const mirrored = { ...thing('http://127.0.0.1:9/names'), mirror: { argument: 'A_MIRROR', path: 'names' } }
    expect(await whyUnreachable(mirrored, { ...plain, mirrors: { A_MIRROR: mirror(address) } })).toBeNull()
    expect(asked).toEqual([path])
    expect(await whyUnreachable(mirrored, { ...plain, mirrors: { B_MIRROR: mirror(address) } })).toMatch(/ECONNREFUSED/)
  })

  it('is missing where the mirror is no address', async () => {
    const mirrored = { ...thing('http://127.0.0.1:9/names'), mirror: { argument: 'A_MIRROR', path: 'names' } }
    expect(await whyUnreachable(mirrored, { ...plain, mirrors: { A_MIRROR: 'repo.example' } })).toBe(
      'A_MIRROR is "repo.example", which is no address of a mirror',
    )
  })

  it('is one of a list', () => {
    expect(requirementOf('hex').title).toBe('the hex package repository')
    expect(requirementOf('github').title).toBe('files of GitHub releases')
    expect(() => requirementOf('hax')).toThrow(expect.objectContaining({ code: 'BAD_SPEC' }))
    expect(requirements.every(({ url }) => url.startsWith('https://'))).toBe(true)
  })
})
