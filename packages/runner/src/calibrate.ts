import { decodeHistogram, histogramQuantile, mainLoadOf, rightPerSecond } from '@bakeoff/core'
import {
  BakeoffError,
  type Block,
  benchesOf,
  type Calibration,
  calibrationKeyOf,
  connectionsOf,
  kindOf,
  type Link,
  type LoadMeasurement,
  type LoadSpec,
  loadIdOf,
  type PlannedScenario,
  toErrorRecord,
  USUAL_REACH,
} from '@bakeoff/model'
import { workLike } from './canary-work.js'
import { PORT, plainContainer } from './container-request.js'
import { endsTheRun } from './draft.js'
import { scenarioOf } from './materials.js'
import { agentsOf, benchIn, placedOn } from './placement.js'
import type { LoadRequest, RunningContainer } from './ports.js'
import type { Run } from './run.js'
import { isFilled, Settling } from './settle.js'
import { openTestbed, type Testbed, withoutServices } from './testbed.js'
import { coresUsed, SLICE_MS } from './windows.js'

/** The length of a canary's window. */
const CANARY_MS = 1000
/** The share of its cores above which a container counts as full. */
const FULL = 0.9

/**
 * Measures the canary of a block: the throughput of the load agent against a server that does nothing, on the cores of the scenario and
 * with requests and answers as long as those of the scenario. The first canary of a scenario on a bench measures every number of connections that it
 * uses, later ones the main load only. A cell near that ceiling says more about the agent than about the target, and
 * differences between canaries from block to block come from the machine.
 *
 * @param known canaries of this run so far
 * @throws BakeoffError when its images did not build, and the errors that end a run. Any other failure is reported as an
 *         event and tried once more: a block can be measured without a canary
 */
export async function canary(run: Run, block: Block, known: readonly Calibration[]): Promise<Calibration[]> {
  const { plan, materials, images } = run
  const scenario = scenarioOf(plan, block.scenario)
  const here = known.filter(({ bench }) => (bench ?? undefined) === benchIn(run).bench)
  if (here.some((each) => each.block === block.id)) return []
  const isFirst = !here.some((each) => each.scenario === scenario.id)
  const connections = countsFor(scenario, isFirst)
  if (connections.length === 0) return []
  const ids = [materials.agentImage, materials.nullServerImage].map(({ name }) => [name, images.of(name).id])
  const wanted: Canary = {
    block,
    scenario,
    connections,
    durationMs: isFirst ? plan.rules.calibrationMs : CANARY_MS,
    images: Object.fromEntries(ids),
  }
  for (let triesLeft = 2; triesLeft > 0; triesLeft--) {
    try {
      return await measureOn(run, wanted)
    } catch (error) {
      run.signal.throwIfAborted()
      if (endsTheRun(error)) throw error
      const what = triesLeft > 1 ? 'tried again' : 'the block is measured without one'
      const message = `no canary for ${blockWords(run, block)}: ${toErrorRecord(error).message}; ${what}`
      run.emit({ kind: 'note', level: 'warning', message })
    }
  }
  return []
}

/** `predict#2`, and of several benches `predict#2 on node-1`. */
function blockWords({ plan, bench }: Run, { id }: Block): string {
  return benchesOf(plan).length > 1 ? `${id} on ${bench.id}` : id
}

/** The settings of a canary. */
interface Canary {
  readonly block: Block
  readonly scenario: PlannedScenario
  /** numbers of connections, ascending, each with a window of its own */
  readonly connections: readonly number[]
  /** length of a window */
  readonly durationMs: number
  /** ids of the images of the agent and the null server, by name */
  readonly images: Record<string, string>
}

async function measureOn(run: Run, wanted: Canary): Promise<Calibration[]> {
  await using testbed = await openTestbed(run, 'canary', withoutServices(wanted.scenario))
  try {
    return await measureIn(testbed, wanted)
  } catch (error) {
    throw await testbed.blame(error)
  }
}

async function measureIn(
  testbed: Testbed,
  { block, scenario, connections, durationMs, images }: Canary,
): Promise<Calibration[]> {
  const { run } = testbed
  const { rules, seed } = run.plan
  const agentCores = agentsOf(scenario, run.bench).reduce((sum, { cores }) => sum + cores.length, 0)
  const { work, requestBytes, answerBytes } = workLike(scenario, run.materials, seed)
  await testbed.agent.prepare(work)
  await using server = await startNullServer(testbed, answerBytes)
  const origin = `http://${server.address}:${PORT}`
  await testbed.agent.waitUntilReady(origin, USUAL_REACH.health, 10_000)
  const link = await linkTo(testbed, origin)
  await using sampler = await run.ports.host.sample([server], rules.samplingHz)
  // An agent whose code is cold reaches half of what it can.
  await loadSlice(testbed, origin, connections.at(-1) as number, rules.agentWarmUpMs)
  const calibrations: Calibration[] = []
  for (const count of connections) {
    const measured = await loadSlice(testbed, origin, count, durationMs)
    if (measured.counts.ok === 0)
      throw new BakeoffError('AGENT_FAILED', `the null server gave no answer on ${count} connections`)
    const endedAtMs = measured.startedAtMs + measured.durationMs
    const serverCores = coresUsed(sampler.between(measured.startedAtMs, endedAtMs).containers[server.name] ?? [])
    const p50Us = histogramQuantile(decodeHistogram(measured.serviceTime), 0.5)
    const calibration: Calibration = {
      key: calibrationKeyOf(scenario, run.plan.site ? run.bench : null),
      scenario: scenario.id,
      block: block.id,
      requestBytes,
      answerBytes,
      connections: count,
      throughput: rightPerSecond(measured),
      best: bestSlice(measured),
      p50Us,
      agentCores,
      eventLoopUtilisation: measured.agent.eventLoopUtilisation,
      serverCores,
      limit: limitOf(measured, { serverCores, scenario, agentCores }),
      images,
      windows: measured.windows,
      ...benchIn(run),
      ...(link ? { link } : {}),
    }
    calibrations.push(calibration)
    run.emit({ kind: 'calibrated', calibration })
  }
  return calibrations
}

/** The way from the agents to the target's machine; null where one of them is on it. */
async function linkTo({ run, agent, network }: Testbed, origin: string): Promise<Link | null> {
  const { target, agents } = run.bench
  if (agents.includes(target)) return null
  return { ...(await agent.link(origin)), mtu: network.mtu ?? null }
}

function startNullServer({ run, scenario, network }: Testbed, answerBytes: number): Promise<RunningContainer> {
  const image = run.images.of(run.materials.nullServerImage.name).id
  return run.ports.host.start(network, {
    ...plainContainer('target', image, scenario.targetCaps),
    ...placedOn(run, run.bench.target),
    environment: {
      PORT: String(PORT),
      CORES: String(Math.ceil(scenario.targetCaps.cpus)),
      ANSWER_BYTES: String(answerBytes),
    },
  })
}

/** A closed load with a window of this length, which opens as soon as the connections are filled. */
function loadSlice(
  { run, agent }: Testbed,
  origin: string,
  connections: number,
  durationMs: number,
): Promise<LoadMeasurement> {
  const rules = { leastMs: durationMs, responses: 0, longestMs: durationMs, passRequests: null }
  const settling = new Settling(isFilled, rules)
  const request: LoadRequest = {
    origin,
    order: { kind: 'closed', connections },
    requestTimeoutMs: 10_000,
    sampleEvery: run.plan.rules.sampleEvery,
    stream: false,
    sliceMs: SLICE_MS,
  }
  return agent.load(request, (slice) => settling.decide(slice))
}

/**
 * The rate of the best slice. A ceiling is a maximum: on a machine with other work a mean would be too low and
 * make sound cells look bound by the agent.
 */
function bestSlice(measurement: LoadMeasurement): number {
  // The last slice may be so short that a handful of answers makes an impossible rate.
  const whole = measurement.windows.filter((slice) => slice.durationMs >= SLICE_MS / 2)
  return Math.max(rightPerSecond(measurement), ...whole.map((slice) => slice.ok / (slice.durationMs / 1000)))
}

/** The container whose cores were full; when neither was, the connection between them was the limit. */
function limitOf(
  { agent, durationMs }: LoadMeasurement,
  {
    serverCores,
    agentCores,
    scenario,
  }: { readonly serverCores: number | null; readonly agentCores: number; readonly scenario: PlannedScenario },
): Calibration['limit'] {
  const busy = Math.max(
    agent.eventLoopUtilisation ?? 0,
    (agent.cpuSeconds ?? 0) / (durationMs / 1000) / Math.max(1, agentCores),
  )
  const isAgent = busy >= FULL
  const isServer = serverCores !== null && serverCores / scenario.targetCaps.cpus >= FULL
  if (isAgent) return isServer ? 'both' : 'agent'
  return isServer ? 'null-server' : 'neither'
}

/**
 * The numbers of connections for which a ceiling is needed, ascending: those of closed loads, and of the largest other
 * load; of the main load alone when the others are known.
 */
function countsFor(scenario: PlannedScenario, all: boolean): number[] {
  const countOf = (load: LoadSpec) => connectionsOf(load) ?? []
  const main = mainLoadOf(scenario.loads)
  const closed = scenario.loads.flatMap((load) =>
    kindOf(load).best === 'gives' && (all || loadIdOf(load) === main) ? countOf(load) : [],
  )
  const open = scenario.loads.flatMap((load) => (kindOf(load).best === 'gives' ? [] : countOf(load)))
  const largest = open.length > 0 && (all || closed.length === 0) ? [Math.max(...open)] : []
  return [...new Set([...closed, ...largest])].sort((a, b) => a - b)
}
