import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** Calls for every line until the stream ends, breaks or is destroyed; an error of it is none of ours. */
export function eachLine(stream: Readable, call: (line: string) => void): void {
  // The interface passes the stream's error on as its own, and one that nobody hears ends the process.
  createInterface({ input: stream })
    .on('error', () => undefined)
    .on('line', call)
}
