import { Duplex } from 'node:stream'
import { LineSplitter } from '@bakeoff/model'

/** The orchestrator's end of a wire, with a program at the other end that hears lines and says lines. */
export function wireTo(hear: (line: string, say: (line: string) => void) => void): Duplex {
  const lines = new LineSplitter()
  const say = (line: string) => {
    if (!wire.destroyed) wire.push(`${line}\n`)
  }
  const wire: Duplex = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, done) {
      for (const line of lines.push(chunk)) hear(line, say)
      done()
    },
  })
  return wire
}
