import type { TrafficPart } from '@bakeoff/model'
import { RequestSequence } from './request-sequence.js'

/** Says which request a connection sends next: its place in the corpus. */
export interface RequestWalk {
  /** begins a load, whose connections are new */
  begin(): void
  next(connection: number): number
}

/** Any connection takes the next request of a sequence. */
export class CorpusWalk implements RequestWalk {
  readonly #sequence: RequestSequence

  constructor(sequence: RequestSequence) {
    this.#sequence = sequence
  }

  begin(): void {}

  next(): number {
    return this.#sequence.next()
  }
}

/**
 * Each connection sends one part of the traffic after the other, and the requests of a part in their order. Parts come in seeded
 * permutations, each as often as it weighs, so that proportions are exact and not only likely. Several requests of one name take turns.
 */
export class TrafficWalk implements RequestWalk {
  readonly #parts: readonly (readonly RequestSequence[])[]
  readonly #round: RequestSequence
  #at: { part: readonly RequestSequence[]; step: number }[] = []

  /** @param names of the requests, by their places in the corpus */
  constructor(traffic: readonly TrafficPart[], names: readonly (string | undefined)[], seed: number) {
    const sequences = new Map<string, RequestSequence>()
    const sequenceOf = (name: string): RequestSequence => {
      const requests = names.flatMap((each, index) => (each === name ? [index] : []))
      const known = sequences.get(name) ?? new RequestSequence(requests, seed * 127 + sequences.size)
      sequences.set(name, known)
      return known
    }
    this.#parts = traffic.map(({ send }) => send.map(sequenceOf))
    const round = traffic.flatMap(({ weight }, part) => Array.from({ length: weight }, () => part))
    this.#round = new RequestSequence(round, seed * 127 + 126)
  }

  begin(): void {
    this.#at = []
  }

  next(connection: number): number {
    let at = this.#at[connection]
    if (at === undefined || at.step === at.part.length) {
      at = { part: this.#parts[this.#round.next()] as readonly RequestSequence[], step: 0 }
      this.#at[connection] = at
    }
    return (at.part[at.step++] as RequestSequence).next()
  }
}
