/** Questions to a probe and its answers, over its stdin and stdout. */
import type { Duplex } from 'node:stream'
import { BakeoffError } from '@bakeoff/model'
import { eachLine } from '../lines.js'
import type { Answer, Question, Tick } from './protocol.js'

/** Time to read what has arrived before an answer counts as overdue, since this process itself may have been stopped. */
const LAST_CHANCE_MS = 1000

interface Call {
  resolve(result: unknown): void
  reject(error: unknown): void
  readonly overdue: NodeJS.Timeout
}

/** A question before it has its number. */
type Unnumbered = Question extends infer Q ? (Q extends Question ? Omit<Q, 'id'> : never) : never

export interface WireOptions {
  /** name of the host */
  readonly host: string
  /** how long an answer may take */
  readonly answerMs: number
  /** the last lines that the probe wrote besides answers */
  readonly lastWords: () => readonly string[]
}

export class ProbeWire {
  /** settles when the probe, or the way to it, is gone, and never rejects. Never settles after `end` */
  readonly lost: Promise<BakeoffError>
  readonly #wire: Duplex
  readonly #options: WireOptions
  readonly #calls = new Map<number, Call>()
  readonly #ticks = new Map<number, (tick: Tick) => void>()
  #lastId = 0
  #broken: BakeoffError | null = null
  #isEnded = false
  #lose!: (error: BakeoffError) => void

  constructor(wire: Duplex, options: WireOptions) {
    this.#wire = wire
    this.#options = options
    this.lost = new Promise((resolve) => {
      this.#lose = resolve
    })
    wire.on('error', (error) => this.#break(error.message))
    wire.on('end', () => this.#break('its output ended'))
    wire.on('close', () => this.#break('its connection closed'))
    eachLine(wire, (line) => {
      if (line !== '') this.#hear(line)
    })
  }

  get isBroken(): boolean {
    return this.#broken !== null
  }

  /** @throws ENGINE_LOST */
  ask(question: Unnumbered): Promise<unknown> {
    return this.#ask(++this.#lastId, question)
  }

  /**
   * Asks a question whose answer is followed by ticks.
   *
   * @returns the answer, and a function after which no tick is heard any more
   */
  async follow<T>(question: Unnumbered, hear: (tick: Tick) => void): Promise<{ result: T; stop(): Promise<void> }> {
    const id = ++this.#lastId
    this.#ticks.set(id, hear)
    try {
      const result = (await this.#ask(id, question)) as T
      return {
        result,
        stop: async () => {
          this.#ticks.delete(id)
          await this.ask({ ask: 'stop', sampling: id })
        },
      }
    } catch (error) {
      this.#ticks.delete(id)
      throw error
    }
  }

  /** Closes the wire. What is still asked rejects; the loss is wanted, and told to nobody. */
  end(): void {
    this.#isEnded = true
    this.#break('it was ended')
    this.#wire.destroy()
  }

  #ask(id: number, question: Unnumbered): Promise<unknown> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.#broken) {
        reject(this.#broken)
        return
      }
      const { answerMs } = this.#options
      const overdue = setTimeout(() => this.#giveLastChance(id, question.ask), answerMs)
      this.#calls.set(id, { resolve, reject, overdue })
      this.#wire.write(`${JSON.stringify({ ...question, id })}\n`)
    })
  }

  #giveLastChance(id: number, asked: string): void {
    const seconds = (this.#options.answerMs + LAST_CHANCE_MS) / 1000
    setTimeout(() => {
      if (this.#calls.has(id)) this.#break(`no answer to ${asked} within ${seconds} s`)
    }, LAST_CHANCE_MS)
  }

  #hear(line: string): void {
    let answer: Answer
    try {
      answer = JSON.parse(line) as Answer
    } catch {
      this.#break(`it wrote something other than answers: ${line.slice(0, 200)}`)
      return
    }
    if ('tick' in answer) {
      this.#ticks.get(answer.id)?.(answer.tick)
      return
    }
    const call = this.#calls.get(answer.id)
    if (call === undefined) return
    this.#calls.delete(answer.id)
    clearTimeout(call.overdue)
    if ('error' in answer) call.reject(new Error(`a bug in the probe on ${this.#options.host}: ${answer.error}`))
    else call.resolve(answer.result)
  }

  #break(how: string): void {
    if (this.#broken) return
    const { host, lastWords } = this.#options
    this.#broken = new BakeoffError('ENGINE_LOST', `the probe on ${host} is gone: ${how}`, {
      hint: `Either ${host} or the way to it is gone, or its engine has ended: \`npm run hosts -- check\` asks all of them. What was measured so far is kept: go on with --resume.`,
      logTail: lastWords(),
    })
    for (const { reject, overdue } of this.#calls.values()) {
      clearTimeout(overdue)
      reject(this.#broken)
    }
    this.#calls.clear()
    if (!this.#isEnded) this.#lose(this.#broken)
  }
}
