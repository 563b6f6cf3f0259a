/** Answers that fill a memory or never end: what the agent holds is bounded, and what it counts adds up. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { LoadMeasurement } from '@bakeoff/model'
import { afterEach, describe, expect, it } from 'vitest'
import {
  goOn,
  loadOf,
  measureFor,
  predictWork,
  type StartedAgent,
  signal,
  startAgent,
  unaccounted,
} from './helpers/agent.js'

const MEBIBYTE = 1024 * 1024
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n'
const piece = Buffer.alloc(64 * 1024, 'x')

let server: Server | null = null
afterEach(() => void server?.close())

/** A server that answers every request in this way. */
async function serving(answer: (socket: Socket) => void): Promise<string> {
  server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', () => answer(socket))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Writes as fast as it is read, until `bytes` are written or the socket is closed. */
function pour(socket: Socket, bytes: number, chunk: Buffer | string): void {
  let left = bytes
  const more = () => {
    while (left > 0 && !socket.destroyed) {
      left -= chunk.length
      if (!socket.write(chunk)) {
        socket.once('drain', more)
        return
      }
    }
  }
  more()
}

/** Most memory that a process of the agent has ever held, in bytes. */
function peakMemory({ process: { pid } }: StartedAgent): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
  const peaks = [pid, ...children].map((each) => {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${each}/status`, 'utf8')) ?? []
    return Number(kilobytes) * 1024
  })
  return Math.max(...peaks)
}

async function loaded(agent: StartedAgent, origin: string, requestTimeoutMs = 1000): Promise<LoadMeasurement> {
  const request = loadOf(origin, { kind: 'closed', connections: 16 }, { requestTimeoutMs, sampleEvery: 1 })
  const measurement = await agent.agent.load(request, measureFor(1000), signal)
  expect(unaccounted(measurement)).toBe(0)
  return measurement
}

const endless = Number.POSITIVE_INFINITY
const line = (text: string) => Buffer.from(text.repeat(Math.ceil(piece.length / text.length)))

describe.skipIf(process.platform !== 'linux')('the agent holds little memory', () => {
  it.each([
    {
      because: 'bodies have 50 MB',
      answer: (socket: Socket) => {
        socket.write(`${HEAD}Content-Length: ${50 * MEBIBYTE}\r\n\r\n`)
        pour(socket, 50 * MEBIBYTE, piece)
      },
    },
    {
      because: 'chunks never end',
      answer: (socket: Socket) => {
        socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`)
        pour(
          socket,
          endless,
          Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]),
        )
      },
    },
    {
      because: 'the line of a chunk never ends',
      answer: (socket: Socket) => {
        socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`)
        pour(socket, endless, Buffer.alloc(piece.length, '1'))
      },
    },
    {
      because: 'what follows the last chunk never ends',
      answer: (socket: Socket) => {
        socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n0\r\n`)
        pour(socket, endless, line('X-Trailer: x\r\n'))
      },
    },
    {
      because: 'headers never end',
      answer: (socket: Socket) => {
        socket.write(HEAD)
        pour(socket, endless, line('X-Header: x\r\n'))
      },
    },
    {
      because: 'one header never ends',
      answer: (socket: Socket) => {
        socket.write(`${HEAD}X-Header: `)
        pour(socket, endless, piece)
      },
    },
    {
      because: 'interim answers never end',
      answer: (socket: Socket) => pour(socket, endless, line('HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n')),
    },
    {
      because: 'a byte comes every 50 ms',
      answer: (socket: Socket) => {
        socket.write(`${HEAD}Content-Length: 1000\r\n\r\n`)
        const timer = setInterval(() => socket.write('x'), 50)
        socket.once('close', () => clearInterval(timer))
      },
    },
    {
      because: 'every head is another one, of 30 kB',
      answer: (socket: Socket) => {
        const length = 30_000 + Math.floor(Math.random() * 4000)
        socket.write(`${HEAD}X: ${'y'.repeat(length)}\r\nContent-Length: 1\r\n\r\nx`)
      },
    },
  ])('when $because', async ({ answer }) => {
    await using agent = await startAgent()
    await agent.agent.prepare(predictWork, signal)
    const { counts } = await loaded(agent, await serving(answer))
    expect(counts.ok).toBe(0)
    expect(peakMemory(agent) / MEBIBYTE).toBeLessThan(250)
  })
})

describe('an answer that is much longer than any right one', () => {
  const long = (socket: Socket) => {
    socket.write(`${HEAD}Content-Length: ${4 * MEBIBYTE}\r\n\r\n`)
    pour(socket, 4 * MEBIBYTE, piece)
  }

  it('is wrong, is said to be too long, and its connection goes on', async () => {
    let connections = 0
    const origin = await serving(long)
    server?.on('connection', () => connections++)
    await using agent = await startAgent()
    await agent.agent.prepare(predictWork, signal)
    // A request that times out closes its connection, and a busy machine may need a second for these.
    const { counts, wrongSamples } = await loaded(agent, origin, 60_000)
    expect(counts.wrong).toBeGreaterThan(0)
    expect(counts.wrong).toBe(counts.checked)
    expect(connections).toBe(16)
    expect(wrongSamples[0]?.difference).toBe('the body is longer than 256 KiB, far more than any right answer')
  })

  it('is right where the golden one is as long', async () => {
    const origin = await serving(long)
    await using agent = await startAgent()
    const golden = [{ status: 200, contentType: 'text/plain', body: 'x'.repeat(4 * MEBIBYTE) }]
    await agent.agent.prepare({ ...predictWork, golden }, signal)
    const { counts } = await loaded(agent, origin)
    expect(counts).toMatchObject({ wrong: 0 })
    expect(counts.checked).toBeGreaterThan(0)
  })

  it('is no answer to a batch', async () => {
    const origin = await serving(long)
    await using agent = await startAgent()
    await agent.agent.prepare(predictWork, signal)
    const order = { kind: 'batch', tasks: 1, concurrency: 1, seed: 1 } as const
    const { batch, counts } = await agent.agent.load(loadOf(origin, order), goOn, signal)
    expect(batch).toBeNull()
    expect(counts).toMatchObject({ sent: 1, wrong: 1 })
  })
})
