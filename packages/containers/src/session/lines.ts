import type { Readable } from 'node:stream'
import { LineSplitter } from '@bakeoff/model'

/** Calls `call` for every line until the stream ends, breaks or is destroyed. An error of the stream is ignored: its owner reports it. */
export function eachLine(stream: Readable, call: (line: string) => void): void {
  const lines = new LineSplitter()
  const tell = (found: readonly string[]) => {
    for (const line of found) call(line)
  }
  stream
    .on('error', () => undefined) // an unheard error would end the process
    .on('data', (chunk: Buffer | string) => tell(lines.push(chunk)))
    .on('end', () => tell(lines.end()))
}
