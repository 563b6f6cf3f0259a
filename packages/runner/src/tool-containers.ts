import { BakeoffError, endWords } from '@bakeoff/model'
import { containerWords } from './placement.js'
import type { RunningContainer } from './ports.js'
import type { Run } from './run.js'
import { tailsOf } from './tails.js'

/** How long to wait for the fate of the container or the engine, which becomes known later than a broken connection. */
const CAUSE_TOLD_MS = 5000

export const NOT_THE_TARGET =
  "This is not the target's fault. The lines above are the last that it wrote; npm run doctor shows what the machine has left."

/** Something that can be lost while it is in use. */
export interface Losable {
  /** The outcome of the work; rejects when the thing is lost first. */
  unlessLost<T>(...work: readonly Promise<T>[]): Promise<T>
}

/**
 * One of Bakeoff's tools, the load agent or wrk, in the container that it is, or in one on each of several machines. It is lost when one of them
 * ends (AGENT_FAILED), and with the engine (ENGINE_LOST).
 */
export class ToolContainers implements Losable {
  readonly containers: readonly RunningContainer[]
  /** as a sentence begins with it: `the load agent`, `the load agent on load-1, load-2` */
  readonly words: string
  readonly #what: string
  readonly #run: Run
  /** never resolves */
  readonly #lost: Promise<never>

  /**
   * @param containers at least one
   * @param what       the tool, as a sentence calls it: `the load agent`
   * @param within     the tool is lost when this is lost; default: nothing
   */
  constructor(run: Run, containers: readonly RunningContainer[], what: string, within?: Losable) {
    this.#what = what
    const ended = Promise.race(containers.map((container) => whenEnded(container, this.wordsOf(container))))
    this.#run = run
    this.containers = containers
    const hosts = containers.flatMap(({ host }) => host ?? [])
    this.words = hosts.length === 0 ? what : `${what} on ${hosts.join(', ')}`
    this.#lost = within?.unlessLost(ended) ?? ended
    this.#lost.catch(() => {}) // raced by the work that uses the tool; unhandled when it is disposed first
  }

  /** The tool in one of its containers: `the load agent on load-1`. */
  wordsOf({ host }: RunningContainer): string {
    return containerWords({ name: this.#what, host })
  }

  unlessLost<T>(...work: readonly Promise<T>[]): Promise<T> {
    return Promise.race([...work, this.#lost])
  }

  /**
   * The reason why the tool failed, as far as it can be known: an AGENT_FAILED that says only that the connection broke, or that an
   * answer is overdue, is replaced by what was learnt about the container or the engine; else it gets the container's last lines.
   * Any other error is returned as it is.
   */
  async explain(error: unknown): Promise<unknown> {
    if (!(error instanceof BakeoffError) || error.code !== 'AGENT_FAILED') return error
    try {
      await this.unlessLost(this.#run.sleep(CAUSE_TOLD_MS))
    } catch (cause) {
      return this.#run.signal.aborted ? error : cause
    }
    const isOutOfMemory = this.containers.some((container) => container.oomKills() > 0)
    return new BakeoffError('AGENT_FAILED', isOutOfMemory ? `${error.message}: its memory ran out` : error.message, {
      logTail: error.logTail.length > 0 ? error.logTail : await tailsOf(this.containers, 30),
      hint: error.hint ?? NOT_THE_TARGET,
      cause: error,
    })
  }
}

async function whenEnded(container: RunningContainer, who: string): Promise<never> {
  const end = await container.exited
  throw new BakeoffError('AGENT_FAILED', `${who} ${endWords(end)}`, {
    logTail: await container.logTail(30).catch(() => []),
    hint: NOT_THE_TARGET,
  })
}
