/**
 * Every call to an engine ends. A frozen daemon (a hung virtual machine, a stopped process) accepts connections and
 * never answers, so each call has a deadline, and while a call takes long the engine is pinged meanwhile: after six pings
 * without an answer, all waiting calls fail.
 *
 * This code sits below dockerode, in the one function through which all of its calls go, so that none can be forgotten.
 * What a call has begun in the engine may still be made after the call was given up; cleaning up after the session finds
 * it by its label.
 */
import type { Readable } from 'node:stream'
import type { BakeoffError } from '@bakeoff/model'
import type Docker from 'dockerode'
import { EngineLost, onHost } from './errors.js'

/** Deadlines, all in ms, counted while this process runs: the time of a stopped process or a sleeping laptop does not count. */
export interface Patience {
  /** for calls that only read a little */
  readonly readMs: number
  /** for calls that change something or read every image: a slow disk may take its time, as long as pings are answered */
  readonly changeMs: number
  /** during a call that takes longer, the engine is pinged */
  readonly pingAfterMs: number
  /** how long a ping may take */
  readonly pingMs: number
  /** after this many pings in a row without an answer, the engine is lost */
  readonly pings: number
}

export const USUAL_PATIENCE: Patience = {
  readMs: 30_000,
  changeMs: 120_000,
  pingAfterMs: 4_000,
  pingMs: 2_500,
  /** The default is 19 s in all: a daemon on two cores with five runs and a browser was silent for 16 s, and came back. */
  pings: 6,
}

/**
 * Gives every call of this client a deadline; the call fails with ENGINE_LOST when it passes.
 *
 * @param host the name of the engine's machine, where there are several: errors of calls carry it
 * @returns a function to call when something else says that the engine, or the way to it, is gone: unless it answers one ping at once, all calls that wait
 *          fail, and so do later ones until it answers again
 */
export function withDeadlines(docker: Docker, patience: Partial<Patience> = {}, host?: string): () => void {
  const modem = docker.modem as unknown as Modem
  const dial = modem.dial.bind(modem)
  const watch = new CallWatch(dial, { ...USUAL_PATIENCE, ...patience }, host)
  modem.dial = (request, callback) => void watch.dial(request, callback)
  return () => watch.doubt()
}

/** The part of docker-modem's request that is read here. */
interface Request {
  readonly method: string
  readonly path: string
  readonly isStream?: boolean
  abortSignal?: AbortSignal
  readonly [other: string]: unknown
}

type Callback = (error: unknown, answer?: unknown) => void
type Dial = (request: Request, callback: Callback) => void

interface Modem {
  dial: Dial
}

interface WaitingCall {
  readonly name: string
  /** null: the call may take as long as pings are answered */
  readonly limitMs: number | null
  waitedMs: number
  readonly giveUp: (error: BakeoffError) => void
}

/** How often waiting is counted; a tick that comes late counts as one that came in time. */
const TICKS_OF_A_PING = 5

class CallWatch {
  readonly #dial: Dial
  readonly #patience: Patience
  readonly #host: string | undefined
  readonly #waiting = new Set<WaitingCall>()
  #ticker: NodeJS.Timeout | null = null
  #ping: { waitedMs: number; readonly stop: AbortController } | null = null
  #unanswered = 0
  #isLost = false
  /** by the clock of performance.now: until then a lost engine counts as lost without another ping */
  #lostUntilMs = 0

  constructor(dial: Dial, patience: Patience, host: string | undefined) {
    this.#dial = dial
    this.#patience = patience
    this.#host = host
  }

  async dial(request: Request, callback: Callback): Promise<void> {
    const name = `${request.method} ${request.path.replace(/\?.*$/, '')}`
    // Not every call waits for a lost engine again: one ping decides for the next few whether it is back.
    if (this.#isLost && !isPing(request) && !(await this.#isBack())) {
      callback(this.#frozen(`no answer to ${name}`))
      return
    }
    const stop = new AbortController()
    let settled = false
    const settle: Callback = (error, answer) => {
      if (settled) {
        if (isStream(answer)) answer.destroy() // the caller has stopped waiting
        return
      }
      settled = true
      this.#forget(call)
      if (error === null || error === undefined) this.#heard()
      if (isStream(answer) && isLongWork(request)) this.#follow(name, answer)
      callback(onHost(error, this.#host), answer)
    }
    const call: WaitingCall = {
      name,
      limitMs: limitOf(request, this.#patience),
      waitedMs: 0,
      giveUp: (error) => {
        settle(error)
        stop.abort()
      },
    }
    this.#wait(call)
    const abortSignal = request.abortSignal ? AbortSignal.any([request.abortSignal, stop.signal]) : stop.signal
    this.#dial({ ...request, abortSignal }, settle)
  }

  doubt(): void {
    if (this.#isLost) return
    this.#dial(pingRequest(AbortSignal.timeout(this.#patience.pingMs)), (error) => {
      if (error === null || error === undefined) return
      this.#lostUntilMs = performance.now() + 2 * this.#patience.pingMs
      this.#lose('to a ping after it was reported as gone')
    })
  }

  /** A build or a pull may be silent for long: it lasts as long as pings are answered. */
  #follow(name: string, stream: Readable): void {
    const call: WaitingCall = { name, limitMs: null, waitedMs: 0, giveUp: (error) => stream.destroy(error) }
    this.#wait(call)
    stream.once('close', () => this.#forget(call))
  }

  #wait(call: WaitingCall): void {
    this.#waiting.add(call)
    const everyMs = this.#patience.pingMs / TICKS_OF_A_PING
    this.#ticker ??= setInterval(() => this.#tick(everyMs), everyMs).unref()
  }

  #forget(call: WaitingCall): void {
    this.#waiting.delete(call)
    if (this.#waiting.size > 0) return
    if (this.#ticker) clearInterval(this.#ticker)
    this.#ticker = null
    this.#ping?.stop.abort()
    this.#ping = null
    this.#unanswered = 0
  }

  #tick(ms: number): void {
    for (const call of [...this.#waiting]) {
      call.waitedMs += ms
      if (call.limitMs !== null && call.waitedMs >= call.limitMs)
        call.giveUp(this.#frozen(`no answer to ${call.name} within ${call.limitMs / 1000} s, though it answers pings`))
    }
    if (this.#ping === null) {
      if ([...this.#waiting].some(({ waitedMs }) => waitedMs >= this.#patience.pingAfterMs)) this.#sendPing()
      return
    }
    this.#ping.waitedMs += ms
    if (this.#ping.waitedMs < this.#patience.pingMs) return
    this.#ping.stop.abort()
    this.#ping = null
    this.#missed()
  }

  #sendPing(): void {
    const ping = { waitedMs: 0, stop: new AbortController() }
    this.#ping = ping
    this.#dial(pingRequest(ping.stop.signal), (error) => {
      if (this.#ping !== ping) return // given up meanwhile
      this.#ping = null
      if (error === null || error === undefined) this.#heard()
      else this.#missed()
    })
  }

  #missed(): void {
    this.#unanswered++
    if (this.#unanswered >= this.#patience.pings) this.#lose(`to ${this.#unanswered} pings`)
  }

  /** @param unanswered what it did not answer either: `to 6 pings` */
  #lose(unanswered: string): void {
    this.#isLost = true
    for (const call of [...this.#waiting]) call.giveUp(this.#frozen(`no answer to ${call.name}, nor ${unanswered}`))
  }

  #frozen(what: string): EngineLost {
    return EngineLost.frozen(what, this.#host)
  }

  #heard(): void {
    this.#unanswered = 0
    this.#isLost = false
  }

  #isBack(): Promise<boolean> {
    if (performance.now() < this.#lostUntilMs) return Promise.resolve(false)
    return new Promise((resolve) => {
      this.#dial(pingRequest(AbortSignal.timeout(this.#patience.pingMs)), (error) => {
        if (error === null || error === undefined) this.#heard()
        else this.#lostUntilMs = performance.now() + 2 * this.#patience.pingMs
        resolve(!this.#isLost)
      })
    })
  }
}

function pingRequest(abortSignal: AbortSignal): Request {
  return { method: 'GET', path: '/_ping', statusCodes: { 200: true, 500: 'server error' }, abortSignal }
}

function isPing({ path }: Request): boolean {
  return path === '/_ping'
}

/** Builds, pulls, imports, loads and saves: their duration cannot be known, and their callers watch them. */
function isLongWork({ path }: Request): boolean {
  return /^\/(build|images\/(create|load|get)|images\/.+\/(get|push))(\?|$)/.test(path)
}

function limitOf(request: Request, { readMs, changeMs }: Patience): number | null {
  if (isLongWork(request)) return null
  if (readsWholeStore(request)) return changeMs
  return request.method === 'GET' || request.method === 'HEAD' ? readMs : changeMs
}

/**
 * A list of images reads files of each image there is, whatever it is filtered by: with 1,300 of them that takes 0.2 s, and in one run of
 * all tests, on an engine that had just started, it took over 30 s.
 */
function readsWholeStore({ path }: Request): boolean {
  return /^\/images\/json(\?|$)/.test(path)
}

function isStream(answer: unknown): answer is Readable {
  return typeof (answer as { destroy?: unknown } | null)?.destroy === 'function'
}
