import { type Boundary, type PlannedScenario, toErrorRecord } from '@bakeoff/model'
import { endsTheRun } from './draft.js'
import { plainGet } from './plain-get.js'
import type { Run } from './run.js'
import { openTestbed, withoutServices } from './testbed.js'

/** How long a connection may take. On the same machine an answer, even a refusal, takes a millisecond; without a listener it takes seconds. */
const ANSWER_MS = 500
/** The ports that are tried: one without a listener, so that a machine without a firewall refuses, and one that firewalls let through. */
const TRIED_PORTS = [1, 22]
/** The errors of a connection that was not answered. */
const UNANSWERED = /^(EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ETIMEDOUT|EACCES|EPERM|no complete answer)/

/**
 * Tries to reach the engine's machine from inside a testbed, as a target could.
 *
 * @returns what was tried; nothing where the result is not known
 * @throws BakeoffError when the agent did not build, the run is stopped, or for an error that ends a run
 */
export async function tryBoundary(run: Run): Promise<Boundary> {
  run.images.need(run.materials.agentImage.name) // without an agent nothing can be measured
  try {
    return await reachHost(run)
  } catch (error) {
    run.signal.throwIfAborted()
    if (endsTheRun(error)) throw error
    const message = `whether a target can reach this machine could not be tried: ${toErrorRecord(error).message}`
    run.emit({ kind: 'note', level: 'warning', message })
    return { asked: [], answered: [] }
  }
}

async function reachHost(run: Run): Promise<Boundary> {
  const scenario = run.plan.scenarios[0] as PlannedScenario
  await using testbed = await openTestbed(run, 'boundary', withoutServices(scenario))
  const asked = testbed.network.hostAddresses
  const tried = asked.flatMap((address) => TRIED_PORTS.map((port) => `${address}:${port}`))
  const answers = tried.map(async (place) => {
    const { error } = await testbed.agent.fetch(plainGet(`http://${place}`, '/', { timeoutMs: ANSWER_MS }))
    return error === null || !UNANSWERED.test(error)
  })
  const answered = await Promise.all(answers)
  return { asked: [...asked], answered: tried.filter((_, index) => answered[index]) }
}
