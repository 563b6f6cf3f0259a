import { StringDecoder } from 'node:string_decoder'

/**
 * Cuts a stream of chunks into lines. A chunk may hold half a line, or half a character.
 *
 * @param onLine called with every line that is complete, without its end; empty ones are left out
 */
export function lineSplitter(onLine: (line: string) => void): (chunk: Buffer | string) => void {
  const decoder = new StringDecoder('utf8')
  /** pieces of the line that is not complete: joined once, since a line may be megabytes long */
  let pieces: string[] = []
  return (chunk) => {
    const [first = '', ...others] = (typeof chunk === 'string' ? chunk : decoder.write(chunk)).split('\n')
    pieces.push(first)
    for (const piece of others) {
      const line = pieces.join('')
      pieces = [piece]
      if (line.trim() !== '') onLine(line)
    }
  }
}
