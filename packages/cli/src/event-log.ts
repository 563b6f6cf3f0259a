import {
  appendFileSync,
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { parseJson } from '@bakeoff/core'
import type { RunEvent } from '@bakeoff/model'
import { attempt, syncFolder } from './durable-file.js'

/** Events that must survive a power cut. Slices do not: they come twice a second, and while a load runs nothing may wait for the disk. */
const LASTING: readonly RunEvent['kind'][] = [
  'run-started',
  'bench-left',
  'boundary',
  'calibrated',
  'repetition',
  'run-ended',
]

/** The file events.ndjson, to which one process appends; a line is written whole or not at all. It is opened with the first event. */
export class EventLog {
  readonly #path: string
  #file: number | null = null

  constructor(path: string) {
    this.#path = path
  }

  /** @throws the file system's error; the file is then as it was before */
  append(event: RunEvent): void {
    this.#file ??= this.#open()
    const file = this.#file
    const { size } = fstatSync(file)
    try {
      writeFileSync(file, `${JSON.stringify(event)}\n`)
      if (LASTING.includes(event.kind)) fdatasyncSync(file)
    } catch (error) {
      dropFrom(file, size)
      throw error
    }
  }

  /** Never throws: events that must survive are on the disk already. */
  close(): void {
    const file = this.#file
    this.#file = null
    for (const act of [fsyncSync, closeSync]) if (file !== null) attempt(() => act(file))
  }

  #open(): number {
    const isNew = !existsSync(this.#path)
    if (!isNew && statSync(this.#path).isFile()) mendEnd(this.#path)
    const file = openSync(this.#path, 'a')
    if (isNew) syncFolder(dirname(this.#path))
    return file
  }
}

/** Takes half a line back, which would spoil the next one. Where it cannot, the process that resumes the run mends it. */
function dropFrom(file: number, size: number): void {
  attempt(() => {
    if (fstatSync(file).size > size) ftruncateSync(file, size)
  })
}

/**
 * Mends the end of the file after a process was killed: a last line that lacks only its line break gets one,
 * any other half line is moved to `events.ndjson.damaged`. The next event then starts a line of its own.
 */
function mendEnd(path: string): void {
  const bytes = readFileSync(path)
  const end = bytes.lastIndexOf(0x0a) + 1
  if (end === bytes.length) return
  const rest = bytes.subarray(end)
  if (parseJson(rest.toString('utf8')).ok) {
    appendFileSync(path, '\n', { flush: true })
    return
  }
  appendFileSync(`${path}.damaged`, Buffer.concat([rest, Buffer.from('\n')]), { flush: true })
  truncateSync(path, end)
}
