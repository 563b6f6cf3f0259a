import { secondInstrumentSeconds, secondInstrumentTask } from '@bakeoff/core'
import { BakeoffError, endWords, type SecondInstrumentRecord, toErrorRecord } from '@bakeoff/model'
import { plainContainer } from './container-request.js'
import { endsTheRun } from './draft.js'
import { corpusOf } from './materials.js'
import { agentsOf, containerWords, type PlannedAgent, placedOn } from './placement.js'
import type { ContainerRequest } from './ports.js'
import type { ReadyTestbed } from './repetition.js'
import type { TargetGroup } from './target-group.js'
import { ToolContainers } from './tool-containers.js'

/** The timeout of the tool. Its histogram has a slot for every µs up to it, which costs memory only where it is written to. */
const MEMORY_BYTES = 256 * 1024 ** 2

/**
 * Runs the main load once more with another tool, on the target as the agent left it and on the agent's cores (of several agents, the
 * first one's), while the agent is idle. A failure of the tool is only recorded, since the repetition was measured by then.
 *
 * @throws when the signal aborts, and the errors that end a run
 */
export async function measureSecondInstrument({
  repetition,
  testbed,
  target,
}: ReadyTestbed): Promise<SecondInstrumentRecord> {
  const { run, scenario } = testbed
  const { plan, materials, ports, signal } = run
  const { requests, golden } = corpusOf(scenario, materials)
  const task = secondInstrumentTask(scenario, requests, target.entry)
  const about = { tool: 'wrk', loadId: task.loadId } as const
  if (task.kind === 'unsupported') return { ...about, kind: 'unsupported', reason: task.reason }
  const main = repetition.draft.loads.find(({ loadId }) => loadId === task.loadId)
  const [agent] = agentsOf(scenario, run.bench) as [PlannedAgent]
  const order = {
    origin: target.origin,
    requests,
    statuses: golden.map(({ status }) => status),
    connections: task.connections,
    cores: agent.cores.length,
    seconds: secondInstrumentSeconds({ windowMs: main?.measurement.durationMs ?? plan.rules.windowMs }),
    requestTimeoutMs: scenario.requestTimeoutMs,
    seed: plan.seed,
  }
  try {
    const { id } = run.images.of(materials.wrkImage.name)
    await using container = await ports.host.start(testbed.network, {
      ...wrkRequest(agent.cores, id),
      ...placedOn(run, agent.host),
    })
    const tool = new ToolContainers(run, [container], 'wrk', testbed)
    const measuring = ports.measureSecond(await container.attach(), order, signal)
    const figures = await testbed.unlessLost(measuring, whenDead(target)).catch(async (cause: unknown) => {
      throw withLastWords(await tool.explain(cause))
    })
    return { ...about, kind: 'measured', ...figures }
  } catch (error) {
    signal.throwIfAborted()
    if (endsTheRun(error)) throw error
    return { ...about, kind: 'failed', reason: toErrorRecord(error).message }
  }
}

/** A promise that never resolves. It rejects when a container of the target ends, since the tool would go on loading the others. */
function whenDead(target: TargetGroup): Promise<never> {
  const dead = target.died.then(({ container, ...end }) => {
    throw new BakeoffError('TARGET_DIED', `${containerWords(container)} ${endWords(end)} under wrk`)
  })
  dead.catch(() => {}) // unhandled when the tool was done first
  return dead
}

/** Adds the tool's last output to an error, which explains why it gave no figures. */
function withLastWords(cause: unknown): unknown {
  if (!(cause instanceof BakeoffError) || cause.code !== 'AGENT_FAILED') return cause
  const said = cause.logTail.at(-1)
  return said === undefined
    ? cause
    : new BakeoffError(cause.code, `${cause.message}; its last words: ${said.trim()}`, { cause })
}

function wrkRequest(cores: readonly number[], imageId: string): ContainerRequest {
  const caps = { cpus: cores.length, cpuset: [...cores], quotaCpus: null, memoryBytes: MEMORY_BYTES }
  return { ...plainContainer('wrk', imageId, caps), interactive: true }
}
