/**
 * What the adapter (src/worker/autocannon.ts) takes for granted about autocannon and its parser, none of it
 * documented. A test that fails here after an upgrade says which line of the adapter to look at.
 */

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type AddressInfo, createServer, type Server } from 'node:net'
import autocannon from 'autocannon'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'

// biome-ignore lint/suspicious/noExplicitAny: the shape is what is tested
type Any = any

let server: Server
let client: Any
let instance: ReturnType<typeof autocannon>
/** what the server does with a request */
let behave: (socket: Any) => void = () => {}
const received: string[] = []

beforeAll(async () => {
  server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (data) => {
      received.push(data.toString())
      behave(socket)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => server.close())

const nowhere = { recordValue() {}, reset() {}, destroy() {}, __custom: true }
const open = (setup: (client: Any) => void) => {
  instance = autocannon({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: 1,
    duration: 2_000_000,
    timeout: 2_000_000,
    skipAggregateResult: true,
    histograms: { latencies: nowhere, requests: nowhere, throughput: nowhere },
    setupClient: (given) => {
      client = given
      setup(given)
    },
  })
}
beforeEach(() => {
  received.length = 0
  behave = () => {}
  return () => {
    client?.destroy()
    instance?.stop()
  }
})

it('is exactly the version that the adapter was written for', () => {
  const { dependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  const { version } = createRequire(import.meta.url)('autocannon/package.json')
  expect(version).toBe('9.0.0')
  expect(dependencies.autocannon).toBe(version)
})

it('calls setupClient before it connects, and makes its clients at once', () => {
  let atSetup: Any
  open((given) => {
    atSetup = { conn: given.conn, connect: typeof given._connect, send: typeof given._doRequest }
  })
  expect(atSetup).toEqual({ conn: undefined, connect: 'function', send: 'function' })
  expect(client.conn).toBeDefined()
})

it('connects through _connect, sends through _doRequest, and through nothing else', async () => {
  const calls: string[] = []
  open((given) => {
    const connect = given._connect
    given._doRequest = () => calls.push('send')
    given._connect = () => {
      calls.push('connect')
      connect.call(given)
    }
  })
  await once(client.conn, 'connect')
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(calls).toEqual(['connect', 'send'])
  expect(received).toEqual([])
})

it('calls _connect when the server ends a connection, and again after an error, which it tells first', async () => {
  const calls: string[] = []
  let error: Any
  open((given) => {
    const connect = given._connect
    let first = true
    given._doRequest = () => {}
    given.on('connError', (told: Any) => {
      calls.push('connError')
      error = told
    })
    given._connect = () => {
      if (!first) {
        calls.push('connect')
        return
      }
      first = false
      connect.call(given)
    }
  })
  await once(client.conn, 'connect')
  behave = (socket) => socket.end()
  client.conn.write('x')
  await once(client.conn, 'end')
  expect(calls).toEqual(['connect'])
  client.conn.emit('error', new Error('reset'))
  expect(calls).toEqual(['connect', 'connError', 'connect'])
  expect(error.message).toBe('reset')
})

it('gives what it reads to parser.execute, whichever parser it has', async () => {
  const chunks: string[] = []
  open((given) => {
    given._doRequest = () => {}
  })
  await once(client.conn, 'connect')
  client.parser = { execute: (chunk: Buffer) => chunks.push(chunk.toString()) }
  behave = (socket) => socket.write('anything')
  client.conn.write('x')
  await once(client.conn, 'data')
  expect(chunks).toEqual(['anything'])
})

it('ends for good with destroy', async () => {
  let connects = 0
  open((given) => {
    const connect = given._connect
    given._doRequest = () => {}
    given._connect = () => {
      connects++
      connect.call(given)
    }
  })
  await once(client.conn, 'connect')
  const closed = once(client.conn, 'close')
  client.destroy()
  await closed
  expect(connects).toBe(1)
})

it('builds requests with its iterator: host, keep-alive, the length of a body', () => {
  open((given) => {
    given._doRequest = () => {}
  })
  client.requestIterator.setRequests([
    { method: 'GET', path: '/a', headers: {} },
    { method: 'POST', path: '/b', headers: { 'x-y': 'z' }, body: 'é' },
  ])
  const [get, post] = client.requestIterator.requests.map(({ requestBuffer }: Any) => requestBuffer.toString())
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  expect(get).toBe(`GET /a HTTP/1.1\r\nHost: ${host}\r\nConnection: keep-alive\r\n\r\n`)
  expect(post).toBe(
    `POST /b HTTP/1.1\r\nHost: ${host}\r\nConnection: keep-alive\r\nx-y: z\r\nContent-Length: 2\r\n\r\né`,
  )
})

it('reads with a parser that has these members and tells these things', () => {
  open((given) => {
    given._doRequest = () => {}
  })
  const Parser = client.parser.constructor
  expect([
    Parser.RESPONSE,
    Parser.kOnHeaders,
    Parser.kOnHeadersComplete,
    Parser.kOnBody,
    Parser.kOnMessageComplete,
  ]).toEqual(['RESPONSE', 1, 2, 3, 4])
  const parser = new Parser(Parser.RESPONSE)
  const told: unknown[] = []
  parser[Parser.kOnHeadersComplete] = ({ statusCode, headers, shouldKeepAlive }: Any) => {
    told.push({ statusCode, headers, shouldKeepAlive })
    return false
  }
  parser[Parser.kOnBody] = (chunk: Buffer, start: number, length: number) =>
    told.push(chunk.subarray(start, start + length).toString())
  parser[Parser.kOnMessageComplete] = () => told.push({ left: parser.end - parser.offset })

  const answer = 'HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 2\r\n\r\nok'
  expect(Parser.prototype.execute.call(parser, Buffer.from(`${answer}HTT`))).toBe(answer.length + 3)
  expect(told).toEqual([
    { statusCode: 200, headers: ['A', 'b', 'Content-Length', '2'], shouldKeepAlive: true },
    'ok',
    { left: 3 },
  ])

  told.length = 0
  expect(parser.execute(Buffer.from('P what?\r\n'))).toBeInstanceOf(Error)

  const unsized = new Parser(Parser.RESPONSE)
  for (const event of [Parser.kOnHeadersComplete, Parser.kOnBody, Parser.kOnMessageComplete])
    unsized[event] = parser[event]
  unsized.execute(Buffer.from('HTTP/1.1 200 OK\r\n\r\nok'))
  expect(told).toEqual([{ statusCode: 200, headers: [], shouldKeepAlive: false }, 'ok'])
  unsized.finish()
  expect(told).toHaveLength(3)

  told.length = 0
  const interim = new Parser(Parser.RESPONSE)
  interim[Parser.kOnHeadersComplete] = ({ statusCode }: Any) => {
    told.push(statusCode)
    return true // no body
  }
  interim[Parser.kOnMessageComplete] = () => told.push('complete')
  interim.execute(Buffer.from('HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n\r\nHTTP/1.1 200 OK\r\n\r\n'))
  expect(told).toEqual([103, 'complete', 200, 'complete'])
})
