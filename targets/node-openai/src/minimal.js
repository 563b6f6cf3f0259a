import { setTimeout as sleep } from 'node:timers/promises'
import { Agent } from 'undici'
import { EventReader } from './events.js'
import { UpstreamError } from './upstream-error.js'

const RETRIES = 2
const FIRST_PAUSE_MS = 500

/**
 * Asks the upstream without OpenAI's client: a request, a reader of events, and the client's retries. It shows what the client costs,
 * and leaves out what a service may want of it: types, other endpoints, tools, files, logging.
 */
export class MinimalCompletions {
  #dispatcher = new Agent()
  #url
  #headers
  #model
  #silenceMs

  constructor({ baseURL, apiKey, model, silenceMs }) {
    this.#url = new URL(`${baseURL}/chat/completions`)
    this.#headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', accept: 'text/event-stream' }
    this.#model = model
    this.#silenceMs = silenceMs
  }

  /** As Completions.each. */
  async each(messages, signal, take) {
    const body = JSON.stringify({ model: this.#model, messages, stream: true })
    for (let retry = 0; ; retry++) {
      signal.throwIfAborted()
      try {
        return await this.#attempt(body, signal, take)
      } catch (error) {
        if (!error.mayRetry || retry === RETRIES) throw error
        await sleep(error.pauseMs ?? FIRST_PAUSE_MS * 2 ** retry, undefined, { signal })
      }
    }
  }

  #attempt(body, signal, take) {
    return new Promise((resolve, reject) => {
      const attempt = new Attempt({ resolve, reject, signal, take, silenceMs: this.#silenceMs })
      const { origin, pathname } = this.#url
      const options = { origin, path: pathname, method: 'POST', headers: this.#headers, body }
      // The attempt watches for silence itself, to the millisecond.
      this.#dispatcher.dispatch({ ...options, headersTimeout: 0, bodyTimeout: 0 }, attempt)
    })
  }
}

/** One request and its answer: what undici calls as it comes. */
class Attempt {
  #resolve
  #reject
  #signal
  #take
  #watchdog
  #controller
  #events = new EventReader((data) => this.#read(data))
  /** why it was ended here; null while it goes on */
  #ended = null
  /** the upstream's refusal, told when its body has been read, so that the connection can be used again */
  #refusal = null
  #hasStarted = false
  #hasFinished = false

  constructor({ resolve, reject, signal, take, silenceMs }) {
    this.#resolve = resolve
    this.#reject = reject
    this.#signal = signal
    this.#take = take
    this.#watchdog = setTimeout(
      () => this.#end(failure(504, 'upstream timed out', { mayRetry: !this.#hasStarted })),
      silenceMs,
    )
    signal.addEventListener('abort', this.#leave)
  }

  #leave = () => this.#end(this.#signal.reason)

  onRequestStart(controller) {
    this.#controller = controller
    if (this.#ended) controller.abort(this.#ended)
  }

  onResponseStart(_controller, status, headers) {
    if (status < 200) return // only information
    this.#watchdog.refresh()
    this.#hasStarted = true
    if (status < 200 || status > 299) this.#refusal = refusal(status, headers)
  }

  onResponseData(_controller, chunk) {
    this.#watchdog.refresh()
    if (!this.#refusal && !this.#ended) this.#events.push(chunk)
  }

  onResponseEnd() {
    if (this.#refusal) this.#settle(this.#reject, this.#refusal)
    else if (this.#hasFinished) this.#settle(this.#resolve)
    else this.#settle(this.#reject, failure(502, 'upstream ended early'))
  }

  onResponseError(_controller, cause) {
    this.#settle(this.#reject, this.#ended ?? failure(502, 'upstream connection broke', { cause, mayRetry: !this.#hasStarted }))
  }

  #read(data) {
    if (this.#ended || data === '[DONE]') return
    let chunk
    try {
      chunk = JSON.parse(data)
    } catch (cause) {
      return this.#end(failure(502, 'upstream sent a malformed chunk', { cause }))
    }
    if (chunk.error) return this.#end(failure(502, 'upstream reported an error'))
    for (const { delta, finish_reason } of chunk.choices) {
      if (finish_reason !== null) this.#hasFinished = true
      if (!delta.content) continue
      const full = this.#take(delta.content)
      if (full) this.#pauseUntil(full)
    }
  }

  /** Reads no more until our own client has read what it was sent. When it leaves the signal ends the request. */
  #pauseUntil(full) {
    this.#controller.pause()
    full.then(
      () => this.#controller.resume(),
      () => {},
    )
  }

  /** Ends the request from here. */
  #end(reason) {
    this.#ended ??= reason
    this.#controller?.abort(this.#ended)
    this.#settle(this.#reject, this.#ended)
  }

  #settle(how, what) {
    clearTimeout(this.#watchdog)
    this.#signal.removeEventListener('abort', this.#leave)
    how(what)
  }
}

function failure(status, message, { cause, mayRetry = false, pauseMs } = {}) {
  return Object.assign(new UpstreamError(status, message, { cause }), { mayRetry, pauseMs })
}

/** The statuses and headers that OpenAI's client goes by. */
function refusal(status, headers) {
  const may = headers['x-should-retry']
  const mayRetry = may === 'true' || (may !== 'false' && (status === 408 || status === 409 || status === 429 || status >= 500))
  return failure(502, `upstream answered ${status}`, { mayRetry, pauseMs: pauseFrom(headers) })
}

/** Milliseconds; undefined where the upstream does not say. */
function pauseFrom(headers) {
  const milliseconds = Number.parseFloat(headers['retry-after-ms'])
  if (milliseconds >= 0) return milliseconds
  const seconds = Number.parseFloat(headers['retry-after'])
  return seconds >= 0 ? seconds * 1000 : undefined
}
