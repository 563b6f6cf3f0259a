import { LineSplitter } from '@bakeoff/model'

/**
 * Hears the chunks of a stream in which every line is a message. Empty lines are left out, and so is one that has no end: half a
 * message is none. There is no limit: a corpus that is prepared is one line.
 */
export function messagesOf(onMessage: (line: string) => void): (chunk: Buffer | string) => void {
  const lines = new LineSplitter()
  return (chunk) => {
    for (const line of lines.push(chunk)) if (line.trim() !== '') onMessage(line)
  }
}
