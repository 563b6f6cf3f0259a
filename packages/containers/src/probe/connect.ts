import type { Duplex } from 'node:stream'
import { BakeoffError } from '@bakeoff/model'
import { steadyMs } from '@bakeoff/runner/ports'
import { type Alignment, aligned, clockOf, type ProbeClock } from './alignment.js'
import { type Hello, PROTOCOL, type ProbeClocks, type ProbeFacts, type SampledContainer } from './protocol.js'
import { type ProbeSampler, startProbeSampler } from './sampler.js'
import { ProbeWire } from './wire.js'

/** Exchanges for the first alignment, and how long all of them may take: over a slow way there are fewer. */
const EXCHANGES = 32
const EXCHANGES_MS = 2_000
/** The probe must hear something every `SILENCE_MS`, ten times as often. */
const PING_MS = 3_000
const ANSWER_MS = 15_000
const QUIT_MS = 1_000

/** A probe that is spoken to. Its calls reject with ENGINE_LOST when it is gone. */
export interface ConnectedProbe {
  /** settles when the probe, or the way to it, is gone; not when it was told to quit */
  readonly lost: Promise<BakeoffError>
  /** The facts of the host now. Null is what cannot be read there. */
  facts(): Promise<ProbeFacts>
  /** The host's clock against the steady scale of this process, after one more exchange. */
  clock(): Promise<ProbeClock>
  /** The addresses that cannot be reached from the host's own network, over TCP. */
  unreached(addresses: readonly string[], port: number): Promise<readonly string[]>
  /** Reads counters of the host and of containers on it, `hz` times a second. */
  sampler(containers: readonly SampledContainer[], hz: number): Promise<ProbeSampler>
  /** Ends the probe, which then removes nothing. Never throws. */
  quit(): Promise<void>
}

export interface ConnectOptions {
  readonly host: { readonly name: string; readonly address: string | null }
  readonly lastWords?: () => readonly string[]
  readonly pingMs?: number
  readonly answerMs?: number
  /** the steady scale; tests have their own */
  readonly now?: () => number
}

/**
 * Starts talking to a probe, and aligns its clock.
 *
 * @throws ENGINE_LOST when it does not answer, ENGINE_FAILED when it speaks another version
 */
export async function connectProbe(wire: Duplex, options: ConnectOptions): Promise<ConnectedProbe> {
  const { host, lastWords = () => [], answerMs = ANSWER_MS } = options
  const probe = new Client(new ProbeWire(wire, { host: host.name, answerMs, lastWords }), options)
  try {
    await probe.open()
    return probe
  } catch (error) {
    await probe.quit()
    throw error
  }
}

class Client implements ConnectedProbe {
  readonly lost: Promise<BakeoffError>
  readonly #wire: ProbeWire
  readonly #host: ConnectOptions['host']
  readonly #now: () => number
  readonly #pingMs: number
  #alignment!: Alignment
  #pinging: NodeJS.Timeout | undefined

  constructor(wire: ProbeWire, { host, now = steadyMs, pingMs = PING_MS }: ConnectOptions) {
    this.#wire = wire
    this.lost = wire.lost
    this.#host = host
    this.#now = now
    this.#pingMs = pingMs
  }

  async open(): Promise<void> {
    const { protocol } = (await this.#wire.ask({ ask: 'hello' })) as Hello
    if (protocol !== PROTOCOL)
      throw new BakeoffError('ENGINE_FAILED', `the probe speaks version ${protocol} of its protocol, not ${PROTOCOL}`, {
        hint: 'Its image is of another version. `npm run build` writes the current one, and the next run builds its image.',
      })
    const untilMs = this.#now() + EXCHANGES_MS
    for (let asked = 0; asked < EXCHANGES && (asked === 0 || this.#now() < untilMs); asked++) await this.#exchange()
    this.#ping()
  }

  async facts(): Promise<ProbeFacts> {
    const facts = (await this.#wire.ask({ ask: 'facts', address: this.#host.address })) as ProbeFacts
    return { ...facts, nodeVersion: process.version } // what measures is this process's Node, not the probe's
  }

  async clock(): Promise<ProbeClock> {
    await this.#exchange()
    return clockOf(this.#alignment, this.#now())
  }

  async unreached(addresses: readonly string[], port: number): Promise<readonly string[]> {
    return (await this.#wire.ask({ ask: 'unreached', addresses, port })) as string[]
  }

  sampler(containers: readonly SampledContainer[], hz: number): Promise<ProbeSampler> {
    return startProbeSampler(this.#wire, containers, hz, () => this.#alignment.offsetMs)
  }

  async quit(): Promise<void> {
    clearTimeout(this.#pinging)
    if (!this.#wire.isBroken)
      await Promise.race([this.#wire.ask({ ask: 'quit' }).catch(() => undefined), timeout(QUIT_MS)])
    this.#wire.end()
  }

  async #exchange(): Promise<void> {
    const askedAtMs = this.#now()
    const clocks = (await this.#wire.ask({ ask: 'clock' })) as ProbeClocks
    this.#alignment = aligned(this.#alignment ?? null, { askedAtMs, answeredAtMs: this.#now(), clocks })
  }

  /** Every sign of life is an exchange, too: the alignment is never much older. */
  #ping(): void {
    this.#pinging = setTimeout(() => {
      this.#exchange().then(
        () => this.#ping(),
        () => undefined, // `lost` tells it
      )
    }, this.#pingMs).unref()
  }
}

function timeout(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref()
  })
}
