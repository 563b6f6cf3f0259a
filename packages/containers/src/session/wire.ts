/**
 * stdin and stdout of a container as one stream. The engine multiplexes stdout and stderr over the attached socket in
 * frames with a header of eight bytes: kind (1 stdout, 2 stderr), three zeros, length (big-endian).
 */
import { Duplex } from 'node:stream'

/** Takes bytes as they come and gives back the payload of whole or partial frames, in order. */
export class Frames {
  #header = Buffer.alloc(0)
  #kind = 0
  #left = 0

  /** Empty payloads are not reported. */
  take(chunk: Buffer): { kind: number; payload: Buffer }[] {
    const out: { kind: number; payload: Buffer }[] = []
    let rest = chunk
    while (rest.length > 0) {
      if (this.#left === 0) {
        const missing = 8 - this.#header.length
        this.#header = Buffer.concat([this.#header, rest.subarray(0, missing)])
        rest = rest.subarray(missing)
        if (this.#header.length < 8) break
        this.#kind = this.#header[0] as number
        this.#left = this.#header.readUInt32BE(4)
        this.#header = Buffer.alloc(0)
      } else {
        const payload = rest.subarray(0, this.#left)
        rest = rest.subarray(payload.length)
        this.#left -= payload.length
        out.push({ kind: this.#kind, payload })
      }
    }
    return out
  }
}

/** Keeps the last lines of a text, within a limit of memory. */
export class Tail {
  #text = ''

  take(payload: Buffer): void {
    this.#text = (this.#text + payload.toString('latin1')).slice(-64 * 1024)
  }

  lines(count: number): string[] {
    return splitLines(Buffer.from(this.#text, 'latin1').toString()).slice(-count)
  }
}

/**
 * An attached socket as a Duplex: reading gives stdout, writing goes to stdin, ending it closes stdin while stdout goes
 * on. Reads and writes both wait for the slower side.
 *
 * @param hear gets stderr, which is not part of the stream
 */
export function wireOf(socket: Duplex, hear: (stderr: Buffer) => void = () => undefined): Duplex {
  const frames = new Frames()
  let over = false
  const wire = new Duplex({
    read: () => void socket.resume(),
    write: (chunk: Buffer, _encoding, done) => void socket.write(chunk, done),
    final: (done) => void socket.end(done),
    destroy(error, done) {
      socket.destroy()
      done(error)
    },
  })
  wire.on('error', () => undefined) // how the container ended says more than a broken pipe
  const finish = () => {
    if (!over) wire.push(null)
    over = true
  }
  socket.on('data', (chunk: Buffer) => {
    for (const { kind, payload } of frames.take(chunk)) {
      if (kind === 2) hear(payload)
      else if (!wire.push(payload)) socket.pause()
    }
  })
  socket.on('end', finish)
  socket.on('close', finish) // also when it closes without an end event, as the socket of a killed daemon does
  socket.on('error', (error) => {
    over = true
    wire.destroy(error)
  })
  return wire
}

/** The engine's log answer as lines: both streams in the order in which they were written. */
export function linesOf(log: Buffer): string[] {
  return splitLines(Buffer.concat(new Frames().take(log).map(({ payload }) => payload)).toString())
}

function splitLines(text: string): string[] {
  return text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/)
}
