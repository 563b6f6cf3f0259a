import type { Fetched, LoadMeasurement, LoadSlice, Reach } from '@bakeoff/model'
import { Deadline } from './deadline.js'
import type { Decision, FetchRequest, LoadAgent, LoadRequest, Work } from './ports.js'
import type { Run } from './run.js'
import type { ToolContainers } from './tool-containers.js'

/** How much later than the target's own limit the agent may report. */
const GRACE_MS = 30_000
/** How long the agent may take to load the work, which has a few megabytes at most. */
const PREPARE_MS = 60_000
/** How long the agent may send no slice; one comes every half second. */
export const SILENCE_MS = 15_000
/** How many golden questions the agent sends at once. */
const VERIFIED_AT_ONCE = 4

/**
 * The load agent of a testbed. Every call ends: with the answer, with the abort of the run, with the fate of the
 * agent's container or of the engine, or with AGENT_FAILED when it is overdue. AGENT_FAILED has the last lines that the agent
 * wrote, since its container is removed before a user reads the error.
 */
export class WatchedAgent implements AsyncDisposable {
  readonly #run: Run
  readonly #tool: ToolContainers
  readonly #agent: LoadAgent
  #work: Work | null = null

  constructor(run: Run, tool: ToolContainers, agent: LoadAgent) {
    this.#run = run
    this.#tool = tool
    this.#agent = agent
  }

  prepare(work: Work): Promise<void> {
    this.#work = work
    return this.#within(PREPARE_MS, 'did not take the requests', this.#agent.prepare(work, this.#run.signal))
  }

  waitUntilReady(origin: string, health: Reach['health'], timeoutMs: number): Promise<{ readonly readyAtMs: number }> {
    const asked = this.#agent.waitUntilReady(origin, health, timeoutMs, this.#run.signal)
    return this.#within(timeoutMs + GRACE_MS, `did not say whether ${health.path} answers`, asked)
  }

  fetch(request: FetchRequest): Promise<Fetched> {
    const what = `did not say what ${request.method} ${request.path} answers`
    return this.#within(request.timeoutMs + GRACE_MS, what, this.#agent.fetch(request, this.#run.signal))
  }

  verify(origin: string, timeoutMs: number): ReturnType<LoadAgent['verify']> {
    const { requests, state } = this.#work ?? { requests: [], state: null }
    // What depends on one another is asked one after the other.
    const rounds = state ? requests.length + state.before.length : Math.ceil(requests.length / VERIFIED_AT_ONCE)
    const mostMs = rounds * timeoutMs + GRACE_MS
    const asked = this.#agent.verify(origin, timeoutMs, this.#run.signal)
    return this.#within(mostMs, 'did not compare the answers', asked)
  }

  link(origin: string): ReturnType<LoadAgent['link']> {
    return this.#within(GRACE_MS, 'did not measure the way to the target', this.#agent.link(origin, this.#run.signal))
  }

  cleanUp(origin: string, timeoutMs: number): Promise<string | null> {
    const mostMs = (this.#work?.state?.after.length ?? 0) * timeoutMs + GRACE_MS
    return this.#within(mostMs, 'did not clean up', this.#agent.cleanUp(origin, timeoutMs, this.#run.signal))
  }

  /**
   * Runs a load. It has no length of its own, since `decide` opens its window. So slices must keep coming until then and in the window;
   * after it the load has until its requests time out. A batch ends with its one request.
   */
  async load(request: LoadRequest, decide: (slice: LoadSlice) => Decision): Promise<LoadMeasurement> {
    const { order, requestTimeoutMs, sliceMs } = request
    const { signal, ports } = this.#run
    const deadline = new Deadline(ports.clock, this.#tool.words)
    let windowMs: number | null = null
    let isEnding = false
    const heard = (slice: LoadSlice): Decision => {
      const decision = decide(slice)
      if (isEnding) return decision
      isEnding = decision.kind === 'stop' || (windowMs !== null && slice.atMs + 1.5 * sliceMs >= windowMs)
      if (!isEnding) deadline.set(SILENCE_MS, 'reported nothing about the load')
      // A slice from before the window may still come after it was opened, so the whole window may still be ahead.
      else deadline.set((windowMs ?? 0) + requestTimeoutMs + GRACE_MS, 'did not end the load')
      if (decision.kind === 'measure') windowMs = decision.durationMs
      return decision
    }
    // Connections are opened, and processes that have ended started again, before the first slice.
    deadline.set(GRACE_MS, 'did not begin the load')
    const whole = new Deadline(ports.clock, this.#tool.words)
    if (order.kind === 'batch') whole.set(requestTimeoutMs + 2 * GRACE_MS, 'did not end the batch')
    try {
      const loading = this.#agent.load(request, heard, signal)
      return await this.#unlessLost(loading, deadline.passed, whole.passed)
    } finally {
      deadline.clear()
      whole.clear()
    }
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#agent[Symbol.asyncDispose]()
  }

  async #within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
    const deadline = new Deadline(this.#run.ports.clock, this.#tool.words)
    deadline.set(ms, what)
    try {
      return await this.#unlessLost(work, deadline.passed)
    } finally {
      deadline.clear()
    }
  }

  async #unlessLost<T>(...work: readonly Promise<T>[]): Promise<T> {
    try {
      return await this.#tool.unlessLost(...work)
    } catch (error) {
      throw await this.#tool.explain(error)
    }
  }
}
