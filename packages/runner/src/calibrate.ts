import { decodeHistogram, histogramQuantile, rightPerSecond } from '@bakeoff/core'
import { type Calibration, calibrationKey, type LoadMeasurement, type Plan, type PlannedScenario } from '@bakeoff/model'
import { type BuiltImages, imageOf } from './build-images.js'
import { openCell, PORT } from './cell.js'
import type { Materials, Ports } from './materials.js'
import type { Work } from './ports.js'
import { isFilled, Settling } from './settle.js'

const SLICE_MS = 500
const NULL_WORK: Work = {
  requests: [{ method: 'GET', path: '/', headers: {}, body: null }],
  golden: [{ status: 200, contentType: 'text/plain', body: 'Prediction: Iris-Setosa' }],
  compare: 'exact',
  tolerance: 0,
  seed: 1,
}

/**
 * What the load agent reaches against a server that does nothing, on the cores and with the connections of this plan.
 * A cell near this ceiling says more about the agent than about the target.
 */
export async function calibrate(
  plan: Plan,
  images: BuiltImages,
  materials: Materials,
  ports: Ports,
  signal: AbortSignal,
): Promise<Calibration[]> {
  const wanted = new Map<string, { scenario: PlannedScenario; connections: Set<number> }>()
  for (const scenario of plan.scenarios) {
    const key = calibrationKey(scenario.cores.agent, scenario.cores.target)
    const known = wanted.get(key) ?? { scenario, connections: new Set<number>() }
    for (const connections of connectionsOf(scenario)) known.connections.add(connections)
    wanted.set(key, known)
  }
  const calibrations: Calibration[] = []
  for (const [key, { scenario, connections }] of wanted) {
    if (connections.size === 0) continue
    calibrations.push(
      ...(await calibrateOn(
        key,
        scenario,
        [...connections].sort((a, b) => a - b),
        plan,
        images,
        materials,
        ports,
        signal,
      )),
    )
  }
  return calibrations
}

async function calibrateOn(
  key: string,
  scenario: PlannedScenario,
  connections: readonly number[],
  plan: Plan,
  images: BuiltImages,
  materials: Materials,
  ports: Ports,
  signal: AbortSignal,
): Promise<Calibration[]> {
  const ids = Object.fromEntries(
    [materials.agentImage, materials.nullServerImage].map(({ name }) => [name, imageOf(images, name).id]),
  )
  const bare: PlannedScenario = { ...scenario, services: [], targetDependsOn: [] }
  await using cell = await openCell('calibration', bare, images, materials, ports, signal)
  await cell.agent.prepare(NULL_WORK, signal)
  await using server = await ports.host.start(cell.network, {
    name: 'target',
    image: imageOf(images, materials.nullServerImage.name).id,
    caps: scenario.targetCaps,
    environment: { PORT: String(PORT), CORES: String(scenario.cores.target.length) },
    command: null,
    readOnly: true,
    tmpfs: [],
    shmBytes: null,
    user: null,
    healthcheck: null,
    aliases: [],
    interactive: false,
  })
  const origin = `http://${server.address}:${PORT}`
  await Promise.race([cell.agent.waitUntilReady(origin, '/health', 10_000, signal), cell.lost])
  const run = (count: number, durationMs: number) => {
    const request = {
      origin,
      order: { kind: 'closed' as const, connections: count },
      requestTimeoutMs: 10_000,
      sampleEvery: plan.rules.sampleEvery,
      stream: false,
      sliceMs: SLICE_MS,
    }
    const rules = { leastMs: durationMs, responses: 0, longestMs: durationMs, passRequests: null }
    const settling = new Settling(isFilled, rules)
    return Promise.race([cell.agent.load(request, (slice) => settling.decide(slice), signal), cell.lost])
  }
  await run(connections.at(-1) as number, plan.rules.agentWarmUpMs)
  const calibrations: Calibration[] = []
  for (const count of connections) {
    const measured = await run(count, plan.rules.calibrationMs)
    const p50Us = histogramQuantile(decodeHistogram(measured.serviceTime), 0.5)
    const calibration: Calibration = {
      key,
      connections: count,
      throughput: ceilingOf(measured),
      p50Us,
      agentCores: scenario.cores.agent.length,
      images: ids,
      eventLoopUtilisation: measured.agent.eventLoopUtilisation,
      windows: measured.windows,
    }
    calibrations.push(calibration)
    ports.sink.event({ kind: 'calibrated', at: new Date(ports.clock.now()).toISOString(), calibration })
  }
  return calibrations
}

/**
 * The rate of the best window: a ceiling is a most, and on a machine with other work a mean would be too low, which
 * would call sound cells bound by the agent.
 */
function ceilingOf(measurement: LoadMeasurement): number {
  const mean = rightPerSecond(measurement)
  // The last slice may be a stub, in which a handful of answers would make an impossible rate.
  const whole = measurement.windows.filter((slice) => slice.durationMs >= SLICE_MS / 2)
  return Math.max(mean, ...whole.map((window) => window.ok / (window.durationMs / 1000)))
}

/** The numbers of connections for which a ceiling is needed: those of closed loads, and of the largest other load. */
function connectionsOf(scenario: PlannedScenario): number[] {
  const open = scenario.loads.flatMap((load) =>
    load.kind === 'open' || load.kind === 'rate' || load.kind === 'capacity' ? [load.connections] : [],
  )
  return [
    ...scenario.loads.flatMap((load) => (load.kind === 'closed' ? [load.connections] : [])),
    ...(open.length > 0 ? [Math.max(...open)] : []),
  ]
}
