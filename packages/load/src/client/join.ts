import type { LoadMeasurement, LoadSlice, Reach } from '@bakeoff/model'
import type { AgentWire, Decision, FetchRequest, LoadAgent, LoadRequest, Work } from '@bakeoff/runner/ports'
import { steadyMs } from '@bakeoff/runner/ports'
import type { LoadShare } from '../protocol.js'
import { type Checked, mergeParts, SliceMerger } from '../shares/merge.js'
import { type Seats, seatsOf, sharesOf, splitLoad } from '../shares/split.js'
import { driverOf } from '../worker/drivers.js'
import { type Client, connectClient, type Steering } from './connect.js'
import { Decider } from './decider.js'

/** How long before a common time the agents are told of it, besides what the way to them takes. */
const AHEAD_MS = 50
/** The largest part of a way's best round trip that one message may take. */
const SLOWEST_WAYS = 10
/** How many wrong answers are shown. */
const MOST_SHOWN = 5

/**
 * Starts talking to the load agents of a bench, which are then one.
 *
 * @param wires     at least one
 * @param silenceMs an agent that sends nothing for this long counts as hung; default: as for one agent
 * @throws as `connectAgent` does
 */
export async function connectAgents(wires: readonly AgentWire[], silenceMs?: number): Promise<LoadAgent> {
  const connecting = await Promise.allSettled(wires.map((wire) => connectClient(wire, silenceMs)))
  const clients = connecting.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
  const failed = connecting.find((one) => one.status === 'rejected')
  if (failed === undefined) return new JoinedAgents(clients)
  await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()))
  throw failed.reason
}

type Each = NonNullable<LoadMeasurement['agent']['each']>[number]

/** One agent with the places of its processes. */
interface Seated {
  readonly client: Client
  readonly seats: Seats
}

/** Several load agents, on machines of their own, as one. */
class JoinedAgents implements LoadAgent {
  readonly #agents: readonly Seated[]
  readonly #first: Client

  constructor(clients: readonly Client[]) {
    const seats = seatsOf(clients.map(({ processes }) => processes))
    this.#agents = clients.map((client, index) => ({ client, seats: seats[index] as Seats }))
    this.#first = clients[0] as Client
  }

  async prepare(work: Work, signal: AbortSignal): Promise<void> {
    await Promise.all(this.#agents.map(({ client, seats }) => client.prepare(work, signal, seats)))
  }

  async waitUntilReady(origin: string, health: Reach['health'], timeoutMs: number, signal: AbortSignal) {
    await this.#setClocks([this.#first])
    return this.#first.waitUntilReady(origin, health, timeoutMs, signal)
  }

  fetch(request: FetchRequest, signal: AbortSignal): ReturnType<LoadAgent['fetch']> {
    return this.#first.fetch(request, signal)
  }

  verify(origin: string, timeoutMs: number, signal: AbortSignal): ReturnType<LoadAgent['verify']> {
    return this.#first.verify(origin, timeoutMs, signal)
  }

  cleanUp(origin: string, timeoutMs: number, signal: AbortSignal): Promise<string | null> {
    return this.#first.cleanUp(origin, timeoutMs, signal)
  }

  /** All at once: what they reach together is what a load can have, whether their own ways are the narrowest part or the target's. */
  async link(origin: string, signal: AbortSignal): ReturnType<LoadAgent['link']> {
    const links = await Promise.all(this.#agents.map(({ client }) => client.link(origin, signal)))
    const roundTrips = links.map(({ roundTripUs }) => roundTripUs)
    const rates = links.map(({ bytesPerSecond }) => bytesPerSecond)
    return {
      roundTripUs: roundTrips.includes(null) ? null : Math.max(...(roundTrips as number[])),
      bytesPerSecond: rates.includes(null) ? null : (rates as number[]).reduce((sum, rate) => sum + rate, 0),
    }
  }

  async load(
    request: LoadRequest,
    decide: (slice: LoadSlice) => Decision,
    signal: AbortSignal,
  ): Promise<LoadMeasurement> {
    await this.#setClocks(this.#agents.map(({ client }) => client))
    const working = this.#agents.filter((agent) => connectionsFor(request, agent) > 0)
    // A batch is one request, and a load may have fewer connections than there are agents.
    const { measured, each } =
      working.length === 1
        ? await loadOn(working[0] as Seated, request, decide, signal)
        : await new JoinedLoad(working, request, await this.#first.given(signal)).run(decide, signal)
    const idle: Each = { connections: 0, ok: 0, eventLoopUtilisation: null, clockErrorMs: null, lateMs: 0 }
    const all = this.#agents.map(({ client }) => each.get(client) ?? { ...idle, clockErrorMs: client.clockErrorMs })
    return { ...measured, agent: { ...measured.agent, each: all } }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#agents.map(({ client }) => client[Symbol.asyncDispose]()))
  }

  /** Before times matter: clocks of two machines drift apart. */
  async #setClocks(clients: readonly Client[]): Promise<void> {
    await Promise.all(clients.map((client) => client.setClock()))
  }
}

interface Loaded {
  readonly measured: LoadMeasurement
  readonly each: ReadonlyMap<Client, Each>
}

function connectionsFor(request: LoadRequest, { seats }: Seated): number {
  const driver = driverOf(request.order)
  const shares = sharesOf(splitLoad(request, seats.of), seats)
  return shares.reduce((sum, { share }) => sum + driver.connections(share), 0)
}

/** A load for which one agent is enough. */
async function loadOn(agent: Seated, request: LoadRequest, ...asked: LoadArguments): Promise<Loaded> {
  const measured = await agent.client.load(request, ...asked)
  const each: Each = {
    connections: connectionsFor(request, agent),
    ok: measured.counts.ok,
    eventLoopUtilisation: measured.agent.eventLoopUtilisation,
    clockErrorMs: agent.client.clockErrorMs,
    lateMs: 0,
  }
  return { measured, each: new Map([[agent.client, each]]) }
}

type LoadArguments = [decide: (slice: LoadSlice) => Decision, signal: AbortSignal]

/** One load of several agents, from its first connection on. */
class JoinedLoad {
  readonly #agents: readonly Seated[]
  readonly #request: LoadRequest
  readonly #given: Awaited<ReturnType<Client['given']>>
  readonly #merger: SliceMerger
  readonly #steerings: Steering[] = []
  /** how long before a common time all of them can be told of it */
  readonly #aheadMs: number

  constructor(agents: readonly Seated[], request: LoadRequest, given: Awaited<ReturnType<Client['given']>>) {
    const [{ seats }] = agents as [Seated]
    this.#agents = agents
    this.#request = request
    this.#given = given
    this.#merger = new SliceMerger(splitLoad(request, seats.of).length)
    this.#aheadMs = AHEAD_MS + SLOWEST_WAYS * Math.max(...agents.map(({ client }) => client.clockErrorMs))
  }

  async run(...[decide, signal]: LoadArguments): Promise<Loaded> {
    const decider = new Decider(decide, {
      cut: (durationMs) => {
        const atMs = this.#soonMs()
        this.#tell((steering) => steering.cut(durationMs, atMs))
      },
      stop: () => this.#tell((steering) => steering.stop()),
    })
    const failed = new AbortController()
    const loading = this.#agents.map(({ client }) =>
      client.loadShare(
        { request: this.#request, given: this.#given },
        {
          opened: (steering) => this.#opened(steering),
          part: (part) => {
            const slice = this.#merger.take(part)
            if (slice) decider.hear(slice)
          },
        },
        AbortSignal.any([signal, failed.signal]),
      ),
    )
    const shares = await Promise.all(loading).catch(async (error: unknown) => {
      failed.abort(error)
      await Promise.allSettled(loading) // they have stopped, or are gone too
      throw error
    })
    decider.throwFailure()
    return this.#merged(shares)
  }

  #opened(steering: Steering): void {
    this.#steerings.push(steering)
    if (this.#steerings.length === this.#agents.length) {
      const atMs = this.#soonMs()
      this.#tell((each) => each.go(atMs))
    }
  }

  #tell(what: (steering: Steering) => void): void {
    for (const steering of this.#steerings) what(steering)
  }

  #soonMs(): number {
    return steadyMs() + this.#aheadMs
  }

  #merged(shares: readonly LoadShare[]): Loaded {
    const startedAtMs = shares.map(({ parts }) => Math.min(...parts.map((part) => part.startedAtMs)))
    const earliestMs = Math.min(...startedAtMs)
    const each = shares.map(({ parts, checked }, index): [Client, Each] => {
      const agent = this.#agents[index] as Seated
      return [
        agent.client,
        {
          connections: connectionsFor(this.#request, agent),
          ok: parts.reduce((sum, { counts }) => sum + counts.ok, 0) - checked.wrong,
          eventLoopUtilisation: Math.max(...parts.map(({ eventLoopUtilisation }) => eventLoopUtilisation)),
          clockErrorMs: agent.client.clockErrorMs,
          lateMs: (startedAtMs[index] as number) - earliestMs,
        },
      ]
    })
    const parts = shares.flatMap((share) => share.parts)
    const checked = addChecked(shares.map((share) => share.checked))
    return { measured: mergeParts(this.#request, parts, this.#merger.slices, checked), each: new Map(each) }
  }
}

function addChecked(all: readonly Checked[]): Checked {
  return {
    checked: all.reduce((sum, { checked }) => sum + checked, 0),
    wrong: all.reduce((sum, { wrong }) => sum + wrong, 0),
    wrongSamples: all.flatMap(({ wrongSamples }) => wrongSamples).slice(0, MOST_SHOWN),
  }
}
