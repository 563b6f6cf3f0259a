/**
 * One engine, with the calls that Bakeoff uses. All of them end (deadlines.ts), those that a caller may stop take its signal, and all
 * report errors in one way (errors.ts). Nothing outside of this folder knows the library below.
 *
 * A call that makes or changes something takes no signal: most aborted creates exist afterwards anyway. They are waited for, and what
 * they made is removed.
 */
import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import type Docker from 'dockerode'
import type { InfoAnswer, PodmanInfo, VersionAnswer } from './answers.js'
import { ContainerCalls } from './container-calls.js'
import type { FoundEngine } from './endpoint.js'
import { EngineLost, translated } from './errors.js'
import { ImageCalls } from './image-calls.js'
import { NetworkCalls, VolumeCalls } from './network-calls.js'
import { SwarmCalls } from './swarm-calls.js'

/** Limits on a question for whose answer the caller waits. */
export interface Timing {
  readonly signal?: AbortSignal | undefined
  /** a deadline for this question, shorter than that of every call */
  readonly withinMs?: number
}

/** The events that a stream should report. */
export interface EventFilter {
  readonly events: readonly string[]
  /** `name=value` */
  readonly label: string
}

interface Abortable {
  readonly abortSignal?: AbortSignal
}

/** dockerode's `ping`, `version` and `info` take an abort signal; its types do not say so for all of them. */
interface TimedCalls {
  ping(options: Abortable): Promise<unknown>
  version(options: Abortable): Promise<VersionAnswer>
  info(options: Abortable): Promise<InfoAnswer>
}

export class EngineClient {
  /** the engine that this client was made for */
  readonly found: FoundEngine
  readonly images: ImageCalls
  readonly containers: ContainerCalls
  readonly networks: NetworkCalls
  readonly volumes: VolumeCalls
  readonly swarm: SwarmCalls
  /** To be called when something else says that the engine is gone: unless it answers a ping at once, calls fail without waiting. */
  readonly doubt: () => void
  readonly #docker: Docker
  readonly #timed: TimedCalls

  constructor(docker: Docker, found: FoundEngine, doubt: () => void = () => undefined) {
    this.doubt = doubt
    this.#docker = docker
    this.#timed = docker as unknown as TimedCalls
    this.found = found
    this.images = new ImageCalls(docker)
    this.containers = new ContainerCalls(docker)
    this.networks = new NetworkCalls(docker)
    this.volumes = new VolumeCalls(docker)
    this.swarm = new SwarmCalls(docker)
  }

  async ping(timing: Timing = {}): Promise<void> {
    await this.#ask(timing, (options) => this.#timed.ping(options))
  }

  version(timing: Timing = {}): Promise<VersionAnswer> {
    return this.#ask(timing, (options) => this.#timed.version(options))
  }

  info(timing: Timing = {}): Promise<InfoAnswer> {
    return this.#ask(timing, (options) => this.#timed.info(options))
  }

  /** The answer of Podman's own API; a refusal where there is no such API. */
  podmanInfo(timing: Timing = {}): Promise<PodmanInfo> {
    const statusCodes = { 200: true as const, 404: 'unknown', 500: 'server error' }
    return this.#ask(timing, (options) =>
      this.#dial({ ...options, path: '/v4.0.0/libpod/info', method: 'GET', statusCodes }),
    )
  }

  /** The version of the builder that an engine recommends, `2` for BuildKit: a header of its ping. Null when it says nothing. */
  async builderVersion(timing: Timing = {}): Promise<string | null> {
    const response = await this.#ask(timing, (options) =>
      this.#dial<IncomingMessage>({
        ...options,
        path: '/_ping',
        method: 'GET',
        isStream: true, // dockerode returns the headers only with a stream
        statusCodes: { 200: true, 500: 'server error' },
      }),
    )
    response.resume()
    const version = response.headers['builder-version']
    return typeof version === 'string' ? version : null
  }

  /** Events of containers as they come, one JSON object per line, until the signal aborts or the engine ends. */
  async events({ events, label }: EventFilter, signal: AbortSignal): Promise<Readable> {
    const filters = { type: ['container' as const], event: [...events], label: [label] }
    try {
      return (await this.#docker.getEvents({ filters, abortSignal: signal })) as Readable
    } catch (error) {
      throw translated(error, 'listening to its events', signal)
    }
  }

  /** Asks the engine about itself. @throws what `translated` returns; when the deadline passed, an `EngineLost` that says frozen */
  async #ask<T>({ signal, withinMs }: Timing, call: (options: Abortable) => Promise<T>): Promise<T> {
    const deadline = withinMs === undefined ? undefined : AbortSignal.timeout(withinMs)
    const signals = [signal, deadline].filter((one) => one !== undefined)
    try {
      return await call(signals.length === 0 ? {} : { abortSignal: AbortSignal.any(signals) })
    } catch (error) {
      if (deadline?.aborted && !signal?.aborted)
        throw EngineLost.frozen(`no answer within ${(withinMs ?? 0) / 1000} s`, this.found.host)
      throw translated(error, 'asking about the engine', signal)
    }
  }

  #dial<T>(request: Parameters<Docker['modem']['dial']>[0]): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#docker.modem.dial(request, (error: unknown, answer: unknown) =>
        error ? reject(error) : resolve(answer as T),
      )
    })
  }
}
