import type { Readable } from 'node:stream'
import { LineSplitter } from '@bakeoff/model'

/** Calls for every line until the stream ends, breaks or is destroyed; an error of it is none of ours. */
export function eachLine(stream: Readable, call: (line: string) => void): void {
  const lines = new LineSplitter()
  const tell = (found: readonly string[]) => {
    for (const line of found) call(line)
  }
  stream
    .on('error', () => undefined) // one that nobody hears ends the process
    .on('data', (chunk: Buffer | string) => tell(lines.push(chunk)))
    .on('end', () => tell(lines.end()))
}
