import type { CoreAssignment, LogicalCpu } from '@bakeoff/model'
import { list } from '../words/quantities.js'

/** What is to run on a machine. */
export interface CoreDemand {
  /** cores that the scenario's target asks for; 0: it has no cap; null: it is on another machine */
  readonly target: number | null
  /** cores each service on this machine asks for, in the scenario's order */
  readonly services: readonly { readonly name: string; readonly cpus: number }[]
  /** false: the load agent is on another machine */
  readonly agent?: false
  /** caps are quotas of time: target and services share cores. Absent: each has cores of its own */
  readonly quotas?: boolean
}

/** From this many cores on, CPU 0 is left to the system: interrupts and the orchestrator. */
const CORES_TO_SPARE_ONE = 4
/** More generator processes than this have never been needed to saturate a target. */
const MOST_AGENT_CORES = 4

/** What else is on every machine: the orchestrator, or of several machines the probe. It has the core that is left to the system. */
export type Keeper = 'orchestrator' | 'probe'

/**
 * The cores that each role runs on; none for a role on another machine. A machine with less than all roles leaves CPU 0 to the system from
 * four cores on, and a load agent that is alone has all the others. Roles never share a core when there are enough; where there are too few, caps are
 * scaled down and the roles that share are named. One hardware thread of a core is used, and its siblings stay idle:
 * two roles on siblings would slow one another, and a "core" of a cap would mean half of one. A target without a cap runs on
 * every core, those of the other roles among them. Under quotas target and services run on all that load agent and orchestrator
 * leave, where the cores hold the quotas together; where they do not, caps are whole cores.
 *
 * @param cpus logical processors that containers may use, at least one
 */
export function assignCores(
  cpus: readonly LogicalCpu[],
  demand: CoreDemand,
  keeper: Keeper = 'orchestrator',
): CoreAssignment {
  const cores = physicalCores(cpus)
  const notes: string[] = []
  const idle = cpus.length - cores.length
  if (idle > 0)
    notes.push(`${idle} SMT ${idle === 1 ? 'sibling stays' : 'siblings stay'} idle: each role gets whole cores`)
  const assign = ruleFor(cores, demand, notes)
  const assignment =
    demand.target === 0
      ? { ...assign(cores, { ...demand, target: 1 }, notes, keeper), target: idsOf(cores) }
      : assign(cores, demand, notes, keeper)
  noteMixedKinds(cores, assignment, notes)
  return { ...assignment, shared: sharedRoles(assignment, keeper), notes }
}

/** Whether target and load agent are both here. */
function isWhole({ target, agent }: CoreDemand): boolean {
  return target !== null && agent !== false
}

/** How this machine's cores are shared out for this demand. */
function ruleFor(cores: readonly PhysicalCore[], demand: CoreDemand, notes: string[]): Rule {
  const needed = wantedCores(demand) + (demand.agent === false ? 1 : 2)
  if (demand.quotas && cores.length >= Math.max(needed, CORES_TO_SPARE_ONE)) return inCommon
  if (demand.quotas)
    notes.push(`caps are whole cores here: as quotas they need ${needed} cores, and this machine has ${cores.length}`)
  const few = isWhole(demand) ? CORES_TO_SPARE_ONE : rolesOf(demand).length
  return cores.length < few ? onFewCores : onManyCores
}

/** What of target, services and load agent is here. */
function rolesOf({ target, services, agent }: CoreDemand): string[] {
  return [
    ...(target === null ? [] : ['target']),
    ...(services.length === 0 ? [] : ['services']),
    ...(agent === false ? [] : ['load agent']),
  ]
}

/** The cores that target and services would have if each had its own. */
function wantedCores({ target, services }: CoreDemand): number {
  return services.reduce((sum, { cpus }) => sum + Math.ceil(cpus), Math.ceil(target ?? 0))
}

interface PhysicalCore {
  /** the lowest logical processor of the core */
  readonly id: number
  readonly l3: string
  readonly kind: LogicalCpu['kind']
}

type Roles = Omit<CoreAssignment, 'shared' | 'notes'>
type Rule = (cores: readonly PhysicalCore[], demand: CoreDemand, notes: string[], keeper: Keeper) => Roles

/** One entry per physical core: performance cores first, then by package, cache and number. */
function physicalCores(cpus: readonly LogicalCpu[]): PhysicalCore[] {
  const byCore = new Map<string, LogicalCpu>()
  for (const cpu of [...cpus].sort((a, b) => a.id - b.id)) {
    const key = `${cpu.package}/${cpu.core}`
    if (!byCore.has(key)) byCore.set(key, cpu)
  }
  const rank = (cpu: LogicalCpu) => (cpu.kind === 'performance' ? 0 : 1)
  return [...byCore.values()]
    .sort((a, b) => rank(a) - rank(b) || a.package - b.package || (a.l3 ?? 0) - (b.l3 ?? 0) || a.id - b.id)
    .map((cpu) => ({ id: cpu.id, l3: `${cpu.package}/${cpu.l3 ?? 0}/${cpu.kind}`, kind: cpu.kind }))
}

/** One to three cores: the target gets what is left after one core for everything else. */
function onFewCores(cores: readonly PhysicalCore[], demand: CoreDemand, notes: string[], keeper: Keeper): Roles {
  const ids = idsOf(cores)
  const rest = [ids[0] as number]
  const services = Object.fromEntries(demand.services.map(({ name }) => [name, rest]))
  if (ids.length === 1) {
    const all = isWhole(demand) ? ['target', 'services', 'load agent'] : rolesOf(demand)
    notes.push(`there is one core: ${list([...all, keeper])} share it, so the figures say little`)
    return {
      target: demand.target === null ? [] : rest,
      services,
      agent: demand.agent === false ? [] : rest,
      orchestrator: rest,
    }
  }
  const asked = demand.target ?? 0
  const wanted = Math.min(asked, ids.length - 1)
  const target = ids.slice(-wanted)
  if (wanted < asked) notes.push(`the target gets ${wanted} of ${asked} cores: this machine has ${ids.length}`)
  noteServices(demand, 1, notes)
  const spare = ids.slice(1, ids.length - wanted)
  return { target, services, agent: spare.length > 0 ? spare : rest, orchestrator: rest }
}

/** Target and services on the same cores, which are at least as many as their quotas together. */
function inCommon(cores: readonly PhysicalCore[], demand: CoreDemand): Roles {
  const { first, free } = sparingFirst(cores)
  const forAgent = mostForAgent(demand, free.length - wantedCores(demand))
  const common = takeTogether(free, free.length - forAgent)
  const services = Object.fromEntries(demand.services.map(({ name }) => [name, common]))
  const target = demand.target === null ? [] : common
  return { target, services, agent: idsOf(free), orchestrator: [first.id] }
}

function onManyCores(cores: readonly PhysicalCore[], demand: CoreDemand, notes: string[]): Roles {
  const { first, free } =
    cores.length < CORES_TO_SPARE_ONE && !isWhole(demand) ? sparingNone(cores) : sparingFirst(cores)
  const pool = free.length - (demand.agent === false ? 0 : 1) // at least one is left for the agent
  const wantedServices = demand.services.reduce((sum, { cpus }) => sum + Math.ceil(cpus), 0)
  const asked = demand.target ?? 0
  const wantedTarget = Math.ceil(asked)
  const enough = pool >= wantedTarget + wantedServices
  const targetCount =
    enough || demand.target === null
      ? wantedTarget
      : Math.max(1, Math.min(wantedTarget, Math.floor((pool * wantedTarget) / (wantedTarget + wantedServices))))
  if (targetCount < asked)
    notes.push(`the target gets ${targetCount} of ${asked} cores: this machine has ${cores.length}`)

  const target = takeTogether(free, targetCount)
  const forServices = Math.min(wantedServices, pool - targetCount)
  const services: Record<string, number[]> = {}
  if (enough) {
    for (const { name, cpus } of demand.services) services[name] = takeTogether(free, Math.ceil(cpus))
  } else if (forServices >= demand.services.length) {
    const counts = shareOut(
      forServices,
      demand.services.map(({ cpus }) => cpus),
    )
    for (const [index, { name, cpus }] of demand.services.entries()) {
      services[name] = takeTogether(free, counts[index] as number)
      if ((counts[index] as number) < cpus) notes.push(`${name} gets ${counts[index]} of ${cpus} cores`)
    }
  } else {
    const common = forServices > 0 ? takeTogether(free, forServices) : [first.id]
    for (const { name } of demand.services) services[name] = common
    noteServices(demand, common.length, notes)
  }
  const agent = free.splice(0, mostForAgent(demand, free.length))
  return { target, services, agent: idsOf(agent), orchestrator: [first.id] }
}

/** How many of the cores that are left the load agent gets. */
function mostForAgent(demand: CoreDemand, left: number): number {
  if (demand.agent === false) return 0
  const isAlone = rolesOf(demand).length === 1
  return isAlone ? left : Math.min(left, MOST_AGENT_CORES)
}

/** All cores, the one with the lowest number last. */
function sparingNone(cores: readonly PhysicalCore[]): { first: PhysicalCore; free: PhysicalCore[] } {
  const { first, free } = sparingFirst(cores)
  return { first, free: [...free, first] }
}

/** The core with the lowest number, which is left to the system, and all others. */
function sparingFirst(cores: readonly PhysicalCore[]): { first: PhysicalCore; free: PhysicalCore[] } {
  const first = cores.reduce((a, b) => (a.id < b.id ? a : b))
  return { first, free: cores.filter((core) => core !== first) }
}

function idsOf(cores: readonly PhysicalCore[]): number[] {
  return cores.map(({ id }) => id).sort((a, b) => a - b)
}

/** Takes n cores out of the free ones, all under one last-level cache when some cache has that many. */
function takeTogether(free: PhysicalCore[], n: number): number[] {
  const home = free.find(({ l3 }) => free.filter((other) => other.l3 === l3).length >= n)?.l3
  const chosen = (home === undefined ? free : free.filter(({ l3 }) => l3 === home)).slice(0, n)
  for (const core of chosen) free.splice(free.indexOf(core), 1)
  return idsOf(chosen)
}

/** Largest-remainder shares of `total`, at least one each. */
function shareOut(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0)
  const exact = weights.map((weight) => Math.max(1, (total * weight) / sum))
  const counts = exact.map(Math.floor)
  const order = exact
    .map((value, index) => ({ index, rest: value - Math.floor(value) }))
    .sort((a, b) => b.rest - a.rest)
  for (let left = total - counts.reduce((a, b) => a + b, 0), i = 0; left > 0; left--, i++)
    counts[order[i % order.length]!.index]!++
  while (counts.reduce((a, b) => a + b, 0) > total) counts[counts.indexOf(Math.max(...counts))]!--
  return counts
}

function noteServices(demand: CoreDemand, cores: number, notes: string[]): void {
  for (const { name, cpus } of demand.services) {
    if (cpus > cores || demand.services.length > 1)
      notes.push(`${name} shares ${cores === 1 ? 'one core' : `${cores} cores`} with others, and asks for ${cpus}`)
  }
}

function noteMixedKinds(cores: readonly PhysicalCore[], roles: Roles, notes: string[]): void {
  const kinds = new Set(cores.filter(({ id }) => roles.target.includes(id)).map(({ kind }) => kind))
  if (kinds.size > 1)
    notes.push('the target runs on performance and efficiency cores together: there are too few of one kind')
}

/** Groups of roles with a core in common; each group is as large as possible and named once. */
function sharedRoles(roles: Roles, keeper: Keeper): string[][] {
  const all: [string, readonly number[]][] = [
    ['target', roles.target],
    ...Object.entries(roles.services),
    ['agent', roles.agent],
    [keeper, roles.orchestrator],
  ]
  const groups = new Map<string, string[]>()
  for (const core of new Set(all.flatMap(([, cores]) => cores))) {
    const group = all.filter(([, cores]) => cores.includes(core)).map(([name]) => name)
    if (group.length > 1) groups.set(group.join('+'), group)
  }
  return [...groups.values()]
}
