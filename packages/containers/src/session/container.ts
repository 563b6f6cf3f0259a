import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { BakeoffError, boundedLog, boundedText, endWords } from '@bakeoff/model'
import {
  type ContainerExit,
  type ContainerRequest,
  type RunningContainer,
  steadyMs,
  steadyOfEngine,
} from '@bakeoff/runner/ports'
import type { EngineClient } from '../client/client.js'
import { isEngineGone, sentenceOf, statusOf } from '../client/errors.js'
import { redactorOf } from '../redact.js'
import type { Life } from './container-watch.js'
import { startProblem } from './problems.js'
import { Frames, linesOf, Tail, wireOf } from './wire.js'

const LOG_TAIL = 40
/** How long a command inside a container may take. */
const RUN_MS = 5_000

/** What a container needs from its session. */
export interface Home {
  readonly client: EngineClient
  readonly networkId: string
  /** what to add to a time of the engine's clock to have it on the steady scale, in ms; null: it is this process's clock */
  readonly clockOffsetMs: number | null
  /** removes the container, or keeps it when the run was told to; reports a problem instead of throwing */
  release(id: string, what: string): Promise<void>
}

/**
 * Starts a created container. When that fails the container still exists, and the caller removes it.
 *
 * @throws START_FAILED, OUT_OF_RESOURCES, ENGINE_FAILED or ENGINE_LOST
 */
export async function startContainer(home: Home, created: Created): Promise<RunningContainer> {
  const { id, request } = created
  // Attached before the start, or its first output would be lost.
  const attached = request.interactive ? await attachTo(home.client, id) : null
  try {
    const calledAtMs = steadyMs()
    await home.client.containers.start(id)
    const startCallMs = steadyMs() - calledAtMs
    const running = new Running(home, { ...created, attached, startCallMs })
    await running.locate(calledAtMs)
    return running
  } catch (error) {
    attached?.stream.destroy()
    throw error
  }
}

/** A container that is to be started. */
export interface Created {
  readonly id: string
  readonly request: ContainerRequest
  readonly life: Life
}

interface Started extends Created {
  readonly attached: Attached | null
  readonly startCallMs: number
}

class Running implements RunningContainer {
  readonly name: string
  readonly id: string
  readonly host: string | undefined
  readonly startCallMs: number
  readonly exited: Promise<ContainerExit>
  address = ''
  startedAtMs = 0
  readonly #home: Home
  readonly #request: ContainerRequest
  readonly #life: Life
  readonly #attached: Attached | null
  #isTaken = false

  constructor(home: Home, { id, request, life, attached, startCallMs }: Started) {
    this.name = request.name
    this.id = id
    this.host = home.client.found.host
    this.startCallMs = startCallMs
    this.exited = life.exited
    this.#home = home
    this.#request = request
    this.#life = life
    this.#attached = attached
  }

  /** Reads address and start time, which a restart changes; called when the start call has returned. */
  async locate(calledAtMs: number): Promise<void> {
    const returnedAtMs = steadyMs()
    const { State, NetworkSettings } = await this.#home.client.containers.inspect(this.id)
    const { clockOffsetMs } = this.#home
    this.startedAtMs = steadyOfEngine(Date.parse(State.StartedAt), calledAtMs, returnedAtMs, clockOffsetMs ?? undefined)
    const networks = Object.values(NetworkSettings.Networks)
    // Podman gives a network's name in place of its id; containers of a session have one network only.
    const own = networks.find(({ NetworkID }) => NetworkID === this.#home.networkId) ?? networks[0]
    this.address = own?.IPAddress ?? ''
    if (State.Running && this.address !== '') return
    throw new BakeoffError(
      'START_FAILED',
      `${this.name} ended right after its start, with exit code ${State.ExitCode}`,
      {
        // The engine's init process reports a command that it could not start in this way.
        hint:
          State.ExitCode === 127 || State.ExitCode === 126
            ? 'Its command was not found or cannot be executed: look at the CMD of its Dockerfile.'
            : `Its last words are below; run it by hand with: docker run --rm -it ${this.#request.image}`,
        logTail: await this.#lastWords(),
      },
    )
  }

  oomKills(): number {
    return this.#life.oomKills()
  }

  async healthy(signal: AbortSignal): Promise<void> {
    const { healthcheck } = this.#request
    const probe = probeCommand(healthcheck?.test ?? ['NONE'])
    if (healthcheck === null || probe === null) return
    const over = new AbortController()
    const stop = () => over.abort()
    signal.addEventListener('abort', stop)
    let ended: ContainerExit | null = null
    this.exited.then(
      (exit) => {
        ended = exit
        over.abort()
      },
      stop, // the next probe meets the lost engine, and says so
    )
    const since = steadyMs()
    let said = 'it was never asked'
    let failed = 0
    try {
      if (signal.aborted) over.abort()
      while (!over.signal.aborted && failed < healthcheck.retries) {
        const answer = await this.#probe(probe, healthcheck.timeoutMs)
        if (answer === null) return
        said = answer
        if (steadyMs() - since >= healthcheck.startPeriodMs) failed++
        if (failed < healthcheck.retries)
          await sleep(healthcheck.intervalMs, undefined, { signal: over.signal }).catch(() => undefined)
      }
      const isGivenUp = failed === healthcheck.retries
      if (!ended && !signal.aborted && !isGivenUp) await this.exited // rejects with ENGINE_LOST
      await this.#askEngine()
      throw await this.#notReady(ended, isGivenUp ? `failed ${failed} times in a row` : 'did not pass in time', said)
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  async checkHealth(): Promise<string | null> {
    const { test, timeoutMs } = this.#request.healthcheck ?? { test: ['NONE'], timeoutMs: 0 }
    const probe = probeCommand(test)
    const said = probe === null ? null : await this.#probe(probe, timeoutMs)
    if (said !== null) await this.#askEngine()
    return said
  }

  async logTail(lines: number): Promise<string[]> {
    const hide = redactorOf(process.env) // a build may have left its arguments in the image
    if (this.#attached) return boundedLog(this.#attached.stderr.lines(lines).map(hide), lines)
    const log = await this.#home.client.containers.logs(this.id, lines)
    return boundedLog(linesOf(log).map(hide), lines) // a line from the engine may be 16 KB long
  }

  async run(command: readonly string[], signal: AbortSignal): Promise<{ exitCode: number | null; output: string }> {
    const deadline = AbortSignal.timeout(RUN_MS)
    try {
      const { exitCode, lines } = await this.#execute(command, AbortSignal.any([signal, deadline]))
      return { exitCode, output: lines.join('\n') }
    } catch (error) {
      signal.throwIfAborted()
      if (deadline.aborted) await this.#askEngine()
      if (isEngineGone(error)) throw error
      const why = deadline.aborted ? `it had not ended after ${RUN_MS / 1000} s` : sentenceOf(error)
      throw new BakeoffError('START_FAILED', `${command[0]} could not be run in ${this.name}: ${why}`, {
        hint: `Try it yourself: docker exec CONTAINER ${command.join(' ')}`,
        cause: error,
      })
    }
  }

  async attach(): Promise<Duplex> {
    if (this.#attached === null || this.#isTaken)
      throw new Error(`${this.name} is not interactive, or is attached already`)
    this.#isTaken = true
    return this.#attached.stream
  }

  async pause(): Promise<void> {
    if (this.#request.interactive) throw new Error(`${this.name} is interactive: its stream would not survive a pause`)
    this.#life.expectStop()
    await this.#home.client.containers.stop(this.id, { seconds: 5 }).catch(unlessStatus(304))
  }

  async resume(): Promise<void> {
    const calledAtMs = steadyMs()
    try {
      await this.#home.client.containers.start(this.id).catch(unlessStatus(304))
      this.#life.expectRunning()
      await this.locate(calledAtMs)
    } catch (error) {
      throw startProblem(this.name, error)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#attached?.stream.destroy()
    await this.#home.release(this.id, this.name)
  }

  /** Runs the check once. Null when it passed; else its output. */
  async #probe(command: readonly string[], timeoutMs: number): Promise<string | null> {
    const abortSignal = AbortSignal.timeout(timeoutMs)
    try {
      const { exitCode, lines } = await this.#execute(command, abortSignal)
      if (exitCode === 0) return null
      return boundedText(lines.at(-1) ?? `exit code ${exitCode}`)
    } catch (error) {
      if (isEngineGone(error)) throw error
      return abortSignal.aborted ? `no answer within ${timeoutMs} ms` : sentenceOf(error)
    }
  }

  /**
   * Tests whether the engine answers, before a container is blamed for a failure.
   *
   * @throws ENGINE_LOST
   */
  async #askEngine(): Promise<void> {
    await this.#home.client.ping().catch((error: unknown) => {
      if (isEngineGone(error)) throw error
    })
  }

  /** How much of a command's output is kept: its last 64 KiB. */
  async #execute(
    command: readonly string[],
    signal: AbortSignal,
  ): Promise<{ readonly exitCode: number | null; readonly lines: string[] }> {
    const frames = new Frames()
    const said = new Tail()
    const hear = (chunk: Buffer) => {
      for (const { payload } of frames.take(chunk)) said.take(payload)
    }
    const exitCode = await this.#home.client.containers.run(this.id, { command, hear, signal })
    return { exitCode, lines: said.lines(Number.POSITIVE_INFINITY) }
  }

  async #notReady(ended: ContainerExit | null, how: string, said: string): Promise<BakeoffError> {
    const what = ended
      ? `${this.name} ${endWords(ended)} before its health check passed`
      : `the health check of ${this.name} ${how}`
    return new BakeoffError('NOT_READY', `${what}; the last check said: ${said}`, {
      hint: `The check is: ${this.#request.healthcheck?.test.join(' ')}. Its healthcheck's interval, retries and start_period say how long it is tried.`,
      logTail: await this.#lastWords(),
    })
  }

  async #lastWords(): Promise<string[]> {
    return this.logTail(LOG_TAIL).catch(() => [])
  }
}

/** The command of a check in any of Compose's three forms. Null when there is no check. */
export function probeCommand(test: readonly string[]): string[] | null {
  const [kind, ...rest] = test
  if (kind === undefined || kind === 'NONE') return null
  if (kind === 'CMD-SHELL') return ['/bin/sh', '-c', rest.join(' ')]
  return kind === 'CMD' ? rest : [...test]
}

interface Attached {
  readonly stream: Duplex
  /** the end of stderr; not taken from the container's log, since stdout, which is a protocol, pushes stderr out of it */
  readonly stderr: Tail
}

async function attachTo(client: EngineClient, id: string): Promise<Attached> {
  const stderr = new Tail()
  return { stream: wireOf(await client.containers.attach(id), (said) => stderr.take(said)), stderr }
}

function unlessStatus(fine: number): (error: unknown) => void {
  return (error) => {
    if (statusOf(error) !== fine) throw error
  }
}
