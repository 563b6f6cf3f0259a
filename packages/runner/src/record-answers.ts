import type { Fetched, PlannedEntry, RequestLine } from '@bakeoff/model'
import { scenarioFor } from './materials.js'
import type { Run } from './run.js'
import { startTarget, type TargetGroup } from './target-group.js'
import { waitUntilReady } from './target-ready.js'
import { openTestbed, type Testbed } from './testbed.js'
import { workFor } from './work-for.js'

export interface Asking {
  readonly requests: readonly RequestLine[]
  /** how often all of them are asked, in their order */
  readonly passes: number
  /** between the end of a pass and the next: times of day that are told in seconds differ then */
  readonly apartMs: number
}

/**
 * Starts an entry, asks it requests one after the other, and gives back what it answered in each pass. An answer that did not come has its
 * `error`.
 *
 * @throws the error that kept the entry from being built, started or ready, and SERVICE_DIED when a service ended meanwhile
 */
export async function recordAnswers(run: Run, entry: PlannedEntry, asking: Asking): Promise<Fetched[][]> {
  run.images.need(entry.image, run.materials.agentImage.name)
  const scenario = scenarioFor(run.plan, entry)
  await using testbed = await openTestbed(run, entry.id, scenario)
  await testbed.agent.prepare(workFor(run, entry, run.plan.seed)) // with whom to trust, where it answers by TLS
  const target = await startTarget(testbed, entry)
  try {
    await testbed.serviceWatch.during(waitUntilReady(testbed, target))
    return await testbed.serviceWatch.during(askAll(testbed, target, asking))
  } catch (error) {
    throw await testbed.blame(error)
  }
}

async function askAll({ run, agent, scenario }: Testbed, target: TargetGroup, asking: Asking): Promise<Fetched[][]> {
  const passes: Fetched[][] = []
  for (let pass = 0; pass < asking.passes; pass++) {
    if (pass > 0) await run.sleep(asking.apartMs)
    const answers: Fetched[] = []
    for (const { method, path, headers, body } of asking.requests) {
      const timeoutMs = scenario.requestTimeoutMs
      answers.push(
        await agent.fetch({
          origin: target.origin,
          method,
          path,
          headers,
          body,
          encoding: 'utf8',
          timeoutMs,
          abandonAfterMs: null,
        }),
      )
    }
    passes.push(answers)
  }
  return passes
}
