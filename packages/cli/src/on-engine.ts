import type { Plan } from '@bakeoff/model'
import { buildImages, Run, requestsOf } from '@bakeoff/runner'
import type { RunSink } from '@bakeoff/runner/ports'
import type { Invocation } from './invocation.js'
import { openProgress, type Progress } from './progress.js'
import { hiddenError, hidingSink, type Secrets } from './secrets.js'
import type { Setting } from './setting.js'
import { materialsOf, openWorkbench } from './workbench.js'

export interface OnEngine {
  readonly setting: Pick<Setting, 'catalogue' | 'machine'>
  readonly plan: Plan
  /** what is sent and never shown; the work hides them in what it returns */
  readonly secrets: Secrets
  /** leave the containers that were started last running */
  readonly keep: boolean
}

/**
 * Builds the images of a plan and does work with its entries that is no run: nothing is measured and no folder is written. The containers are
 * removed when it is done.
 */
export async function onEngine<T>(
  { project, terminal, stop }: Pick<Invocation, 'project' | 'terminal' | 'stop'>,
  { setting: { catalogue, machine }, plan: whole, secrets, keep }: OnEngine,
  work: (run: Run) => Promise<T>,
): Promise<T> {
  const { signal } = stop
  const plan = { ...whole, rules: { ...whole.rules, secondInstrument: false } } // no load, so its image is not needed
  await using workbench = await openWorkbench({ project, terminal, stop }, machine, keep)
  const materials = { ...materialsOf(project, catalogue, plan), secrets: secrets.values }
  using progress = openProgress(terminal)
  const ports = workbench.ports(hidingSink(showingOnly(progress), secrets))
  try {
    const images = await buildImages(requestsOf(plan, materials), ports, signal)
    return await work(new Run({ plan, images, materials, ports, signal }))
  } catch (error) {
    throw hiddenError(error, secrets)
  }
}

/** An event sink for commands that write no run folder. */
function showingOnly({ show }: Progress): RunSink {
  return { writePlan: async () => {}, writeRecord: async () => {}, writeCalibration: async () => {}, event: show }
}
