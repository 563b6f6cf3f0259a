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
import type Docker from 'dockerode'
import { redactorOf } from '../redact.js'
import type { Life } from './lives.js'
import { engineLost, isEngineGone, sentenceOf, startProblem, statusOf } from './problems.js'
import { Frames, linesOf, Tail, wireOf } from './wire.js'

const LOG_TAIL = 40
/** How long a command inside a container may take. */
const RUN_MS = 5_000

/** What a container needs from its session. */
export interface Home {
  readonly docker: Docker
  readonly networkId: string
  /** removes it, or keeps it when the run was told to; reports a problem instead of throwing */
  release(id: string, what: string): Promise<void>
}

/**
 * Starts a created container. When that fails the container is still there: the caller removes it.
 *
 * @throws START_FAILED, OUT_OF_RESOURCES, ENGINE_FAILED or ENGINE_LOST
 */
export async function startContainer(
  home: Home,
  container: Docker.Container,
  request: ContainerRequest,
  life: Life,
): Promise<RunningContainer> {
  // Attached before the start, or what it says first would be lost.
  const wire = request.interactive ? await attachTo(container) : null
  try {
    const calledAtMs = steadyMs()
    await container.start()
    const startCallMs = steadyMs() - calledAtMs
    const running = new Running(home, container, request, life, wire, startCallMs)
    await running.locate(calledAtMs)
    return running
  } catch (error) {
    wire?.stream.destroy()
    throw error
  }
}

class Running implements RunningContainer {
  readonly name: string
  readonly id: string
  readonly startCallMs: number
  readonly exited: Promise<ContainerExit>
  address = ''
  startedAtMs = 0
  readonly #home: Home
  readonly #container: Docker.Container
  readonly #request: ContainerRequest
  readonly #life: Life
  readonly #attached: Attached | null
  #isTaken = false

  constructor(
    home: Home,
    container: Docker.Container,
    request: ContainerRequest,
    life: Life,
    attached: Attached | null,
    startCallMs: number,
  ) {
    this.name = request.name
    this.id = container.id
    this.startCallMs = startCallMs
    this.exited = life.exited
    this.#home = home
    this.#container = container
    this.#request = request
    this.#life = life
    this.#attached = attached
  }

  /** Reads address and start time, both of which a restart changes; called when the start call has returned. */
  async locate(calledAtMs: number): Promise<void> {
    const returnedAtMs = steadyMs()
    const { State, NetworkSettings } = await this.#container.inspect()
    this.startedAtMs = steadyOfEngine(Date.parse(State.StartedAt), calledAtMs, returnedAtMs)
    const networks = Object.values(NetworkSettings.Networks)
    // Podman gives a network's name in the place of its id; a container of ours has one network only.
    const own = networks.find(({ NetworkID }) => NetworkID === this.#home.networkId) ?? networks[0]
    this.address = own?.IPAddress ?? ''
    if (State.Running && this.address !== '') return
    throw new BakeoffError(
      'START_FAILED',
      `${this.name} ended right after its start, with exit code ${State.ExitCode}`,
      {
        // The init process of the engine reports a command that it could not start in this way.
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
    const hide = redactorOf(process.env) // a build may have left what it was given in its image
    if (this.#attached) return boundedLog(this.#attached.stderr.lines(lines).map(hide), lines)
    const log = (await this.#container.logs({
      stdout: true,
      stderr: true,
      tail: lines,
      follow: false,
    })) as unknown as Buffer
    return boundedLog(linesOf(log).map(hide), lines) // a line of the engine's may be 16 KB long
  }

  async run(command: readonly string[], signal: AbortSignal): Promise<{ exitCode: number | null; output: string }> {
    const deadline = AbortSignal.timeout(RUN_MS)
    try {
      const { exitCode, lines } = await this.#execute(command, AbortSignal.any([signal, deadline]))
      return { exitCode, output: lines.join('\n') }
    } catch (error) {
      signal.throwIfAborted()
      if (deadline.aborted) await this.#askEngine()
      if (isEngineGone(error)) throw engineLost(error)
      const why = deadline.aborted ? `it was not over after ${RUN_MS / 1000} s` : sentenceOf(error)
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
    await this.#container
      .stop({ t: 5 })
      .catch(unlessStatus(304))
      .catch((error: unknown) => {
        throw isEngineGone(error) ? engineLost(error) : error
      })
  }

  async resume(): Promise<void> {
    const calledAtMs = steadyMs()
    try {
      await this.#container.start().catch(unlessStatus(304))
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

  /** Runs the check once. Null: passed; else what it said. */
  async #probe(command: readonly string[], timeoutMs: number): Promise<string | null> {
    const abortSignal = AbortSignal.timeout(timeoutMs)
    try {
      const { exitCode, lines } = await this.#execute(command, abortSignal)
      if (exitCode === 0) return null
      return boundedText(lines.at(-1) ?? `exit code ${exitCode}`)
    } catch (error) {
      if (isEngineGone(error)) throw engineLost(error)
      return abortSignal.aborted ? `no answer within ${timeoutMs} ms` : sentenceOf(error)
    }
  }

  /**
   * Whether it is the engine that does not answer, before a container is blamed for it.
   *
   * @throws ENGINE_LOST
   */
  async #askEngine(): Promise<void> {
    await this.#home.docker.ping().catch((error: unknown) => {
      if (isEngineGone(error)) throw engineLost(error)
    })
  }

  /** The engine cannot end a command: one that is aborted is left behind. Of what it says the last 64 KiB are kept. */
  async #execute(
    command: readonly string[],
    abortSignal: AbortSignal,
  ): Promise<{ readonly exitCode: number | null; readonly lines: string[] }> {
    const exec = await this.#container.exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true })
    const output = await exec.start({ hijack: false, abortSignal })
    const frames = new Frames()
    const said = new Tail()
    for await (const chunk of output) for (const { payload } of frames.take(chunk as Buffer)) said.take(payload)
    const { ExitCode } = await exec.inspect()
    return { exitCode: ExitCode, lines: said.lines(Number.POSITIVE_INFINITY) }
  }

  async #notReady(ended: ContainerExit | null, how: string, said: string): Promise<BakeoffError> {
    const what = ended
      ? `${this.name} ${endWords(ended)} before its health check passed`
      : `the health check of ${this.name} ${how}`
    return new BakeoffError('NOT_READY', `${what}; the last check said: ${said}`, {
      hint: `The check is: ${this.#request.healthcheck?.test.join(' ')}. How long it is tried say interval, retries and start_period of its healthcheck.`,
      logTail: await this.#lastWords(),
    })
  }

  async #lastWords(): Promise<string[]> {
    return this.logTail(LOG_TAIL).catch(() => [])
  }
}

/** Compose's three forms. Null: there is no check. */
export function probeCommand(test: readonly string[]): string[] | null {
  const [kind, ...rest] = test
  if (kind === undefined || kind === 'NONE') return null
  if (kind === 'CMD-SHELL') return ['/bin/sh', '-c', rest.join(' ')]
  return kind === 'CMD' ? rest : [...test]
}

interface Attached {
  readonly stream: Duplex
  /** the log of the container would do, but its stdout, which is a protocol, pushes stderr out of it */
  readonly stderr: Tail
}

async function attachTo(container: Docker.Container): Promise<Attached> {
  const options = { stream: true, stdin: true, stdout: true, stderr: true, hijack: true }
  const stderr = new Tail()
  return { stream: wireOf((await container.attach(options)) as Duplex, (said) => stderr.take(said)), stderr }
}

function unlessStatus(fine: number): (error: unknown) => void {
  return (error) => {
    if (statusOf(error) !== fine) throw error
  }
}
