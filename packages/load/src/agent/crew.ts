import { type ChildProcess, fork } from 'node:child_process'
import { BakeoffError } from '@bakeoff/model'
import type { Seats } from '../shares/split.js'
import type { FromWorker, ToWorker } from '../worker/messages.js'
import type { Prepared, Seat } from '../worker/prepared-work.js'

/** One load process. */
export class Hand {
  readonly #process: ChildProcess
  readonly started: Promise<void>
  #alive = true
  #listener: ((message: FromWorker) => void) | null = null
  #failed: ((error: Error) => void) | null = null

  constructor(script: string) {
    this.#process = fork(script, {
      // Buffers are passed as they are.
      serialization: 'advanced',
      // Answers are short-lived: with a small young generation they are scavenged in the middle of a window.
      execArgv: ['--max-semi-space-size=32'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    this.started = new Promise((resolve, reject) => {
      this.#failed = reject
      this.#listener = (message) => message.kind === 'started' && resolve()
    })
    this.#process.on('message', (message) => this.#receive(message as FromWorker))
    this.#process.on('error', (error) => this.#die(error.message))
    this.#process.on('exit', (code, signal) => this.#die(`ended with ${signal ?? `exit code ${code}`}`))
  }

  get alive(): boolean {
    return this.#alive
  }

  say(message: ToWorker): void {
    // The process may end in between; `exit` then reports it.
    if (this.#alive) this.#process.send(message, () => {})
  }

  /** Sets the receivers of its messages and of its end, from now on. */
  listen(onMessage: (message: FromWorker) => void, onFailure: (error: Error) => void): void {
    this.#listener = onMessage
    this.#failed = onFailure
    if (!this.#alive) onFailure(new BakeoffError('AGENT_FAILED', 'a load process has ended'))
  }

  ignore(): void {
    this.#listener = null
    this.#failed = null
  }

  kill(): void {
    this.#process.kill('SIGKILL')
  }

  #receive(message: FromWorker): void {
    if (message.kind !== 'failed') {
      this.#listener?.(message)
      return
    }
    const error = new Error(message.message)
    error.stack = [`Error: ${message.message}`, ...message.stack].join('\n')
    // The state of the process cannot be trusted any more.
    this.#alive = false
    this.kill()
    this.#failed?.(error)
  }

  #die(how: string): void {
    if (!this.#alive) return
    this.#alive = false
    this.#failed?.(new BakeoffError('AGENT_FAILED', `a load process ${how}`))
  }
}

/** The load processes, one for each core of the agent. They stay, so that they are warm after the first load. */
export class Crew {
  readonly #script: string
  readonly #hands: Hand[]
  #seats: Seats
  #work: Prepared = { requests: [], seed: 0, respell: null, state: null, answerCapBytes: 0 }
  #loads = 0

  /** @param script the load process's file */
  constructor(script: string, size: number) {
    this.#script = script
    this.#hands = Array.from({ length: size }, () => new Hand(script))
    this.#seats = { own: [...this.#hands.keys()], of: size }
  }

  get size(): number {
    return this.#hands.length
  }

  /** The places of its processes among those of all agents; it is alone unless it is told otherwise. */
  get seats(): Seats {
    return this.#seats
  }

  async started(): Promise<void> {
    await Promise.all(this.#hands.map(({ started }) => started))
  }

  /**
   * Gives all processes the work, and keeps it for those that have to be started again.
   *
   * @param seats the places of its processes among those of several agents; default: it is alone
   */
  prepare(work: Prepared, seats: Seats = { own: [...this.#hands.keys()], of: this.size }): void {
    this.#work = work
    this.#seats = seats
    for (const [index, hand] of this.#hands.entries()) hand.say({ kind: 'prepare', work, seat: this.#seat(index) })
  }

  /** The number of the next load, counted over the life of the agent. */
  countLoad(): number {
    return this.#loads++
  }

  /** The first `count` processes, all alive. */
  async take(count: number): Promise<Hand[]> {
    const taken = this.#hands.slice(0, count)
    for (const [index, hand] of taken.entries()) {
      if (hand.alive) continue
      const fresh = new Hand(this.#script)
      await fresh.started
      fresh.say({ kind: 'prepare', work: this.#work, seat: this.#seat(index) })
      this.#hands[index] = taken[index] = fresh
    }
    return taken
  }

  end(): void {
    for (const hand of this.#hands) hand.kill()
  }

  #seat(index: number): Seat {
    return { index: this.#seats.own[index] ?? index, of: this.#seats.of }
  }
}
