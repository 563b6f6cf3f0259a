import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { Frames, linesOf, wireOf } from '../src/session/wire.js'

const OUT = 1
const ERR = 2

function frame(kind: number, payload: string): Buffer {
  const header = Buffer.from([kind, 0, 0, 0, 0, 0, 0, 0])
  header.writeUInt32BE(Buffer.byteLength(payload), 4)
  return Buffer.concat([header, Buffer.from(payload)])
}

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** Both ends of a connection: the engine's, which speaks for the container, and ours. */
async function connection(): Promise<{ container: Socket; socket: Socket }> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [container] = (await once(server, 'connection')) as [Socket]
  return { container, socket }
}

/** What arrives until the other side ends; unlike iterating, this leaves the socket open for the answer. */
async function sentTo(container: Socket): Promise<string> {
  let sent = ''
  container.on('data', (chunk) => {
    sent += chunk
  })
  await once(container, 'end')
  return sent
}

describe('frames', () => {
  it.each([1, 2, 3, 7, 8, 9, 100])('come together from pieces of %i bytes', (size) => {
    const bytes = Buffer.concat([frame(OUT, 'first'), frame(ERR, ''), frame(ERR, 'oops'), frame(OUT, 'é'.repeat(50))])
    const frames = new Frames()
    const payloads: [number, Buffer][] = []
    for (let at = 0; at < bytes.length; at += size) {
      for (const { kind, payload } of frames.take(bytes.subarray(at, at + size))) payloads.push([kind, payload])
    }
    const said = (kind: number) => Buffer.concat(payloads.filter(([k]) => k === kind).map(([, p]) => p)).toString()
    expect(said(OUT)).toBe(`first${'é'.repeat(50)}`)
    expect(said(ERR)).toBe('oops')
  })

  it.each([
    { log: Buffer.concat([frame(OUT, 'a\n'), frame(ERR, 'b\r\n'), frame(OUT, 'c')]), expected: ['a', 'b', 'c'] },
    { log: Buffer.concat([frame(OUT, 'a\n'), frame(OUT, '\n')]), expected: ['a', ''] },
    { log: Buffer.alloc(0), expected: [] },
  ])('are the lines $expected', ({ log, expected }) => expect(linesOf(log)).toEqual(expected))
})

describe('the wire to a container', () => {
  it('gives stdout without stderr, and sends what is written', async () => {
    const { container, socket } = await connection()
    const wire = wireOf(socket)
    wire.end('question')
    expect(await sentTo(container)).toBe('question')
    container.end(Buffer.concat([frame(OUT, 'an'), frame(ERR, 'noise'), frame(OUT, 'swer')]))
    expect(await text(wire)).toBe('answer')
  })

  it('goes on giving stdout after stdin was closed', async () => {
    const { container, socket } = await connection()
    const wire = wireOf(socket)
    wire.end()
    expect(await sentTo(container)).toBe('')
    container.end(frame(OUT, 'last words'))
    expect(await text(wire)).toBe('last words')
  })

  it('does not read faster than it is read, and loses nothing', async () => {
    const { container, socket } = await connection()
    const wire = wireOf(socket)
    const all = 64 * 1024 * 1024 // more than the kernel buffers
    for (let written = 0; written < all; written += 65_536) container.write(frame(OUT, 'x'.repeat(65_536)))
    container.end()
    await sleep(200)
    expect(socket.bytesRead).toBeLessThan(1024 * 1024)
    let length = 0
    for await (const chunk of wire) length += (chunk as Buffer).length
    expect(length).toBe(all)
  })

  it('ends when the connection is closed without an end', async () => {
    const { socket } = await connection()
    const wire = wireOf(socket)
    setImmediate(() => socket.destroy())
    expect(await text(wire)).toBe('')
  })

  it('fails, and takes nobody down, when the connection is reset', async () => {
    const { container, socket } = await connection()
    const wire = wireOf(socket)
    setImmediate(() => container.resetAndDestroy())
    await expect(text(wire)).rejects.toThrow('ECONNRESET')
    wire.write('nobody hears this')
    await sleep(20) // an error event without a listener would end the process here
  })
})
