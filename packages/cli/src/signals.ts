import { constants } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { BakeoffError } from '@bakeoff/model'
import { exitCodeOf, exitCodes, showError } from './exit.js'
import type { OutputLost, Terminal } from './terminal.js'

const STOPPING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** How long a run that was told to stop may take to write its end, write its report and remove its containers. */
const GRACE_MS = 30_000
/** How long removing may take after that; the watchdog goes on with what is left. */
const LEAVE_MS = 20_000
/** A bug that throws again and again must not fill the terminal. */
const MOST_SHOWN = 3

/** The duties of a process before it leaves, also when its work has not ended. */
export interface Stoppable {
  /** writes the end of a run and the report of what is known by then; must be quick */
  writeEnd?(): void
  /** removes what was started, and prints what could not be removed */
  emergencyStop?(): Promise<void>
}

/** Watches for reasons to stop, and does what must then be done. */
export interface Stop {
  readonly signal: AbortSignal
  guard(stoppable: Stoppable): void
  /** The next signal is no interruption: it ends what the user ends by Ctrl-C, such as a recording. Returns the way to take that back. */
  onNextSignal(then: () => void): () => void
}

/** The process, as far as signals and its end need it; tests have their own. */
interface Surroundings {
  readonly process: {
    on(event: string, listener: (...given: never[]) => void): unknown
    exit(code: number): void
  }
  readonly graceMs: number
  readonly leaveMs: number
}

/**
 * The first signal asks everything to stop: what was measured is kept and reported. An uncaught error does the same,
 * and so does an output without a reader, as in `npm run matrix 2>&1 | head`: what is left is not measured
 * by a program that is broken or unwatched, and is not recorded as failed either. Work that has not ended
 * half a minute later, or at the second signal, is recorded as it is, the containers are removed, and the process
 * leaves.
 */
export class Interruption implements Stop {
  readonly #controller = new AbortController()
  readonly #terminal: Terminal
  readonly #process: Surroundings['process']
  readonly #graceMs: number
  readonly #leaveMs: number
  readonly #stoppables = new Set<Stoppable>()
  #exitCode: number | null = null
  #uncaught = 0
  #leaving = false
  /** takes the next signal */
  #taker: (() => void) | null = null

  constructor(terminal: Terminal, surroundings: Partial<Surroundings> = {}) {
    this.#terminal = terminal
    this.#process = surroundings.process ?? process
    this.#graceMs = surroundings.graceMs ?? GRACE_MS
    this.#leaveMs = surroundings.leaveMs ?? LEAVE_MS
    for (const name of STOPPING) this.#process.on(name, () => this.#onSignal(name))
    this.#process.on('uncaughtException', (error: unknown) => this.#onUncaught(error))
    this.#process.on('unhandledRejection', (error: unknown) => this.#onUncaught(error))
    terminal.onLost((loss) => this.#onOutputLost(loss))
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** The exit code of the process, which overrides the outcome of its work; null while nothing asked it to stop. */
  get exitCode(): number | null {
    return this.#exitCode
  }

  guard(stoppable: Stoppable): void {
    this.#stoppables.add(stoppable)
  }

  onNextSignal(then: () => void): () => void {
    this.#taker = then
    return () => {
      if (this.#taker === then) this.#taker = null
    }
  }

  #onSignal(name: (typeof STOPPING)[number]): void {
    const taker = this.#taker
    if (taker !== null) {
      this.#taker = null
      taker()
      return
    }
    if (this.#controller.signal.aborted) {
      void this.#leave(`at the second signal (${name})`, 128 + constants.signals[name])
      return
    }
    this.#terminal.say(`${name}: stopping. What was measured is kept. Once more to leave at once.`)
    this.#stop(`interrupted (${name})`, exitCodes.interrupted)
  }

  #onUncaught(error: unknown): void {
    if (this.#uncaught++ < MOST_SHOWN) showError(error, this.#terminal)
    if (this.#controller.signal.aborted) return
    const message = error instanceof Error ? error.message : String(error)
    const isBug = !(error instanceof BakeoffError)
    if (isBug) this.#terminal.say('The run is stopped in order: what was measured is kept.')
    this.#stop(isBug ? `stopped by a bug in Bakeoff: ${message}` : message, exitCodeOf(error), error)
  }

  #onOutputLost({ stream, code }: OutputLost): void {
    const isUnread = code === 'EPIPE' || code === 'EIO'
    const why = isUnread ? `${stream} has no reader any more` : `${stream} cannot be written`
    this.#terminal.say(`Stopping: ${why} (${code}).`) // the other one may still be read
    if (!this.#controller.signal.aborted)
      this.#stop(`${why} (${code})`, isUnread ? exitCodes.unread : exitCodes.environment)
  }

  #stop(reason: string, exitCode: number, cause?: unknown): void {
    this.#exitCode = exitCode
    const isRun = [...this.#stoppables].some(({ writeEnd }) => writeEnd !== undefined)
    const next = isRun ? { hint: 'Go on where it stopped: npm run matrix -- --resume' } : {}
    this.#controller.abort(new BakeoffError('ABORTED', reason, { cause, ...next }))
    // The timer keeps the process alive: one that waits for nothing would end in the middle.
    setTimeout(() => void this.#leave(`${this.#graceMs / 1000} s after it was stopped`, exitCode), this.#graceMs)
  }

  async #leave(when: string, code: number): Promise<void> {
    if (this.#leaving) return
    this.#leaving = true
    this.#terminal.live('')
    const stoppables = [...this.#stoppables]
    const written = stoppables.flatMap(({ writeEnd }) => (writeEnd ? [this.#isDone(writeEnd)] : []))
    const stopped = Promise.all(stoppables.map((one) => one.emergencyStop?.().catch(() => {})))
    const isStopped = await Promise.race([stopped.then(() => true), sleep(this.#leaveMs, false)])
    const said = [
      `Left ${when}, before its end`,
      ...(written.length > 0 && written.every(Boolean) ? ['what was measured is in the report'] : []),
      ...(isStopped ? [] : ['its containers are not removed yet: its watchdog goes on with that']),
    ]
    this.#terminal.say(`${said.join('; ')}.`)
    this.#process.exit(code)
  }

  /** Runs a step; false when it failed, as on a full disk. The error is shown. */
  #isDone(writeEnd: () => void): boolean {
    try {
      writeEnd()
      return true
    } catch (error) {
      showError(error, this.#terminal)
      return false
    }
  }
}
