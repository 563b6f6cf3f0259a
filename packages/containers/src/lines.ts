import type { Readable } from 'node:stream'
import { LineSplitter } from '@bakeoff/model'

/**
 * Calls `call` for every line until the stream ends, breaks or is destroyed. An error of the stream is ignored: its owner reports it.
 *
 * @param longest characters of a line that are kept
 */
export function eachLine(stream: Readable, call: (line: string) => void, longest?: number): void {
  const lines = new LineSplitter(longest)
  const tell = (found: readonly string[]) => {
    for (const line of found) call(line)
  }
  stream
    .on('error', () => undefined) // an unheard error would end the process
    .on('data', (chunk: Buffer | string) => tell(lines.push(chunk)))
    .on('end', () => tell(lines.end()))
}
