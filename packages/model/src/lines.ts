/** A line ends with \n, with \r\n, or with \r alone, by which a program writes over its progress. */
const END = /\r\n|\n|\r/

/**
 * Cuts chunks into lines, for all streams of the project. A chunk may end within a line,
 * within a line's end, or, where it is bytes, within a character.
 *
 * Lines are without their ends, and empty ones are among them.
 */
export class LineSplitter {
  readonly #longest: number
  /** Decodes UTF-8 and keeps a character that is not complete yet: callers pass bytes as they come. */
  readonly #decoder = new TextDecoder()
  /** the line that has no end yet */
  #open = ''
  /** the last chunk ended with \r: a \n that comes next belongs to it */
  #isAfterReturn = false

  /** @param longest characters of a line that are kept. What comes beyond is dropped, and never held */
  constructor(longest = Number.POSITIVE_INFINITY) {
    this.#longest = longest
  }

  /** The lines that this chunk completes. */
  push(chunk: string | Uint8Array): string[] {
    const text = typeof chunk === 'string' ? chunk : this.#decoder.decode(chunk, { stream: true })
    if (text === '') return []
    const [first = '', ...rest] = (this.#isAfterReturn && text.startsWith('\n') ? text.slice(1) : text).split(END)
    this.#isAfterReturn = text.endsWith('\r')
    this.#append(first)
    return rest.map((part) => {
      const line = this.#take()
      this.#append(part)
      return line
    })
  }

  /** The rest when the chunks end within a line: one line, or none. */
  end(): string[] {
    this.#append(this.#decoder.decode())
    return this.#open === '' ? [] : [this.#take()]
  }

  #append(part: string): void {
    this.#open += part.slice(0, this.#longest - this.#open.length)
  }

  #take(): string {
    const line = this.#open
    this.#open = ''
    return line
  }
}
