import { buildImages, Run, requestsOf } from '@bakeoff/runner'
import type { RunSink } from '@bakeoff/runner/ports'
import type { Plan } from '@bakeoff/model'
import type { Invocation } from './invocation.js'
import { openProgress, type Progress } from './progress.js'
import type { Setting } from './setting.js'
import { materialsOf, openWorkbench } from './workbench.js'

/**
 * Builds the images of a plan and does work with its entries that is no run: nothing is measured and no folder is written. The containers are
 * removed when it is done.
 *
 * @param keep leave those that were started last running
 */
export async function onEngine<T>(
  { project, terminal, stop }: Pick<Invocation, 'project' | 'terminal' | 'stop'>,
  { catalogue, machine }: Pick<Setting, 'catalogue' | 'machine'>,
  whole: Plan,
  keep: boolean,
  work: (run: Run) => Promise<T>,
): Promise<T> {
  const { signal } = stop
  const plan = { ...whole, rules: { ...whole.rules, secondInstrument: false } } // no load, so its image is not needed
  await using workbench = await openWorkbench({ project, terminal, stop }, machine, keep)
  const materials = materialsOf(project, catalogue, plan)
  using progress = openProgress(terminal)
  const ports = workbench.ports(showingOnly(progress))
  const images = await buildImages(requestsOf(plan, materials), ports, signal)
  return await work(new Run({ plan, images, materials, ports, signal }))
}

/** An event sink for commands that write no run folder. */
function showingOnly({ show }: Progress): RunSink {
  return { writePlan: async () => {}, writeRecord: async () => {}, writeCalibration: async () => {}, event: show }
}
