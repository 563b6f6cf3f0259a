/** Which machine of a run a role was on, and what else ran there. Without hosts.yaml there is one, and nothing here applies. */
import { type LoadRecord, type Plan, type PlannedBench, plannedBenchOf } from '@bakeoff/model'
import { type HostUse, hostUseOf, type Span, type Use } from './use.js'

/** The use of a machine of the bench beside that of the target. */
export interface MachineUse {
  /** name of the host */
  readonly name: string
  /** its logical CPUs */
  readonly cpus: number
  readonly host: HostUse
  /** cores used by anything that is not part of the run; null: unknown */
  readonly othersCores: number | null
}

/** The containers of a repetition by the role in which a bench places them. */
export interface RolesInUse {
  readonly target: Use
  readonly services: readonly Use[]
  /** in the order of the bench's agents */
  readonly agents: readonly Use[]
}

/** The uses of the containers that a machine of the bench carries. */
export function usesOn(
  bench: PlannedBench | null,
  host: string | null,
  { target, services, agents }: RolesInUse,
): Use[] {
  const isHere = (of: string) => bench === null || of === host
  return [
    ...(isHere(bench?.target ?? '') ? [target] : []),
    ...(isHere(bench?.services ?? '') ? services : []),
    ...agents.filter((_, index) => isHere(bench?.agents[index] ?? '')),
  ]
}

/** Every machine of the bench but that of the target. */
export function otherMachines(
  { site }: Pick<Plan, 'site'>,
  { machines }: LoadRecord['samples'],
  { bench, roles, span }: { readonly bench: PlannedBench | null; readonly roles: RolesInUse; readonly span: Span },
): MachineUse[] {
  return Object.entries(machines ?? {}).map(([name, { readings }]) => {
    const host = hostUseOf(readings, span)
    return {
      name,
      cpus: site?.hosts.find((each) => each.name === name)?.facts.cpus.length ?? 0,
      host,
      othersCores: othersOf(host, usesOn(bench, name, roles)),
    }
  })
}

/**
 * The means of a figure over the repetitions of each machine of a fleet, in the order of the machines' first ones. Two machines of one kind
 * differ by more than two repetitions of one do, and differently for each entry: repetitions that counted as independent would call
 * equals different in a third of all cases (docs/method.md). Means are of logarithms, as ratios are.
 *
 * @param values above 0, each with the bench that measured it
 */
export function byMachine<T extends { readonly value: number; readonly bench: string }>(
  values: readonly T[],
): { readonly bench: string; readonly value: number; readonly all: readonly T[] }[] {
  const benches = [...new Set(values.map(({ bench }) => bench))]
  return benches.map((bench) => {
    const all = values.filter((each) => each.bench === bench)
    return { bench, all, value: Math.exp(all.reduce((sum, { value }) => sum + Math.log(value), 0) / all.length) }
  })
}

/** Whether the run was measured by several benches, side by side. */
export function isOfFleet({ site }: Pick<Plan, 'site'>): boolean {
  return (site?.benches.length ?? 0) > 1
}

/** Busy cores of a machine that are not those of the run; null where one of them was not read. */
export function othersOf({ busyCores }: HostUse, ours: readonly Use[]): number | null {
  if (busyCores === null) return null
  let rest = busyCores
  for (const { coresUsed } of ours) {
    if (coresUsed === null) return null
    rest -= coresUsed
  }
  return Math.max(0, rest)
}

/**
 * The largest error of any clock in a repetition: of the machines that readings come from, and of the load agents. Null: there is one
 * machine, or nothing is known.
 */
export function clockErrorOf({ loads }: { readonly loads: readonly LoadRecord[] }): number | null {
  const errors = loads.flatMap(({ samples, measurement }) => [
    samples.clockErrorMs ?? null,
    ...Object.values(samples.machines ?? {}).map(({ clockErrorMs }) => clockErrorMs),
    ...(measurement.agent.each ?? []).map(({ clockErrorMs }) => clockErrorMs),
  ])
  const known = errors.filter((error) => error !== null)
  return known.length === 0 ? null : Math.max(...known)
}

/** Names a core beyond its machine: `3` on the only one, `db-1/3` on several. Cores of two machines have the same numbers. */
export function placeOfCore(plan: Pick<Plan, 'site'>, role: string, core: number): string {
  const bench = plannedBenchOf(plan, null)
  if (bench === null) return String(core)
  const host = role === 'target' ? bench.target : role === 'agent' ? bench.agents[0] : bench.services
  return `${host}/${core}`
}
