import {
  BakeoffError,
  type ContainerEnd,
  type ErrorCode,
  endWords,
  type LoadMeasurement,
  type PlannedScenario,
  type ServiceDeath,
} from '@bakeoff/model'
import { containerWords } from './placement.js'
import type { RunningContainer } from './ports.js'
import type { Run } from './run.js'

/** How long an engine may take to report a death after the connections broke. */
export const DEATH_TOLD_MS = 1000

/** Codes of errors that blame the target, but may be caused by a service that ended. */
const BLAMES: readonly ErrorCode[] = ['NOT_READY', 'WRONG_ANSWERS', 'TARGET_DIED']

/**
 * Watches the services of a testbed. The behaviour of a target without its service says nothing about the target, so the end of a
 * service is reported before any failure of the target.
 */
export class ServiceWatch {
  /** the services that ended so far, in that order */
  readonly deaths: ServiceDeath[] = []
  /** resolves with the first service that ends; never rejects, since the testbed reports a lost engine */
  readonly first: Promise<RunningContainer>
  readonly #run: Run
  readonly #entry: string
  readonly #services: ReadonlyMap<string, RunningContainer>
  #tell!: (container: RunningContainer) => void

  /** @param entry id of the entry that needs the services */
  constructor(run: Run, entry: string, scenario: PlannedScenario, services: ReadonlyMap<string, RunningContainer>) {
    // A service without a health check may do its work and end with 0, as a migration does.
    const mayEnd = new Set(scenario.services.filter(({ healthcheck }) => healthcheck === null).map(({ name }) => name))
    this.#run = run
    this.#entry = entry
    this.#services = services
    this.first = new Promise((resolve) => {
      this.#tell = resolve
    })
    for (const [service, container] of services) {
      container.exited.then(
        ({ exitCode, oomKilled, paused }) => {
          if (exitCode !== 0 || !mayEnd.has(service)) this.#gone(service, container, { exitCode, oomKilled, paused })
        },
        () => {}, // the engine is lost
      )
    }
  }

  /** The outcome of the work, or SERVICE_DIED when a service ends first. */
  async during<T>(work: Promise<T>): Promise<T> {
    const done = await Promise.race([work.then((value) => ({ value })), this.first.then(() => null)])
    if (done === null) throw await this.failure()
    return done.value
  }

  /**
   * Waits for a death that the engine has not reported yet, where the measurement shows signs of one; and checks the health of
   * services where there was no right answer in the end, since the engine does not report a service that hangs.
   */
  async settle(measurement: LoadMeasurement): Promise<void> {
    if (hasFailures(measurement)) await this.#told()
    if (endedSilent(measurement)) await this.#ask()
  }

  /** The error to throw instead of one that blames the target, which may have failed only because a service did. */
  async blame(error: unknown): Promise<unknown> {
    if (!(error instanceof BakeoffError) || !BLAMES.includes(error.code)) return error
    await this.#told()
    try {
      await this.#ask()
    } catch (lost) {
      return lost
    }
    return this.deaths.length === 0 ? error : await this.failure(error)
  }

  /** The SERVICE_DIED error about the first service that ended. */
  async failure(cause?: unknown): Promise<BakeoffError> {
    const container = await this.first
    const death = this.deaths[0] as ServiceDeath
    return new BakeoffError(
      'SERVICE_DIED',
      `${containerWords({ name: death.service, host: container.host })} ${endWords(death)} while ${this.#entry} was measured`,
      {
        logTail: await container.logTail(40).catch(() => []),
        hint: `The target is not to blame: ${death.service}, which it needs, did not serve it. Its last lines are above.`,
        cause,
      },
    )
  }

  async #told(): Promise<void> {
    if (this.#services.size === 0 || this.deaths.length > 0) return
    await Promise.race([this.first, this.#run.sleep(DEATH_TOLD_MS)])
  }

  /**
   * Runs the health check of every service once.
   *
   * @throws BakeoffError ENGINE_LOST
   */
  async #ask(): Promise<void> {
    if (this.deaths.length > 0) return
    await Promise.all(
      [...this.#services].map(async ([service, container]) => {
        const said = await container.checkHealth()
        if (said === null) return
        const end = { exitCode: null, oomKilled: false, paused: false, unhealthy: true }
        this.#gone(service, container, end)
      }),
    )
  }

  #gone(service: string, container: RunningContainer, end: ContainerEnd): void {
    if (this.deaths.some((death) => death.service === service)) return
    this.deaths.push({ service, ...end })
    this.#tell(container)
  }
}

function endedSilent({ counts, windows, batch }: LoadMeasurement): boolean {
  if (batch !== null) return batch.ok === 0
  return counts.ok === 0 || windows.at(-1)?.ok === 0
}

/** Whether anything but right answers came of a load. */
export function hasFailures({ counts, batch }: LoadMeasurement): boolean {
  const { ok, errorStatus, wrong, timeouts, lost, connectErrors } = counts
  return ok === 0 || errorStatus + wrong + timeouts + lost + connectErrors + (batch?.failed ?? 0) > 0
}
