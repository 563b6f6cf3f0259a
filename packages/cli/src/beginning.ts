import type { Catalogue } from '@bakeoff/core'
import type { Plan, RunEvent } from '@bakeoff/model'
import type { Before } from '@bakeoff/runner'
import { profileOf, toStore } from './fingerprints.js'
import { makePlan, type PlanOptions } from './planning.js'
import { RunFolder } from './run-folder.js'
import { imagesOfRun } from './run-images.js'
import type { Setting } from './setting.js'
import type { Workbench } from './workbench.js'

/** What a run needs to begin. */
export interface RunSetting extends Setting {
  /** shows what happens before there is a folder to write it to */
  readonly show: (event: RunEvent) => void
  readonly signal: AbortSignal
}

/** A run that is planned and not begun: a new one has nothing on disk yet, an earlier one was not touched. */
export interface Beginning {
  readonly plan: Plan
  /** Makes or opens the run's folder. Called once this process holds the engine and everything that the run needs is there. */
  begin(workbench: Workbench): Promise<Begun>
}

export interface Begun {
  readonly plan: Plan
  readonly folder: RunFolder
  readonly before: Before
}

/** A new run. Its folder is made before its images are built, each before the block that needs it, so a build that fails is recorded as part of the run. */
export function newRun(setting: RunSetting, options: PlanOptions): Beginning {
  const { project, catalogue } = setting
  const wanted = makePlan(setting, options, new Date())
  return {
    plan: wanted,
    begin: async (workbench) => {
      const folder = RunFolder.create(project.reports, wanted.runId)
      await folder.own()
      const plan = { ...wanted, runId: folder.runId }
      const planText = JSON.stringify(plan)
      await folder.writePlan(planText)
      writeContext(folder, plan, catalogue, workbench)
      const fingerprint = toStore(planText, profileOf(catalogue, plan), workbench.base.id)
      const images = imagesOfRun({ given: new Map(), fingerprint, folder, plan }, setting, workbench.ports(folder))
      return { plan, folder, before: { records: [], calibrations: [], images } }
    },
  }
}

/** Writes what a report shows beside the measurements. It is written once, since it says what the run began with. */
export function writeContext(run: RunFolder, plan: Plan, catalogue: Catalogue, workbench: Workbench): void {
  const names = new Set(plan.entries.map(({ target }) => target))
  const scenarios = new Set(plan.scenarios.map(({ id }) => id))
  const targets = catalogue.targets
    .filter(({ name }) => names.has(name))
    .map(({ name, dockerfile, yaml }) => [name, { dockerfile, yaml }] as const)
  run.writeContext({
    base: { id: workbench.base.id, origin: workbench.base.origin },
    targets: Object.fromEntries(targets),
    claims: catalogue.claims.filter(({ scenario }) => scenarios.has(scenario)),
  })
}
