import { createWriteStream, type WriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { finished } from 'node:stream/promises'

const TAIL_LINES = 30

/**
 * The output of a build: on disk up to a limit, and its last lines in memory. A build may print without end; neither the disk nor
 * this process fills up.
 */
export class BuildLog {
  readonly #file: WriteStream | null
  readonly #mostBytes: number
  readonly #tail: string[] = []
  #bytes = 0
  #leftOut = 0

  private constructor(file: WriteStream | null, mostBytes: number) {
    this.#file = file
    this.#mostBytes = mostBytes
  }

  /** @param path null: nothing is kept on disk */
  static async open(path: string | null, mostBytes: number): Promise<BuildLog> {
    if (path === null) return new BuildLog(null, mostBytes)
    await mkdir(dirname(path), { recursive: true })
    const file = createWriteStream(path)
    file.on('error', () => undefined) // a build does not fail because its log cannot be written
    return new BuildLog(file, mostBytes)
  }

  /** The last lines that were not blank, at most 30. */
  get tail(): readonly string[] {
    return this.#tail
  }

  take(line: string): void {
    if (line !== '') this.#tail.push(line)
    if (this.#tail.length > TAIL_LINES) this.#tail.shift()
    const text = `${line}\n`
    this.#bytes += Buffer.byteLength(text)
    if (this.#bytes <= this.#mostBytes) this.#file?.write(text)
    else this.#leftOut++
  }

  /** Settles when the log is on disk. A full disk must not hide why the build failed. */
  async close(): Promise<void> {
    if (this.#file === null) return
    if (this.#leftOut > 0) {
      const limit = `${Math.round(this.#mostBytes / 1e6)} MB`
      this.#file.write(`… ${this.#leftOut} more lines: a log is kept up to ${limit}. Its last ones:\n`)
      this.#file.write(`${this.#tail.join('\n')}\n`)
    }
    await finished(this.#file.end()).catch(() => undefined)
  }
}
