import type { Catalogue } from '@bakeoff/core'
import type { PlannedSite } from '@bakeoff/model'
import type { Invocation } from './invocation.js'
import { openCatalogue, type Project } from './project.js'
import { type Machine, type PlannedOn, readMachine } from './workbench.js'

/** What a plan is made from: the project with its parts, and the machine. */
export interface PlanSetting {
  readonly project: Project
  readonly catalogue: Catalogue
  readonly machine: PlannedOn
  /** the machines of `--hosts`; null or absent: everything runs on `machine` */
  readonly site?: PlannedSite | null | undefined
}

/** A setting with an engine, so that plans can be measured too. */
export interface Setting extends PlanSetting {
  readonly machine: Machine
}

/** A setting whose caller ends what is open for it: ways and probes of other machines. */
export type OpenSetting = Setting & AsyncDisposable

/**
 * Reads the project and the machine, and prints what of the project is left out. Sets up an engine where there is none.
 *
 * @param hosts the file that names the machines; null: there is this one, and whatever is set up on it
 */
export async function openSetting(invocation: Invocation, hosts: string | null = null): Promise<OpenSetting> {
  const { project, terminal, stop } = invocation
  const catalogue = openCatalogue(project, terminal) // before an engine is set up, so that a typing error costs nothing
  if (hosts === null) {
    const machine = await readMachine(terminal, stop.signal)
    return { project, catalogue, machine, async [Symbol.asyncDispose]() {} }
  }
  const { openMachines } = await import('./several-machines.js')
  const several = await openMachines(invocation, hosts)
  return {
    project,
    catalogue,
    machine: { ...several.main, several },
    site: several.site,
    [Symbol.asyncDispose]: () => several[Symbol.asyncDispose](),
  }
}

/** The files whose problems openSetting has printed: a plan that warns of them need not say it again. */
export function brokenFiles({ catalogue }: Setting): ReadonlySet<string> {
  return new Set(catalogue.broken.map(({ file }) => file))
}
