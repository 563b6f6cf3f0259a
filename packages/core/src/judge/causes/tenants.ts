import { coresUsed } from '../../figures/cpu.js'
import { valueIn } from '../../figures/define.js'
import { placeOfCore } from '../../observe/machines.js'
import type { CellView, Repetition } from '../../observe/view.js'
import { medianOf } from '../../stats/index.js'
import { thresholds } from '../../thresholds.js'
import { list, percent } from '../../words/quantities.js'

/** The cores that any of these roles may run on. */
export function coresOf({ scenario }: CellView, roles: readonly string[]): Set<number> {
  const { target, services, agent, orchestrator } = scenario.cores
  const agents = Object.fromEntries((scenario.agents ?? []).map((cores, index) => [`agent-${index + 1}`, cores]))
  const own: Record<string, readonly number[]> = { ...services, ...agents, target, agent, orchestrator }
  return new Set(roles.flatMap((role) => own[role] ?? []))
}

/** Whether every one of these roles has a quota, and their cores hold them together: then none of them waits for another. */
export function areHeldByQuotas(view: CellView, roles: readonly string[]): boolean {
  const quotas = roles.map((role) => {
    const caps = role === 'target' ? view.entry.caps : view.scenario.services.find(({ name }) => name === role)?.caps
    return caps?.quotaCpus ?? Number.POSITIVE_INFINITY
  })
  return quotas.reduce((sum, quota) => sum + quota, 0) <= coresOf(view, roles).size
}

/** Cores that these roles used together, by the median of their repetitions; null when one of them was not read. */
export function usedBy(view: CellView, roles: readonly string[]): number | null {
  const uses = roles.map((role) => medianOf(view.repetitions.map((repetition) => coresUsedBy(view, repetition, role))))
  return uses.reduce<number | null>((sum, use) => (sum === null || use === null ? null : sum + use), 0)
}

function coresUsedBy(view: CellView, repetition: Repetition, role: string): number | null {
  if (role === 'target') return valueIn(coresUsed, repetition, view)
  if (role === 'agent') return repetition.agent.coresUsed
  const number = /^agent-(\d+)$/.exec(role)?.[1]
  const use = number === undefined ? repetition.services[role] : repetition.agents[Number(number) - 1]
  return use?.coresUsed ?? null
}

/**
 * Says that the cores of a service were full with all that runs on them though it filled them not by itself, as in
 * `under go-net-http core 0 was 95 % full with postgres (0.63) and agent (0.32)`. Null where it has its cores to itself, or
 * they had room, or a part of it was not read.
 */
export function crowdedCores(view: CellView, service: string | null): string | null {
  const { services } = view.scenario.cores
  for (const name of Object.keys(services).filter((each) => service === null || each === service)) {
    const own = coresOf(view, [name])
    const places = new Set([...own].map((core) => placeOfCore(view.plan, name, core)))
    const tenants = ['target', 'agent', ...Object.keys(services)].filter((role) =>
      [...coresOf(view, [role])].some((core) => places.has(placeOfCore(view.plan, role, core))),
    )
    if (tenants.length < 2) continue
    const used = usedBy(view, tenants)
    if (used === null || used / own.size < thresholds.sharedCoresFull) continue
    const parts = tenants.map((role) => `${role} (${(usedBy(view, [role]) ?? 0).toFixed(2)})`)
    const where = own.size === 1 ? `core ${[...own][0]} was` : `cores ${[...own].join(', ')} were`
    return `under ${view.entry.target} ${where} ${percent(used / own.size)} full with ${list(parts)}`
  }
  return null
}
