import type { Duplex } from 'node:stream'
import {
  aborted,
  BakeoffError,
  type ErrorRecord,
  type Fetched,
  type LoadMeasurement,
  type LoadSlice,
  type Reach,
} from '@bakeoff/model'
import {
  type AgentWire,
  type Decision,
  type FetchRequest,
  type LoadAgent,
  type LoadRequest,
  steadyMs,
  type Work,
} from '@bakeoff/runner/ports'
import { messagesOf } from '../lines.js'
import { type Command, type Hello, type LoadShare, PROTOCOL, type Reply } from '../protocol.js'
import type { Seats } from '../shares/split.js'
import type { SlicePart } from '../worker/messages.js'
import type { GivenValues } from '../worker/prepared-work.js'
import { Decider } from './decider.js'

/** How long the agent may take to start its processes. */
const HELLO_MS = 30_000
/** How long a command may take to end after it was told to stop, and the agent to leave after `quit`. */
const STOP_MS = 10_000
const QUIT_MS = 1000
/** How long the agent may be silent: many heartbeats, since on a busy machine some come late. */
const SILENCE_MS = 15_000
/** Time to read what has arrived before the agent counts as silent, since this process itself may have been stopped. */
const LAST_CHANCE_MS = 1000
/** How often the agent is asked for its clock, since one answer may wait behind other work. */
const CLOCK_QUESTIONS = 8
/** How fast two clocks may drift apart at most, as a share of the time: 50 ppm is what crystals are sold with. */
const MOST_DRIFT = 50e-6

/**
 * Starts talking to a load agent over its stdin and stdout.
 *
 * @param silenceMs an agent that sends nothing for this long counts as hung
 * @returns the agent; disposing it ends it. All its calls reject with AGENT_FAILED once the wire is broken or the agent
 *          hangs, and with ABORTED when their signal aborts
 * @throws BakeoffError AGENT_FAILED when it does not answer, or speaks another version
 */
export function connectAgent(wire: Duplex, silenceMs = SILENCE_MS): Promise<LoadAgent> {
  return connectClient({ wire, who: 'the load agent' }, silenceMs)
}

/** The same, for one of several agents. */
export async function connectClient(wire: AgentWire, silenceMs = SILENCE_MS): Promise<Client> {
  const client = new Client(wire, silenceMs)
  try {
    const { protocol } = await client.hello()
    if (protocol !== PROTOCOL)
      throw new BakeoffError(
        'AGENT_FAILED',
        `${wire.who} speaks version ${protocol} of its protocol, not ${PROTOCOL}`,
        {
          hint: 'Its image is of another version. `npm run build` writes the current one, and the next run builds its image.',
        },
      )
    await client.setClock()
    return client
  } catch (error) {
    await client[Symbol.asyncDispose]()
    throw error
  }
}

interface Call {
  resolve(result: unknown): void
  reject(error: unknown): void
  /** gets what is said about it before it is done */
  said(news: News): void
}

type News = Extract<Reply, { slice: unknown } | { opened: unknown } | { part: unknown }>

/** What a running load can be told. Times are on the steady scale. */
export interface Steering {
  /** begins a share */
  go(atMs: number): void
  /** opens the window, at a time or now */
  cut(durationMs: number, atMs?: number): void
  stop(): void
}

/** Gets what is said about a load while it runs. */
interface LoadListener {
  slice?(slice: LoadSlice, steering: Steering): void
  opened?(steering: Steering): void
  part?(part: SlicePart): void
}

/** The messages about a share of a load. */
export interface ShareListener {
  /** its connections are open, and it waits */
  opened(steering: Steering): void
  /** the slice of one of its processes */
  part(part: SlicePart): void
}

/** A command before it has its number. */
type Unnumbered = Command extends infer C ? (C extends Command ? Omit<C, 'id'> : never) : never

/** The client of one load agent. */
export class Client implements LoadAgent {
  /** as a sentence begins with it: `the load agent on load-1` */
  readonly who: string
  readonly #wire: Duplex
  readonly #calls = new Map<number, Call>()
  #lastId = 0
  /** the offset from the agent's clock to the steady scale of this process */
  #aheadMs = 0
  /** half of the round trip of the question for its clock, and when it was asked */
  #clock = { errorMs: 0, atMs: 0 }
  #processes = 1
  /** the reason why the agent cannot be asked any more */
  #broken: BakeoffError | null = null
  readonly #closed: Promise<void>
  readonly #silenceMs: number
  #silence: NodeJS.Timeout | undefined

  constructor({ wire, who }: AgentWire, silenceMs: number) {
    this.#wire = wire
    this.who = who
    this.#silenceMs = silenceMs
    wire.on(
      'data',
      messagesOf((line) => this.#hear(line)),
    )
    wire.on('data', () => {
      if (this.#silence !== undefined) this.#listen()
    })
    this.#closed = new Promise((resolve) => {
      const end = (how: string) => {
        this.#break(how)
        resolve()
      }
      wire.on('end', () => end('its output ended'))
      wire.on('close', () => end('its connection closed'))
      wire.on('error', (error) => end(error.message))
    })
  }

  async hello(): Promise<Hello> {
    const timer = setTimeout(() => this.#break(`it did not answer within ${HELLO_MS / 1000} s`), HELLO_MS)
    try {
      const hello = (await this.#ask({ command: 'hello' }).answer) as Hello
      this.#processes = hello.processes
      return hello
    } finally {
      clearTimeout(timer)
      this.#listen()
    }
  }

  /**
   * Measures the offset between the agent's clock and this process's. Neither is the time of day, which may be set meanwhile. The
   * quickest answer is the most exact, and is wrong by half its round trip at most.
   */
  async setClock(): Promise<void> {
    let bestMs = Number.POSITIVE_INFINITY
    for (let asked = 0; asked < CLOCK_QUESTIONS; asked++) {
      const askedAtMs = steadyMs()
      const agentMs = (await this.#ask({ command: 'clock' }).answer) as number
      const wayMs = steadyMs() - askedAtMs
      if (wayMs >= bestMs) continue
      bestMs = wayMs
      this.#aheadMs = askedAtMs + wayMs / 2 - agentMs
      this.#clock = { errorMs: wayMs / 2, atMs: askedAtMs }
    }
  }

  /** The largest error of the alignment of its clock with the steady scale, now: clocks of two machines drift apart. */
  get clockErrorMs(): number {
    const { errorMs, atMs } = this.#clock
    return errorMs + (steadyMs() - atMs) * MOST_DRIFT
  }

  /** How many load processes it has. */
  get processes(): number {
    return this.#processes
  }

  /** Starts to watch for silence: from now on messages are expected. */
  #listen(): void {
    clearTimeout(this.#silence)
    if (this.#broken !== null) return
    this.#silence = setTimeout(() => {
      const seconds = (this.#silenceMs + LAST_CHANCE_MS) / 1000
      this.#silence = setTimeout(() => this.#break(`it has said nothing for ${seconds} s`), LAST_CHANCE_MS)
    }, this.#silenceMs)
  }

  /** @param seats the places of its processes among those of several agents; default: it is alone */
  async prepare(work: Work, signal: AbortSignal, seats?: Seats): Promise<void> {
    await this.#askUntil({ command: 'prepare', work, ...(seats ? { seats } : {}) }, signal)
  }

  /** The values that the requests of `before` gave it. */
  async given(signal: AbortSignal): Promise<GivenValues> {
    return (await this.#askUntil({ command: 'given' }, signal)) as GivenValues
  }

  async link(origin: string, signal: AbortSignal): ReturnType<LoadAgent['link']> {
    return (await this.#askUntil({ command: 'link', origin }, signal)) as Awaited<ReturnType<LoadAgent['link']>>
  }

  async waitUntilReady(
    origin: string,
    health: Reach['health'],
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<{ readyAtMs: number }> {
    const { readyAtMs } = (await this.#askUntil({ command: 'await-ready', origin, health, timeoutMs }, signal)) as {
      readyAtMs: number
    }
    return { readyAtMs: readyAtMs + this.#aheadMs }
  }

  async fetch(request: FetchRequest, signal: AbortSignal): Promise<Fetched> {
    return (await this.#askUntil({ command: 'fetch', request }, signal)) as Fetched
  }

  async verify(origin: string, timeoutMs: number, signal: AbortSignal): ReturnType<LoadAgent['verify']> {
    return (await this.#askUntil({ command: 'verify', origin, timeoutMs }, signal)) as Awaited<
      ReturnType<LoadAgent['verify']>
    >
  }

  async cleanUp(origin: string, timeoutMs: number, signal: AbortSignal): Promise<string | null> {
    return (await this.#askUntil({ command: 'clean-up', origin, timeoutMs }, signal)) as string | null
  }

  async load(
    request: LoadRequest,
    decide: (slice: LoadSlice) => Decision,
    signal: AbortSignal,
  ): Promise<LoadMeasurement> {
    let decider: Decider | null = null
    const measured = (await this.#askUntil({ command: 'load', request }, signal, {
      slice: (slice, steering) => {
        decider ??= new Decider(decide, steering)
        decider.hear(slice)
      },
    })) as LoadMeasurement
    ;(decider as Decider | null)?.throwFailure()
    return { ...measured, startedAtMs: measured.startedAtMs + this.#aheadMs }
  }

  /** Runs its share of a load of several agents: see the command `load-share`. Times are on the steady scale of this process. */
  async loadShare(
    { request, given }: { readonly request: LoadRequest; readonly given: GivenValues },
    listener: ShareListener,
    signal: AbortSignal,
  ): Promise<LoadShare> {
    const { parts, checked } = (await this.#askUntil({ command: 'load-share', request, given }, signal, {
      opened: (steering) => listener.opened(steering),
      part: (part) => listener.part(part),
    })) as LoadShare
    const aligned = parts.map((part) => ({ ...part, startedAtMs: part.startedAtMs + this.#aheadMs }))
    return { parts: aligned, checked }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#broken === null) {
      const left = this.#ask({ command: 'quit' }).answer
      await Promise.race([left.catch(() => {}), timeout(QUIT_MS)])
    }
    this.#break('it was ended')
    this.#wire.end()
    await Promise.race([this.#closed, timeout(QUIT_MS)])
    this.#wire.destroy()
  }

  /** Sends a command, and stops it when the signal aborts; the answer is then ABORTED, once the agent has stopped. */
  async #askUntil(command: Unnumbered, signal: AbortSignal, listener: LoadListener = {}): Promise<unknown> {
    throwIfAborted(signal)
    const stop = () => this.#send({ id: ++this.#lastId, command: 'stop', target: id })
    const steering: Steering = {
      go: (atMs) => this.#send({ id: ++this.#lastId, command: 'go', target: id, atMs: atMs - this.#aheadMs }),
      cut: (durationMs, atMs) => {
        const at = atMs === undefined ? {} : { atMs: atMs - this.#aheadMs }
        this.#send({ id: ++this.#lastId, command: 'cut', target: id, durationMs, ...at })
      },
      stop,
    }
    const { id, answer } = this.#ask(command, (news) => {
      if ('slice' in news) listener.slice?.(news.slice, steering)
      else if ('opened' in news) listener.opened?.(steering)
      else listener.part?.(news.part)
    })
    let overdue: NodeJS.Timeout | undefined
    const abort = () => {
      stop()
      overdue = setTimeout(() => this.#break(`it did not stop within ${STOP_MS / 1000} s`), STOP_MS)
    }
    signal.addEventListener('abort', abort)
    try {
      const result = await answer
      throwIfAborted(signal)
      return result
    } finally {
      clearTimeout(overdue)
      signal.removeEventListener('abort', abort)
    }
  }

  #ask(command: Unnumbered, said: (news: News) => void = () => {}): { id: number; answer: Promise<unknown> } {
    const id = ++this.#lastId
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#calls.set(id, { resolve, reject, said })
      if (this.#broken) this.#fail(this.#broken)
      else this.#send({ ...command, id } as Command)
    })
    return { id, answer }
  }

  #send(command: Command): void {
    if (this.#broken === null) this.#wire.write(`${JSON.stringify(command)}\n`)
  }

  #hear(line: string): void {
    let reply: Reply
    try {
      reply = JSON.parse(line) as Reply
    } catch {
      this.#break(`it wrote something other than replies: ${line.slice(0, 200)}`)
      return
    }
    const call = this.#calls.get(reply.id)
    if (call === undefined || 'alive' in reply) return
    if ('slice' in reply || 'opened' in reply || 'part' in reply) {
      call.said(reply)
      return
    }
    this.#calls.delete(reply.id)
    if ('error' in reply) call.reject(errorFrom(reply.error, this.who))
    else call.resolve(reply.result)
  }

  #break(how: string): void {
    if (this.#broken) return
    clearTimeout(this.#silence)
    // The owner of the container knows more, and has its last lines.
    this.#broken = new BakeoffError('AGENT_FAILED', `${this.who} is gone: ${how}`)
    this.#fail(this.#broken)
  }

  #fail(error: BakeoffError): void {
    for (const call of this.#calls.values()) call.reject(error)
    this.#calls.clear()
  }
}

function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw aborted('while the load agent worked', signal.reason)
}

/** The error of an error record. A bug in the agent stays within its container, and the run goes on. */
function errorFrom({ code, message, hint, logTail }: ErrorRecord, who: string): BakeoffError {
  if (code !== 'BUG') return new BakeoffError(code, message, { logTail, ...(hint === null ? {} : { hint }) })
  return new BakeoffError('AGENT_FAILED', `a bug in ${who}: ${message}`, {
    logTail,
    hint: 'This is a bug in Bakeoff and not in the target. The lines above say where it happened.',
  })
}

function timeout(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref()
  })
}
