import { type ApiFilter, whyLeftOut } from './api-requests.js'
import { Collector } from './collector.js'
import type { WrittenHeader } from './headers.js'
import type { Recording, SecretsAs } from './recorded.js'

/** In place of a body that is bytes, or longer than is kept. */
export const NOT_TEXT: unique symbol = Symbol('not text')

/** A request that went through a recording proxy, and what came back. */
export interface SeenExchange {
  readonly method: string
  readonly path: string
  readonly headers: readonly WrittenHeader[]
  /** null: no body */
  readonly body: string | null | typeof NOT_TEXT
  /** null: none came */
  readonly answer: {
    readonly status: number
    readonly contentType: string | null
    readonly isEmpty: boolean
    /** null: bytes, or longer than is kept */
    readonly body: string | null
  } | null
}

/** Whether an exchange is one of the API's, which `--count` counts. */
export function isOfApi({ method, answer }: SeenExchange, filter: ApiFilter): boolean {
  return whyNotOfApi({ method, answer }, filter) === null
}

function whyNotOfApi({ method, answer }: Pick<SeenExchange, 'method' | 'answer'>, filter: ApiFilter): string | null {
  const { status = null, contentType = null, isEmpty = true } = answer ?? {}
  return whyLeftOut({ method, status, contentType, isEmpty }, filter)
}

/** The requests of an API among those that went through a proxy, in their order. */
export function recordingOf(
  seen: readonly SeenExchange[],
  { filter, secretsAs }: { readonly filter: ApiFilter; readonly secretsAs: SecretsAs },
): Recording {
  const collector = new Collector(secretsAs)
  for (const exchange of seen) {
    const { method, path, headers, body, answer } = exchange
    const why = whyNotOfApi(exchange, filter)
    if (why !== null) collector.leave(why, { method, path: path.replace(/\?.*/s, '') })
    else if (body === NOT_TEXT)
      collector.leave('with a body that is no text', { method, path: path.replace(/\?.*/s, '') })
    else {
      const text = answer?.body ?? null
      collector.add({
        method,
        path,
        headers,
        body,
        answer:
          answer === null || text === null
            ? null
            : { status: answer.status, contentType: answer.contentType, body: text },
      })
    }
  }
  return collector.finish()
}
