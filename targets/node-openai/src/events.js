import { StringDecoder } from 'node:string_decoder'

/** Reads server-sent events from bytes, wherever these are cut, and gives the data of each. */
export class EventReader {
  #take
  #decoder = new StringDecoder('utf8')
  /** the beginning of a line whose end has not come */
  #rest = ''
  /** of the event that is being read; null: none so far */
  #data = null
  #endedWithCarriageReturn = false

  constructor(take) {
    this.#take = take
  }

  push(bytes) {
    let text = this.#decoder.write(bytes)
    if (text === '') return
    // Lines end with a line feed, a carriage return, or both, which may be cut apart.
    if (this.#endedWithCarriageReturn && text.startsWith('\n')) text = text.slice(1)
    this.#endedWithCarriageReturn = text.endsWith('\r')
    if (text.includes('\r')) text = text.replace(/\r\n?/g, '\n')
    this.#readLines(this.#rest + text)
  }

  #readLines(text) {
    let start = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      this.#readLine(text, start, end)
      start = end + 1
    }
    this.#rest = text.slice(start)
  }

  /** Only data is of use here: not the event's name, nor its id, nor comments. */
  #readLine(text, start, end) {
    if (start === end) {
      const data = this.#data
      this.#data = null
      if (data !== null) this.#take(data)
    } else if (text.startsWith('data:', start)) {
      const value = text.slice(text[start + 5] === ' ' ? start + 6 : start + 5, end)
      this.#data = this.#data === null ? value : `${this.#data}\n${value}`
    }
  }
}
