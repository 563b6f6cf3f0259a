import { coresUsed } from '../../figures/cpu.js'
import { typical } from '../../figures/estimate.js'
import type { CellView } from '../../observe/view.js'
import { medianOf } from '../../stats/index.js'
import { list, ofItsCores } from '../../words/quantities.js'

/** `go-net-http used 0.4 of its 1 core`; null when it was not read. */
export function targetUse(view: CellView): string | null {
  const used = typical(coresUsed, view)
  const { target, caps } = view.entry
  return used === null ? null : `${target} used ${ofItsCores(used, caps.cpus)}`
}

/** The same phrase for a service under this target, or for all of them; null when one was not read. */
export function serviceUse(view: CellView, service: string | null): string | null {
  const found = view.scenario.services.filter(({ name }) => service === null || name === service)
  const uses = found.map(({ name, caps }) => {
    const used = medianOf(view.repetitions.map(({ services }) => services[name]?.coresUsed ?? null))
    return used === null ? null : `${name} used ${ofItsCores(used, caps.cpus)} under ${view.entry.target}`
  })
  return uses.length === 0 || uses.includes(null) ? null : list(uses.filter((use) => use !== null))
}
