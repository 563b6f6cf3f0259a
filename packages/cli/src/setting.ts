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

/** Reads the project and the machine, and prints what of the project is left out. Sets up an engine where there is none. */
export async function openSetting({ project, terminal, stop }: Invocation): Promise<Setting> {
  const catalogue = openCatalogue(project, terminal) // before an engine is set up, so that a typing error costs nothing
  return { project, catalogue, machine: await readMachine(terminal, stop.signal) }
}

/** The files whose problems openSetting has printed: a plan that warns of them need not say it again. */
export function brokenFiles({ catalogue }: Setting): ReadonlySet<string> {
  return new Set(catalogue.broken.map(({ file }) => file))
}
