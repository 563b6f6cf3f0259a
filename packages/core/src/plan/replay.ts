import {
  BakeoffError,
  type EngineFacts,
  formatBytes,
  type HostFacts,
  type LoadSpec,
  loadIdOf,
  type Plan,
  type PlannedEntry,
  type PlannedScenario,
  type PlannedSite,
  type PlanWarning,
} from '@bakeoff/model'
import { didYouMean } from '../parse/problem.js'
import { estimateMs } from './estimate.js'
import { mainLoadOf } from './main-load.js'
import { AGENT_MEMORY_BYTES, RESERVED_BYTES } from './memory.js'
import { checkCoresOn, checkMemoryOn } from './site.js'
import { usableCpus } from './usable-cpus.js'

export interface ReplayRequest {
  /** the plan that is repeated */
  readonly first: Plan
  /** `scenario/target/variant`, with `@load` for one load of it; empty: everything */
  readonly cells: readonly string[]
  readonly host: HostFacts
  readonly engine: EngineFacts
  /** the machines of `--hosts`, whose benches are those of the first plan; null or absent: everything runs on `host` */
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
 * @throws BakeoffError BAD_SPEC for a cell that the first plan does not have, OUT_OF_RESOURCES for cores or memory that this
 *         machine does not have
 */
export function replayPlan(request: ReplayRequest): Plan {
  const { first, host, engine } = request
  const { entries, scenarios, rules: asPlanned } = narrowed(first, request.cells)
  const { tightness: _, ...rules } = asPlanned // the rule of older runs, by which none goes any more
  const plan: Plan = {
    ...first,
    runId: request.runId,
    createdAt: request.createdAt,
    command: request.command,
    replayOf: first.runId,
    gitCommit: request.git.commit,
    gitDirty: request.git.dirty,
    host,
    engine,
    scenarios,
    entries,
    blocks: first.blocks
      .map((block) => ({ ...block, order: block.order.filter((id) => entries.some((entry) => entry.id === id)) }))
      .filter(({ order }) => order.length > 0),
    rules,
    estimateMs: estimateMs({ scenarios, entries, rules }),
    warnings: [...request.warnings, ...first.warnings],
  }
  if (request.site) {
    for (const scenario of scenarios) {
      checkCoresOn(request.site, scenario, first.runId)
      checkMemoryOn(request.site, scenario, { file: `run ${first.runId}` })
    }
    return { ...plan, site: request.site }
  }
  refuseMissingCores(plan)
  refuseMissingMemory(plan)
  return plan
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
