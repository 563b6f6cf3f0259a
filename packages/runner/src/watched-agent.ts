import { BakeoffError, type Fetched, type LoadMeasurement, type LoadWindow } from '@bakeoff/model'
import { Deadline } from './deadline.js'
import type { Clock, Decision, FetchRequest, LoadAgent, LoadRequest, RunningContainer, Work } from './ports.js'

/** How much longer than the target may take the agent may take to say so. */
const GRACE_MS = 30_000
/** Work is at most some megabytes. */
const PREPARE_MS = 60_000
/** A slice comes every half second. */
export const SILENCE_MS = 15_000
/** A broken connection is seen at once, what became of the container behind it, or of the engine, later. */
const CAUSE_TOLD_MS = 5000
/** The agent sends so many golden questions at once. */
const VERIFIED_AT_ONCE = 4

/**
 * The load agent of a cell. Every call ends: with the answer, with what became of the agent's container or of the engine,
 * or with AGENT_FAILED when it is overdue. AGENT_FAILED has the last lines that the agent wrote, since its container is removed by
 * the time that anybody reads of it.
 */
export class WatchedAgent implements LoadAgent {
  readonly #agent: LoadAgent
  readonly #container: RunningContainer
  readonly #lost: Promise<never>
  readonly #clock: Clock
  #requests = 1

  /** @param lost never settles well: rejects when the container ends or the engine is lost */
  constructor(agent: LoadAgent, container: RunningContainer, lost: Promise<never>, clock: Clock) {
    this.#agent = agent
    this.#container = container
    this.#lost = lost
    this.#clock = clock
  }

  prepare(work: Work, signal: AbortSignal): Promise<void> {
    this.#requests = work.requests.length
    return this.#within(PREPARE_MS, 'did not take the requests', this.#agent.prepare(work, signal), signal)
  }

  waitUntilReady(
    origin: string,
    path: string,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<{ readonly readyAtMs: number }> {
    const asked = this.#agent.waitUntilReady(origin, path, timeoutMs, signal)
    return this.#within(timeoutMs + GRACE_MS, `did not say whether ${path} answers`, asked, signal)
  }

  fetch(request: FetchRequest, signal: AbortSignal): Promise<Fetched> {
    const what = `did not say what ${request.method} ${request.path} answers`
    return this.#within(request.timeoutMs + GRACE_MS, what, this.#agent.fetch(request, signal), signal)
  }

  verify(origin: string, timeoutMs: number, signal: AbortSignal): ReturnType<LoadAgent['verify']> {
    const mostMs = Math.ceil(this.#requests / VERIFIED_AT_ONCE) * timeoutMs + GRACE_MS
    const asked = this.#agent.verify(origin, timeoutMs, signal)
    return this.#within(mostMs, 'did not compare the answers', asked, signal)
  }

  /**
   * A load has no length of its own: `decide` opens its window. So slices must keep coming until then and in the window;
   * after it the load has until its requests time out. A batch ends with its one request.
   */
  async load(
    request: LoadRequest,
    decide: (slice: LoadWindow) => Decision,
    signal: AbortSignal,
  ): Promise<LoadMeasurement> {
    const { order, requestTimeoutMs, sliceMs } = request
    const deadline = new Deadline(this.#clock)
    let windowMs: number | null = null
    let isEnding = false
    const heard = (slice: LoadWindow): Decision => {
      const decision = decide(slice)
      if (isEnding) return decision
      isEnding = decision.kind === 'stop' || (windowMs !== null && slice.atMs + 1.5 * sliceMs >= windowMs)
      if (!isEnding) deadline.set(SILENCE_MS, 'told nothing of the load')
      // A slice of before the window may still come after it was opened: the whole window may be left.
      else deadline.set((windowMs ?? 0) + requestTimeoutMs + GRACE_MS, 'did not end the load')
      if (decision.kind === 'measure') windowMs = decision.durationMs
      return decision
    }
    // Connections are opened, and processes that have ended started again, before the first slice.
    deadline.set(GRACE_MS, 'did not begin the load')
    const whole = new Deadline(this.#clock)
    if (order.kind === 'batch') whole.set(requestTimeoutMs + 2 * GRACE_MS, 'did not end the batch')
    try {
      const loading = this.#agent.load(request, heard, signal)
      return await this.#explaining(Promise.race([loading, this.#lost, deadline.passed, whole.passed]), signal)
    } finally {
      deadline.clear()
      whole.clear()
    }
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#agent[Symbol.asyncDispose]()
  }

  async #within<T>(ms: number, what: string, work: Promise<T>, signal: AbortSignal): Promise<T> {
    const deadline = new Deadline(this.#clock)
    deadline.set(ms, what)
    try {
      return await this.#explaining(Promise.race([work, this.#lost, deadline.passed]), signal)
    } finally {
      deadline.clear()
    }
  }

  async #explaining<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      return await work
    } catch (error) {
      throw await explained(error, this.#container, this.#lost, this.#clock, signal)
    }
  }
}

/**
 * Why a tool in a container failed, as far as it can be known: an AGENT_FAILED that says only that the connection broke, or
 * that an answer is overdue, becomes what was learnt of the container or the engine; else it gets the container's last
 * lines. Any other error is returned as it is.
 */
export async function explained(
  error: unknown,
  container: RunningContainer,
  lost: Promise<never>,
  clock: Clock,
  signal: AbortSignal,
): Promise<unknown> {
  if (!(error instanceof BakeoffError) || error.code !== 'AGENT_FAILED') return error
  try {
    await Promise.race([lost, clock.sleep(CAUSE_TOLD_MS, signal)])
  } catch (cause) {
    return signal.aborted ? error : cause
  }
  const isOutOfMemory = container.oomKills() > 0
  return new BakeoffError('AGENT_FAILED', isOutOfMemory ? `${error.message}: its memory ran out` : error.message, {
    logTail: error.logTail.length > 0 ? error.logTail : await container.logTail(30).catch(() => []),
    hint: error.hint ?? NOT_THE_TARGET,
    cause: error,
  })
}

export const NOT_THE_TARGET =
  "This is not the target's fault. The lines above are the last that it wrote; npm run doctor shows what the machine has left."
