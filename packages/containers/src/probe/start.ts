import type { HostSpec } from '@bakeoff/model'
import type { EngineClient } from '../client/client.js'
import { isEngineGone, sentenceOf } from '../client/errors.js'
import { startProblem } from '../session/problems.js'
import { removeContainer } from '../session/sweep.js'
import { Tail, wireOf } from '../session/wire.js'
import { type ConnectedProbe, connectProbe } from './connect.js'
import { takeLease } from './lease.js'
import { SILENCE_MS } from './protocol.js'

const LAST_WORDS = 20
/** From this many cores on, the lowest one is left to the system in every plan: interrupts, orchestrator and probe. */
const CORES_TO_SPARE_ONE = 4

export interface ProbeOptions {
  readonly host: Pick<HostSpec, 'name' | 'address' | 'socket'>
  /** id of the session: all that has its label is removed when this process is gone */
  readonly session: string
  /** those of the session: whose lease it is, and what `clean` removes */
  readonly labels: Readonly<Record<string, string>>
  /** id of the probe's image, which the engine must have */
  readonly image: string
  readonly say: (message: string) => void
  /** tests shorten it */
  readonly silenceMs?: number
}

/** The probe of a host: the lease of its engine, facts, clock and counters. Disposing ends it, and gives the lease back. */
export interface Probe extends Omit<ConnectedProbe, 'quit'>, AsyncDisposable {
  /** of its container */
  readonly id: string
}

/**
 * Starts the probe of a host. While it runs, no other run can have this engine. When it hears nothing for `silenceMs`, since this process or
 * the way to it is gone, it removes all that the session made there, and then itself.
 *
 * @throws ENGINE_HELD when another run has the engine, ENGINE_LOST when the probe does not answer, START_FAILED when it does not start
 */
export async function startProbe(client: EngineClient, options: ProbeOptions): Promise<Probe> {
  const { host, say, silenceMs = SILENCE_MS } = options
  const id = await takeLease(client, { ...options, silenceMs })
  const remove = () =>
    removeContainer(client, id).catch((error: unknown) => {
      if (!isEngineGone(error)) say(`the probe on ${host.name} could not be removed: ${sentenceOf(error)}`)
    })
  try {
    const connected = await connectTo(client, id, options)
    const allowedCpus = await settle(connected, client, id, options)
    return {
      id,
      lost: connected.lost,
      facts: async () => ({ ...(await connected.facts()), allowedCpus }),
      clock: () => connected.clock(),
      unreached: (...asked) => connected.unreached(...asked),
      sampler: (...order) => connected.sampler(...order),
      async [Symbol.asyncDispose]() {
        await connected.quit()
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw startProblem(`the probe on ${host.name}`, error)
  }
}

async function connectTo(client: EngineClient, id: string, { host }: ProbeOptions): Promise<ConnectedProbe> {
  const stderr = new Tail()
  // Attached before the start, or its first words would be lost.
  const socket = await client.containers.attach(id)
  try {
    await client.containers.start(id)
  } catch (error) {
    socket.destroy()
    throw error
  }
  const wire = wireOf(socket, (said) => stderr.take(said))
  return connectProbe(wire, { host, lastWords: () => stderr.lines(LAST_WORDS) })
}

/** @returns the processors that it might run on before it was pinned to one */
async function settle(
  connected: ConnectedProbe,
  client: EngineClient,
  id: string,
  options: ProbeOptions,
): Promise<readonly number[]> {
  try {
    const { allowedCpus } = await connected.facts()
    if (allowedCpus.length >= CORES_TO_SPARE_ONE) await pin(client, id, allowedCpus[0] as number, options)
    return allowedCpus
  } catch (error) {
    await connected.quit()
    throw error
  }
}

async function pin(client: EngineClient, id: string, cpu: number, { host, say }: ProbeOptions): Promise<void> {
  await client.containers.pin(id, [cpu]).catch((error: unknown) => {
    if (isEngineGone(error)) throw error
    say(`the probe on ${host.name} runs on any core: ${sentenceOf(error)}`) // rootless engines may have no cpusets
  })
}
