import { LineSplitter } from '@bakeoff/model'

/**
 * Splits the chunks of a stream in which every line is a message. Empty lines are left out, and so is a line without an end, which is only half a
 * message. There is no limit on length: a prepared corpus is one line.
 */
export function messagesOf(onMessage: (line: string) => void): (chunk: Buffer | string) => void {
  const lines = new LineSplitter()
  return (chunk) => {
    for (const line of lines.push(chunk)) if (line.trim() !== '') onMessage(line)
  }
}
