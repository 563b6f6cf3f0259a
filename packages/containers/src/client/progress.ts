import { LineSplitter } from '@bakeoff/model'
import { EngineRefusal, sentenceOf } from './errors.js'

/** The events that the engine reports while it builds, pulls, imports or loads: one JSON object per line. */
export interface ProgressEvent {
  readonly stream?: string
  readonly status?: string
  readonly id?: string
  readonly error?: string
  readonly errorDetail?: { readonly code?: number; readonly message?: string }
  /** a BuildKit status message in base64 */
  readonly aux?: { readonly ID?: string } | string
}

/**
 * The events of a progress stream. The engine answers 200 before it begins, so a failure is only an event with
 * `error`; that is thrown as an `EngineRefusal`.
 *
 * @throws EngineRefusal as soon as the engine reports an error
 */
export async function* progressEvents(stream: AsyncIterable<Buffer | string>): AsyncGenerator<ProgressEvent> {
  for await (const line of linesOf(stream)) {
    if (line.trim() === '') continue
    const event = parseEvent(line)
    yield event
    const error = event.errorDetail?.message ?? event.error
    if (error !== undefined) throw new EngineRefusal(null, sentenceOf(error))
  }
}

/** A longer line is cut. */
const LONGEST_LINE = 64 * 1024
/** How much more of a line is read and not shown: a secret to hide may lie across the cut. */
const BEYOND = 4 * 1024

/** Turns the builder's output into whole lines without colours and without secrets. */
export class LineJoiner {
  readonly #hide: (text: string) => string
  readonly #lines = new LineSplitter(LONGEST_LINE + BEYOND)

  constructor(hide: (text: string) => string = (text) => text) {
    this.#hide = hide
  }

  /** The lines that this piece completes. */
  push(text: string): string[] {
    return this.#lines.push(text).map((line) => this.#shown(line))
  }

  /** The last line, when the output ends without a line break. */
  end(): string[] {
    return this.#lines.end().map((line) => this.#shown(line))
  }

  #shown(printed: string): string {
    const line = this.#hide(plain(printed))
    return printed.length > LONGEST_LINE ? `${line.slice(0, Math.max(0, line.length - BEYOND))} …` : line
  }
}

async function* linesOf(stream: AsyncIterable<Buffer | string>): AsyncGenerator<string> {
  const lines = new LineSplitter()
  for await (const chunk of stream) yield* lines.push(chunk)
  yield* lines.end()
}

function parseEvent(line: string): ProgressEvent {
  try {
    return JSON.parse(line) as ProgressEvent
  } catch {
    return { stream: `${line}\n` } // not an event: keep it as output rather than lose it
  }
}

function plain(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
  return line.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, '').trimEnd()
}
