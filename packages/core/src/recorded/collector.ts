import type { GoldenLine } from '@bakeoff/model'
import { many } from '../words/quantities.js'
import { HeaderSorter, secretsInBody, type WrittenHeader, withoutSecrets } from './headers.js'
import { nameOf, type Recorded, type Recording, type SecretsAs, whichRequests } from './recorded.js'

/** A request as its source has it, before anything is left out of it. */
export interface SeenRequest {
  readonly method: string
  /** path and query, percent-encoded */
  readonly path: string
  readonly headers: readonly WrittenHeader[]
  readonly body: string | null
  readonly answer: GoldenLine | null
}

/** Gathers the requests of a recording and what is to be told of them. Every source goes through it, so none copies a secret. */
export class Collector {
  readonly #headers: HeaderSorter
  readonly #recorded: Recorded[] = []
  readonly #notes: string[] = []
  /** what was left out, by the reason */
  readonly #left = new Map<string, string[]>()
  /** requests by the parameter that was taken out of their address */
  readonly #withoutParameter = new Map<string, number[]>()
  /** requests by the member of their body that looks like a secret */
  readonly #withSecret = new Map<string, number[]>()

  constructor(secretsAs: SecretsAs) {
    this.#headers = new HeaderSorter(secretsAs)
  }

  get count(): number {
    return this.#recorded.length
  }

  add({ method, path: seen, headers, body, answer }: SeenRequest): void {
    const number = this.#recorded.length + 1
    const { path, left } = withoutSecrets(seen)
    for (const name of left) addTo(this.#withoutParameter, name, number)
    for (const name of secretsInBody(body)) addTo(this.#withSecret, name, number)
    const request = { method: method.toUpperCase(), path, headers: this.#headers.kept(headers), body }
    this.#recorded.push({ request, answer })
  }

  /** Counts a request that is not taken, with the reason as it stands after "left out: ". */
  leave(why: string, request: { readonly method: string; readonly path: string }): void {
    addTo(this.#left, why, nameOf({ ...request, path: withoutSecrets(request.path).path }))
  }

  note(sentence: string): void {
    this.#notes.push(sentence)
  }

  finish(): Recording {
    const unseen = this.#recorded.flatMap(({ answer }, index) => (answer === null ? [index + 1] : []))
    return {
      recorded: this.#recorded,
      secrets: this.#headers.secrets,
      sent: this.#headers.values,
      notes: [
        ...[...this.#left].map(
          ([why, names]) => `${many(names.length, 'request')} left out: ${why} (${examplesOf(names)}).`,
        ),
        ...this.#headers.notes,
        ...[...this.#withoutParameter].map(
          ([name, numbers]) =>
            `"${name}" is taken out of the address of ${whichRequests(numbers)}: it looks like a secret.`,
        ),
        ...[...this.#withSecret].map(
          ([name, numbers]) =>
            `The body of ${whichRequests(numbers)} has "${name}", and is written as it was: look at it before you commit it.`,
        ),
        ...this.#notes,
        ...(unseen.length === 0 || unseen.length === this.#recorded.length
          ? []
          : [`No answer that is a text was recorded for ${whichRequests(unseen)}.`]),
      ],
    }
  }
}

function examplesOf(names: readonly string[]): string {
  const different = [...new Set(names)]
  return different.length <= 2 ? different.join(', ') : `${different.slice(0, 2).join(', ')}, …`
}

function addTo<T>(map: Map<string, T[]>, key: string, item: T): void {
  const items = map.get(key)
  if (items) items.push(item)
  else map.set(key, [item])
}
