import {
  type Capture,
  captureDifference,
  capturesOf,
  compareAnswer,
  fillGolden,
  type Hide,
  hiderOf,
} from '@bakeoff/core'
import { type Fetched, formatBytes, type GoldenLine } from '@bakeoff/model'
import type { Work } from '@bakeoff/runner/ports'
import { answerCapBytes } from '../answer-cap.js'
import type { Checked } from '../shares/merge.js'
import type { PickedAnswer } from '../worker/messages.js'
import { decodeText, shorten } from './text.js'

/** The most wrong answers that are kept word for word. */
const MOST_SHOWN = 5

/** Compares picked answers with the golden ones, outside the processes that make the load. */
export class Checker {
  readonly #work: Work
  /** for each process, by its id: what is wrong with a picked answer, null when it is right */
  readonly #differences: (string | null)[][] = []
  readonly #shown: Checked['wrongSamples'] = []

  readonly #tooLong: string
  /** by request: what later requests take from its body; what they take from its headers is not kept here */
  readonly #captures: readonly (readonly Capture[])[]
  readonly #hide: Hide

  constructor(work: Work) {
    this.#work = work
    this.#captures = work.requests.map((request) => capturesOf(request).filter(({ from }) => from.kind !== 'header'))
    this.#hide = hiderOf(work.state?.secrets ?? {})
    this.#tooLong = `the body is longer than ${formatBytes(answerCapBytes(work.golden))}, far more than any right answer`
  }

  take(process: number, { id, requestIndex, status, contentType, body, values }: PickedAnswer): void {
    const written = this.#work.golden[requestIndex]
    if (written === undefined) return
    const golden = values === null ? written : fillGolden(written, (key) => values[key] ?? '')
    const text = body === null ? null : decodeText(Buffer.from(body))
    const fetched: Fetched = {
      status,
      headers: contentType === null ? {} : { 'content-type': contentType },
      body: text?.text ?? '',
      bodyTruncated: text?.whole !== true,
      durationMs: 0,
      error: null,
    }
    const difference = text === null ? this.#tooLong : this.#differenceOf(requestIndex, golden, fetched)
    this.#differences[process] ??= []
    ;(this.#differences[process] as (string | null)[])[id] = difference
    if (difference !== null && this.#shown.length < MOST_SHOWN)
      this.#shown.push({
        requestIndex,
        expected: this.#hide(shorten(golden.body)),
        actual: this.#hide(shorten(fetched.body)),
        difference: this.#hide(difference),
      })
  }

  #differenceOf(requestIndex: number, golden: GoldenLine, fetched: Fetched): string | null {
    const captured = { body: fetched.body, header: () => undefined }
    return (
      compareAnswer(golden, fetched, this.#work.compare, this.#work.tolerance) ??
      captureDifference(this.#captures[requestIndex] ?? [], captured)
    )
  }

  /** @param seen for each process, how often each picked answer was seen */
  result(seen: readonly (readonly number[])[]): Checked {
    let checked = 0
    let wrong = 0
    for (const [process, counts] of seen.entries())
      for (const [id, count] of counts.entries()) {
        checked += count
        if ((this.#differences[process]?.[id] ?? null) !== null) wrong += count
      }
    return { checked, wrong, wrongSamples: this.#shown }
  }
}
