import { type Boundary, type Plan, type PlannedScenario, toErrorRecord } from '@bakeoff/model'
import { type BuiltImages, imageOf } from './build-images.js'
import { openCell } from './cell.js'
import { endsTheRun } from './draft.js'
import type { Materials, Ports } from './materials.js'

/** On the same machine an answer, be it a refusal, takes a millisecond. Nobody's takes seconds. */
const ANSWER_MS = 500
/** One where nobody listens, so that a machine without a firewall refuses, and one that firewalls let through. */
const TRIED_PORTS = [1, 22]
/** What a connection ends with that nobody answered. */
const UNANSWERED = /^(EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ETIMEDOUT|EACCES|EPERM|no complete answer)/

/**
 * Tries to reach the engine's machine from inside a cell, as a target could, and tells what became of it as an event.
 *
 * @throws BakeoffError when the agent did not build, the run is stopped, or what ends a run happens. Anything else that goes wrong means that it is not
 *         known, which the event says too
 */
export async function tryBoundary(
  plan: Plan,
  images: BuiltImages,
  materials: Materials,
  ports: Ports,
  signal: AbortSignal,
): Promise<void> {
  imageOf(images, materials.agentImage.name) // without an agent nothing can be measured
  const at = () => new Date(ports.clock.now()).toISOString()
  try {
    ports.sink.event({ kind: 'boundary', at: at(), boundary: await reachHost(plan, images, materials, ports, signal) })
  } catch (error) {
    signal.throwIfAborted()
    if (endsTheRun(error)) throw error
    const message = `whether a target can reach this machine could not be tried: ${toErrorRecord(error).message}`
    ports.sink.event({ kind: 'note', at: at(), level: 'warning', message })
    ports.sink.event({ kind: 'boundary', at: at(), boundary: { asked: [], answered: [] } })
  }
}

async function reachHost(
  plan: Plan,
  images: BuiltImages,
  materials: Materials,
  ports: Ports,
  signal: AbortSignal,
): Promise<Boundary> {
  const scenario = plan.scenarios[0] as PlannedScenario
  const bare = { ...scenario, services: [], targetDependsOn: [] }
  await using cell = await openCell('boundary', bare, images, materials, ports, signal)
  const asked = cell.network.hostAddresses
  const tried = asked.flatMap((address) => TRIED_PORTS.map((port) => `${address}:${port}`))
  const answers = tried.map(async (place) => {
    const { error } = await cell.agent.fetch(getFrom(`http://${place}`), signal)
    return error === null || !UNANSWERED.test(error)
  })
  const answered = await Promise.all(answers)
  return { asked: [...asked], answered: tried.filter((_, index) => answered[index]) }
}

function getFrom(origin: string) {
  const nothing = { headers: {}, body: null, encoding: 'utf8' as const }
  return { origin, method: 'GET', path: '/', ...nothing, timeoutMs: ANSWER_MS, abandonAfterMs: null }
}
