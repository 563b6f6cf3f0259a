import { Agent, request } from 'undici'

/** The longest that the rest of an answer is waited for, once its reader has what it wants. */
const REST_MS = 1000

/**
 * As much of fetch as OpenAI's client uses, on undici's `request`. What fetch gives is a web stream, which costs several promises a
 * chunk; this is a stream of Node's, which the client reads as well.
 */
export function undiciFetch() {
  const dispatcher = new Agent()
  return async (url, { method, headers, body, signal }) => {
    const reading = new Reading(signal)
    const answer = await request(url, { dispatcher, method, headers, body, signal: reading.signal })
    return {
      url,
      status: answer.statusCode,
      ok: answer.statusCode >= 200 && answer.statusCode < 300,
      headers: headersOf(answer.headers),
      body: { [Symbol.asyncIterator]: () => reading.of(answer.body) },
      text: () => answer.body.text(),
      json: () => answer.body.json(),
    }
  }
}

/**
 * Reads one answer. The client leaves at [DONE], a moment before the answer ends, and aborts its request: the connection would be
 * closed, or over HTTP/2 the stream reset. By TLS that happens to every answer, since its end is a record of its own. So what is left is
 * read here; an abort that comes while the client still reads ends the request.
 */
class Reading {
  #abort = new AbortController()
  #hasLeft = false

  constructor(signal) {
    const end = () => {
      if (!this.#hasLeft) this.#abort.abort(signal.reason)
    }
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  }

  get signal() {
    return this.#abort.signal
  }

  of(body) {
    const chunks = body.iterator({ destroyOnReturn: false })
    return {
      next: () => chunks.next(),
      return: async () => {
        if (!this.#abort.signal.aborted) {
          this.#hasLeft = true
          await chunks.return() // otherwise it still waits for what dump is to read
          body.dump({ signal: AbortSignal.timeout(REST_MS) }).catch(() => {})
        }
        return { done: true, value: undefined }
      },
    }
  }
}

/** @param named values by names, in a list where a name came more than once */
function headersOf(named) {
  const headers = new Headers()
  for (const [name, values] of Object.entries(named)) {
    if (typeof values === 'string') headers.append(name, values)
    else for (const value of values) headers.append(name, value)
  }
  return headers
}
