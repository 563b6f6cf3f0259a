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

/** Events that must outlive a power cut. Slices come twice a second, and while a load runs nothing waits for a disk. */
const LASTING: readonly RunEvent['kind'][] = ['run-started', 'boundary', 'calibrated', 'repetition', 'run-ended']

/** events.ndjson, to which one process appends: a line is there whole or not at all. Opened with the first event. */
export class EventLog {
  readonly #path: string
  #file: number | null = null

  constructor(path: string) {
    this.#path = path
  }

  /** @throws what the file system says; the file is then as it was before */
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

  /** Never throws: events that matter are on the disk already. */
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

/** Half a line would spoil the next one; where it stays, whoever goes on with the run mends it. */
function dropFrom(file: number, size: number): void {
  attempt(() => {
    if (fstatSync(file).size > size) ftruncateSync(file, size)
  })
}

/**
 * Mends what a process that was killed left at the end: a line without its end gets one when nothing of it is missing,
 * else it is moved to a file of its own, `events.ndjson.damaged`. What is appended next stands in a line of its own.
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
