import type { Random } from '@bakeoff/core'
import type { Connection } from './autocannon.js'
import type { PickedAnswer } from './messages.js'

/**
 * The mean time until the next answer is picked, at any rate. One in 64 of a window of 10,000 answers misses every
 * second server that answers wrongly once in 500; a thousand picks a second find it, for some 1 % of a core.
 */
const SPACING_MS = 1
/** The longest delay for which a delayed agent makes up with extra picks. */
const CATCH_UP_MS = 50
/** The most bytes of answers that are kept for recognition: those of a large corpus with long answers would fill the memory. */
const MOST_KEPT_BYTES = 32 * 1024 * 1024

/**
 * Picks answers to be compared, one in `every` on average and about a thousand a second where that is more, and passes on
 * only those that are not byte for byte the last one picked for the same request with the same values: the comparison
 * itself is done elsewhere, once for each distinct answer.
 */
export class AnswerPicker {
  /** how often each picked answer was seen, by its id */
  readonly seen: number[] = []
  readonly #last = new Map<number, PickedAnswer>()
  readonly #every: number
  readonly #random: Random
  readonly #pass: (answer: PickedAnswer) => void
  #left: number
  #dueMs = Number.NEGATIVE_INFINITY
  /** bytes passed on since the answers were last dropped: at least what `#last` holds */
  #keptBytes = 0

  constructor(every: number, random: Random, pass: (answer: PickedAnswer) => void) {
    this.#every = every
    this.#random = random
    this.#pass = pass
    this.#left = this.#gap()
  }

  /** Whether the answer to the next request sent is to be kept. */
  next(nowMs: number): boolean {
    if (--this.#left > 0 && nowMs < this.#dueMs) return false
    this.#left = this.#gap()
    const sinceMs = Math.min(Math.max(this.#dueMs, nowMs - CATCH_UP_MS), nowMs)
    this.#dueMs = sinceMs + SPACING_MS * 2 * this.#random.next()
    return true
  }

  take({ requestIndex, status, captured, values }: Connection): void {
    if (captured === null) return
    const body = captured.isTooLong ? null : Buffer.concat(captured.body)
    const { contentType } = captured
    const last = this.#last.get(requestIndex)
    const isKnown =
      last?.contentType === contentType &&
      last.status === status &&
      isSame(body, last.body) &&
      haveSame(values, last.values)
    if (last && isKnown) {
      this.seen[last.id] = (this.seen[last.id] as number) + 1
      return
    }
    const answer: PickedAnswer = { id: this.seen.length, requestIndex, status, contentType, body, values }
    this.seen.push(1)
    this.#keptBytes += body?.byteLength ?? 0
    if (this.#keptBytes > MOST_KEPT_BYTES) {
      this.#last.clear()
      this.#keptBytes = body?.byteLength ?? 0
    }
    this.#last.set(requestIndex, answer)
    this.#pass(answer)
  }

  /** A random step with mean `every`: with a fixed step a corpus of 64 requests would always be picked at the same request. */
  #gap(): number {
    return 1 + this.#random.int(2 * this.#every - 1)
  }
}

function isSame(one: Uint8Array | null, other: Uint8Array | null): boolean {
  return one === null || other === null ? one === other : Buffer.compare(one, other) === 0
}

/** Whether what was filled in is the same, and so the right answer too. */
function haveSame(one: PickedAnswer['values'], other: PickedAnswer['values']): boolean {
  if (one === null || other === null) return one === other
  return Object.keys(one).every((key) => one[key] === other[key])
}
