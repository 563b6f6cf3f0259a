import {
  BakeoffError,
  benchesOf,
  type EngineFacts,
  formatBytes,
  type HostFacts,
  type LoadSpec,
  loadIdOf,
  type Plan,
  type PlannedBench,
  type PlannedEntry,
  type PlannedScenario,
  type PlannedSite,
  type PlanWarning,
} from '@bakeoff/model'
import { didYouMean } from '../parse/problem.js'
import { benchShape, benchShapeKey } from '../words/benches.js'
import { estimateMs } from './estimate.js'
import { mainLoadOf } from './main-load.js'
import { AGENT_MEMORY_BYTES, RESERVED_BYTES } from './memory.js'
import { checkMemoryOn, hostNamed, mainHostOf, refuseOtherClasses } from './site.js'
import { cpusOnHost, usableCpus } from './usable-cpus.js'

export interface ReplayRequest {
  /** the plan that is repeated */
  readonly first: Plan
  /** `scenario/target/variant`, with `@load` for one load of it; empty: everything */
  readonly cells: readonly string[]
  readonly host: HostFacts
  readonly engine: EngineFacts
  /** the machines of `--hosts`; null or absent: `host` alone */
  readonly site?: PlannedSite | null | undefined
  readonly runId: string
  readonly createdAt: string
  readonly command: string
  readonly git: { readonly commit: string | null; readonly dirty: boolean | null }
  /** warnings about differences from the first run */
  readonly warnings: readonly PlanWarning[]
}

/**
 * The same plan again: entries, loads, cores, rules, order and seed, narrowed to the wanted cells.
 *
 * @throws BakeoffError BAD_SPEC for a cell that the first plan does not have, and for benches of another shape; OUT_OF_RESOURCES for cores
 *         or memory that a machine does not have
 */
export function replayPlan(request: ReplayRequest): Plan {
  const { first, site = null } = request
  refuseOtherBenches(first, site)
  const { host, engine } = site ? machineOfSite(site) : request
  const { entries, scenarios, rules: asPlanned } = narrowed(first, request.cells)
  const { tightness: _, ...rules } = asPlanned // the rule of older runs, by which none goes any more
  const { site: _before, ...asBefore } = first
  const plan: Plan = {
    ...asBefore,
    runId: request.runId,
    createdAt: request.createdAt,
    command: request.command,
    replayOf: first.runId,
    gitCommit: request.git.commit,
    gitDirty: request.git.dirty,
    host,
    engine,
    ...(site ? { site } : {}),
    scenarios,
    entries,
    blocks: first.blocks
      .map((block) => ({ ...block, order: block.order.filter((id) => entries.some((entry) => entry.id === id)) }))
      .filter(({ order }) => order.length > 0),
    rules,
    estimateMs: estimateMs({ scenarios, entries, rules, benches: benchesOf({ site }).length }),
    warnings: [...request.warnings, ...first.warnings],
  }
  if (site) {
    refuseOtherClasses(site)
    refuseOtherCores(plan, site)
    for (const scenario of scenarios) checkMemoryOn(site, scenario, { file: scenario.id })
  } else {
    refuseMissingCores(plan)
    refuseMissingMemory(plan)
  }
  return plan
}

function machineOfSite(site: PlannedSite): Pick<ReplayRequest, 'host' | 'engine'> {
  const { facts, engine } = mainHostOf(site)
  return { host: facts, engine }
}

/** Cores were planned role by role: on benches of another shape the same plan would be another measurement. */
function refuseOtherBenches({ runId, site: before }: Plan, now: PlannedSite | null): void {
  const [was, is] = [before, now].map((site) => firstBenchOf(site ?? null))
  if (benchShapeKey(was!) === benchShapeKey(is!)) return
  throw new BakeoffError(
    'BAD_SPEC',
    `run ${runId} was measured with ${benchShape(was!)}, and here there is ${benchShape(is!)}: its plan cannot be replayed here`,
    {
      hint: before
        ? `Name machines for the same roles: npm run matrix -- --replay ${runId} --hosts ${before.file}`
        : 'Leave --hosts out, or plan anew: npm run matrix -- --hosts FILE',
    },
  )
}

function firstBenchOf(site: PlannedSite | null): PlannedBench {
  return benchesOf({ site })[0] as PlannedBench
}

/** @throws BakeoffError OUT_OF_RESOURCES that names the host, where one does not have the cores that the first run used in its place */
function refuseOtherCores({ replayOf, scenarios }: Plan, site: PlannedSite): void {
  const { target, services, agents } = firstBenchOf(site)
  const needed = scenarios.flatMap(({ cores, agents: own }): [string, readonly number[]][] => [
    [target, cores.target],
    ...Object.values(cores.services).map((ids): [string, readonly number[]] => [services, ids]),
    ...agents.map((name, index): [string, readonly number[]] => [name, own?.[index] ?? cores.agent]),
  ])
  for (const [name, ids] of needed) {
    const here = cpusOnHost(hostNamed(site, name)).map(({ id }) => id)
    const missing = ids.filter((id) => !here.includes(id))
    if (missing.length === 0) continue
    throw new BakeoffError(
      'OUT_OF_RESOURCES',
      `run ${replayOf} used core ${missing.join(', ')} in the place of ${name}, which has cores ${here.join(', ')}: its plan cannot be replayed here`,
      { hint: `Plan anew for these machines instead: npm run matrix -- --hosts ${site.file}` },
    )
  }
}

/** The place of a wanted cell in a plan. `loadIndex` null: all loads. */
interface Wanted {
  readonly entry: PlannedEntry
  readonly loadIndex: number | null
}

function narrowed(first: Plan, cells: readonly string[]): Pick<Plan, 'entries' | 'scenarios' | 'rules'> {
  if (cells.length === 0) return first
  const wanted = cells.map((cell) => find(first, cell))
  // An entry goes with its partner of another commit.
  const entries = first.entries.filter(({ id, ofRef }) =>
    wanted.some(({ entry }) => entry.id === id || entry.id === ofRef?.of),
  )
  const scenarios = first.scenarios.flatMap((scenario) => {
    const here = wanted.filter(({ entry }) => entry.scenario === scenario.id)
    if (here.length === 0) return []
    const indices = here.map(({ loadIndex }) => loadIndex ?? Number.POSITIVE_INFINITY)
    return [{ ...scenario, loads: loadsUpTo(scenario, indices) }]
  })
  // The curve and the second instrument come after the loads.
  const ends = wanted.every(({ loadIndex }) => loadIndex !== null)
  const rules = ends ? { ...first.rules, curveRates: 0, secondInstrument: false } : first.rules
  return { entries, scenarios, rules }
}

/**
 * The loads up to the wanted one. Loads come one after the other on the same target, the main load first. Earlier loads shaped the state of the target; later
 * loads cannot change it.
 */
function loadsUpTo({ loads }: PlannedScenario, indices: readonly number[]): LoadSpec[] {
  const main = loads.findIndex((load) => loadIdOf(load) === mainLoadOf(loads))
  const last = Math.max(...indices.filter((index) => index !== main))
  return loads.filter((_, index) => index <= last || index === main)
}

function find(first: Plan, cell: string): Wanted {
  const [id, load] = cell.split('@') as [string, string | undefined]
  const entry = first.entries.find((one) => one.id === id)
  if (!entry) return findByCellId(first, cell)
  return { entry, loadIndex: load === undefined ? null : loadIndexOf(first, entry, load) }
}

/** `scenario/target/variant/load`: as results and gates name a cell. */
function findByCellId(first: Plan, cell: string): Wanted {
  const entry = first.entries.find(({ id }) => cell.startsWith(`${id}/`))
  if (entry) return { entry, loadIndex: loadIndexOf(first, entry, cell.slice(entry.id.length + 1)) }
  const ids = first.entries.map(({ id }) => id)
  const meant = didYouMean(cell, ids)
  throw new BakeoffError('BAD_SPEC', `run ${first.runId} has no ${cell}${meant ? `; was ${meant} meant?` : ''}`, {
    hint: `It has: ${ids.join(', ')}`,
  })
}

function loadIndexOf(first: Plan, entry: PlannedEntry, load: string): number {
  const loads = first.scenarios.find(({ id }) => id === entry.scenario)?.loads.map(loadIdOf) ?? []
  const index = loads.indexOf(load)
  if (index >= 0) return index
  throw new BakeoffError('BAD_SPEC', `the plan of run ${first.runId} has no load ${load} for ${entry.id}`, {
    hint: `It has: ${loads.join(', ')}. Rates of a curve are found while measuring: replay ${entry.id} without a load.`,
  })
}

function refuseMissingCores({ replayOf, host, engine, scenarios }: Plan): void {
  const here = new Set(usableCpus(host, engine).map(({ id }) => id))
  const needed = scenarios.flatMap(({ cores }) => [
    ...cores.target,
    ...cores.agent,
    ...Object.values(cores.services).flat(),
  ])
  const missing = [...new Set(needed)].filter((id) => !here.has(id)).sort((a, b) => a - b)
  if (missing.length === 0) return
  throw new BakeoffError(
    'OUT_OF_RESOURCES',
    `run ${replayOf} used core ${missing.join(', ')}, and this machine has cores ${[...here].join(', ')}: its plan cannot be replayed here`,
    { hint: `Plan anew for this machine instead: npm run matrix, then npm run compare -- ${replayOf} and the new run` },
  )
}

function refuseMissingMemory({ replayOf, engine, scenarios }: Plan): void {
  for (const { id, targetCaps, services } of scenarios) {
    const caps = [targetCaps, ...services.map((service) => service.caps)]
    const needed = caps.reduce((sum, { memoryBytes }) => sum + memoryBytes, AGENT_MEMORY_BYTES + RESERVED_BYTES)
    if (needed <= engine.memoryBytes) continue
    throw new BakeoffError(
      'OUT_OF_RESOURCES',
      `${id} needs ${formatBytes(needed)} as run ${replayOf} measured it, and the engine has ${formatBytes(engine.memoryBytes)}`,
      { hint: `Give the engine more memory, or replay other cells: npm run matrix -- --replay ${replayOf} CELL` },
    )
  }
}
