import { constants } from 'node:os'
import { BakeoffError } from '@bakeoff/model'
import type { Terminal } from './terminal.js'

const STOPPING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Something that must be cleaned up whatever ends the process. */
export interface Stoppable {
  emergencyStop(): Promise<void>
}

/** When to stop, and what must then be cleaned up. */
export interface Stop {
  readonly signal: AbortSignal
  guard(stoppable: Stoppable): void
}

/**
 * The first signal asks everything to stop: what was measured is recorded and reported. A second one removes the
 * containers and leaves. An error that nobody caught removes them as well.
 */
export class Interruption implements Stop {
  readonly #controller = new AbortController()
  readonly #terminal: Terminal
  readonly #stoppables = new Set<Stoppable>()
  #leaving = false

  constructor(terminal: Terminal) {
    this.#terminal = terminal
    for (const name of STOPPING) process.on(name, () => this.#onSignal(name))
    process.on('uncaughtException', (error) => void this.#leave(error, 1))
    process.on('unhandledRejection', (error) => void this.#leave(error, 1))
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  guard(stoppable: Stoppable): void {
    this.#stoppables.add(stoppable)
  }

  #onSignal(name: (typeof STOPPING)[number]): void {
    if (this.#controller.signal.aborted) {
      void this.#leave(null, 128 + constants.signals[name])
      return
    }
    this.#terminal.say(`${name}: stopping. What was measured is kept; once more leaves at once.`)
    this.#controller.abort(
      new BakeoffError('ABORTED', `interrupted (${name})`, {
        hint: 'Go on where it stopped: npm run matrix -- --resume',
      }),
    )
  }

  async #leave(error: unknown, code: number): Promise<void> {
    if (this.#leaving) return
    this.#leaving = true
    if (error !== null) this.#terminal.say(error instanceof Error ? (error.stack ?? error.message) : String(error))
    await Promise.all([...this.#stoppables].map((one) => one.emergencyStop().catch(() => {})))
    process.exit(code)
  }
}
