import { hiderOf } from '@bakeoff/core'
import { aborted, BakeoffError, type ErrorRecord, type LoadMeasurement, toErrorRecord } from '@bakeoff/model'
import type { Work } from '@bakeoff/runner/ports'
import { monotonicMs } from '../clock.js'
import { type Command, type Hello, type LoadShare, PROTOCOL, type Reply } from '../protocol.js'
import { AskedState } from './asked-state.js'
import type { Crew } from './crew.js'
import { fetchOnce } from './fetch.js'
import { measureLink } from './link.js'
import { preparedOf } from './prepared.js'
import { awaitReady } from './ready.js'
import { type Listener, runLoad, runShare, type ShareListener, type Steering } from './run-load.js'
import { setUp } from './set-up.js'
import { verify } from './verify.js'

/** The agent: executes commands, and answers each with its result or its error. */
export class Agent {
  readonly #crew: Crew
  readonly #say: (reply: Reply) => void
  readonly #running = new Map<number, AbortController>()
  #work: Work | null = null
  #state: AskedState | null = null
  /** what the running load can be told; null while no load runs */
  #steering: Steering | null = null
  #loading = false

  constructor(crew: Crew, say: (reply: Reply) => void) {
    this.#crew = crew
    this.#say = say
  }

  async obey(command: Command): Promise<void> {
    if (command.command === 'stop') {
      this.#running.get(command.target)?.abort(aborted('by the orchestrator'))
      return
    }
    if (command.command === 'cut') {
      if (this.#running.has(command.target)) this.#steering?.cut(command.durationMs, command.atMs)
      return
    }
    if (command.command === 'go') {
      if (this.#running.has(command.target)) this.#steering?.go(command.atMs)
      return
    }
    const controller = new AbortController()
    this.#running.set(command.id, controller)
    try {
      this.#say({ id: command.id, result: await this.#do(command, controller.signal) })
    } catch (error) {
      this.#say({ id: command.id, error: recordOf(error) })
    } finally {
      this.#running.delete(command.id)
    }
  }

  #do(command: Exclude<Command, { command: 'stop' | 'cut' | 'go' }>, signal: AbortSignal): unknown {
    switch (command.command) {
      case 'hello':
        return this.#hello()
      case 'clock':
        return monotonicMs()
      case 'prepare':
        return this.#prepare(command)
      case 'await-ready':
        return awaitReady(command, signal, this.#work?.trust)
      case 'fetch':
        return fetchOnce(this.#state?.fillFetch(command.request) ?? command.request, signal, this.#work?.trust)
      case 'verify': {
        const { origin, timeoutMs } = command
        return verify(this.#prepared(), { origin, timeoutMs, signal }, this.#state ?? undefined)
      }
      case 'clean-up':
        return this.#cleanUp(command, signal)
      case 'link':
        return measureLink(command.origin, signal)
      case 'given':
        return this.#state?.given ?? []
      case 'load':
      case 'load-share':
        return this.#load(command, signal)
      case 'quit':
        this.#crew.end()
        return null
    }
  }

  async #hello(): Promise<Hello> {
    await this.#crew.started()
    return { protocol: PROTOCOL, node: process.version, processes: this.#crew.size }
  }

  #prepare({ work, seats }: Extract<Command, { command: 'prepare' }>): null {
    if (work.requests.length === 0 || work.requests.length !== work.golden.length)
      throw new BakeoffError(
        'BAD_SPEC',
        `the work has ${work.requests.length} requests and ${work.golden.length} golden answers`,
        {
          hint: 'Line i of the golden file answers line i of the requests, and there is at least one.',
        },
      )
    this.#work = work
    this.#state = new AskedState(work)
    this.#crew.prepare(preparedOf(work), seats)
    return null
  }

  async #cleanUp(
    { origin, timeoutMs }: Extract<Command, { command: 'clean-up' }>,
    signal: AbortSignal,
  ): Promise<string | null> {
    const work = this.#prepared()
    const state = this.#state ?? new AskedState(work)
    const known = { state, captured: state.givenValues(), give: () => {} }
    const problem = await setUp('after', work.state?.after ?? [], known, {
      origin,
      timeoutMs,
      signal,
      trust: work.trust,
    })
    return problem === null ? null : hiderOf(work.state?.secrets ?? {})(`${problem.request}: ${problem.difference}`)
  }

  async #load(
    command: Extract<Command, { command: 'load' | 'load-share' }>,
    signal: AbortSignal,
  ): Promise<LoadMeasurement | LoadShare> {
    if (this.#loading) throw new Error('a load was asked for while another one runs')
    this.#loading = true
    const { id, request } = command
    const work = this.#prepared()
    const steer = (steering: Steering) => {
      this.#steering = steering
    }
    try {
      if (command.command === 'load') {
        const listener: Listener = { slice: (slice) => this.#say({ id, slice }), running: steer }
        return await runLoad(this.#crew, { work, request, given: this.#state?.given ?? [] }, listener, signal)
      }
      const listener: ShareListener = {
        opened: (steering) => {
          steer(steering)
          this.#say({ id, opened: true })
        },
        part: (part) => this.#say({ id, part }),
      }
      return await runShare(this.#crew, { work, request, given: command.given }, listener, signal)
    } finally {
      this.#loading = false
      this.#steering = null
    }
  }

  #prepared(): Work {
    if (this.#work === null) throw new Error('work was not prepared')
    return this.#work
  }
}

function recordOf(error: unknown): ErrorRecord {
  // node:timers rejects with an AbortError of its own when a sleep is aborted.
  const isSleeps = error instanceof Error && error.name === 'AbortError'
  return toErrorRecord(isSleeps ? aborted('by the orchestrator') : error)
}
