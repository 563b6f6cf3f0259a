/** The proxy between a real client and a real server, both on this machine. */
import { createServer, request, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { NOT_TEXT, type SeenExchange } from '@bakeoff/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RecordingProxy } from '../src/recording-proxy.js'

let server: Server
let proxy: RecordingProxy
/** what the server was asked, headers included */
const asked: { url: string; headers: Record<string, unknown>; body: string }[] = []
const seen: SeenExchange[] = []

beforeEach(async () => {
  asked.length = 0
  seen.length = 0
  server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    asked.push({ url: incoming.url ?? '', headers: incoming.headers, body: Buffer.concat(chunks).toString() })
    const { port } = server.address() as AddressInfo
    if (incoming.url === '/elsewhere') response.writeHead(302, { location: `http://127.0.0.1:${port}/orders` }).end()
    else if (incoming.url === '/bytes')
      response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.from([0xff, 0x00]))
    else if (incoming.url === '/cut') {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '10' })
      response.write('{', () => incoming.socket.destroy())
    } else {
      response.writeHead(200, ['content-type', 'application/json', 'set-cookie', 'a=1', 'set-cookie', 'b=2'])
      response.end(JSON.stringify({ url: incoming.url }))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  proxy = await RecordingProxy.open(new URL(`http://127.0.0.1:${port}`), {
    port: 0,
    onExchange: (one) => seen.push(one),
  })
})

afterEach(async () => {
  await proxy[Symbol.asyncDispose]()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

describe('a recording proxy', () => {
  it('passes requests on and answers back, and keeps both', async () => {
    const response = await fetch(`${proxy.origin}/orders?a=1`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer x', 'accept-encoding': 'gzip' },
      body: '{"item":1}',
    })
    expect(await response.json()).toEqual({ url: '/orders?a=1' })
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    // What the service needs reaches it: leaving secrets out is for what is written.
    expect(asked[0]).toMatchObject({
      url: '/orders?a=1',
      body: '{"item":1}',
      headers: {
        authorization: 'Bearer x',
        'accept-encoding': 'identity',
        host: new URL(`http://${asked[0]?.headers.host}`).host,
      },
    })
    expect(proxy.seen).toEqual([
      expect.objectContaining({
        method: 'POST',
        path: '/orders?a=1',
        body: '{"item":1}',
        answer: { status: 200, contentType: 'application/json', isEmpty: false, body: '{"url":"/orders?a=1"}' },
      }),
    ])
    await vi.waitFor(() => expect(seen).toHaveLength(1))
  })

  it('keeps the order in which it was asked', async () => {
    await Promise.all(['/a', '/b', '/c', '/d'].map((path) => fetch(`${proxy.origin}${path}`)))
    expect(proxy.seen.map(({ path }) => path).sort()).toEqual(['/a', '/b', '/c', '/d'])
  })

  it('sends a client that follows a redirect back to itself', async () => {
    const response = await fetch(`${proxy.origin}/elsewhere`, { redirect: 'manual' })
    expect(response.headers.get('location')).toBe(`${proxy.origin}/orders`)
  })

  it('passes bytes on as they are, and keeps that they are no text', async () => {
    const response = await fetch(`${proxy.origin}/bytes`, { method: 'PUT', body: new Uint8Array([0xff]) })
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0xff, 0x00])
    expect(proxy.seen[0]).toMatchObject({ body: NOT_TEXT, answer: { body: null, isEmpty: false } })
  })

  it('answers 502 when the server is gone, and records nothing', async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    const response = await fetch(`${proxy.origin}/a`)
    expect(response.status).toBe(502)
    expect(await response.text()).toContain('gave no answer')
    expect(proxy.seen).toEqual([])
  })

  it('cuts an answer that is cut, and records nothing', async () => {
    await expect(fetch(`${proxy.origin}/cut`).then((response) => response.text())).rejects.toThrow()
    expect(proxy.seen).toEqual([])
  })

  it('is no proxy for other servers', async () => {
    const { port } = new URL(proxy.origin)
    const status = await new Promise((resolve, reject) => {
      const outgoing = request({ host: '127.0.0.1', port, path: 'http://example.com/' }, ({ statusCode }) =>
        resolve(statusCode),
      )
      outgoing.on('error', reject)
      outgoing.end()
    })
    expect(status).toBe(400)
    expect(asked).toEqual([])
  })

  it('bears what is no HTTP', async () => {
    const { port } = new URL(proxy.origin)
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => socket.write('\x16\x03\x01 hello\r\n\r\n'))
      socket.on('close', () => resolve())
      socket.on('error', () => {})
    })
    expect((await fetch(`${proxy.origin}/still`)).status).toBe(200)
  })
})
