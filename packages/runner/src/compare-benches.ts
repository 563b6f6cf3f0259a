import { mainConnections, oddBenches, thresholds } from '@bakeoff/core'
import {
  type Block,
  type Boundary,
  connectionsOf,
  formatShare,
  type PlannedBench,
  type PlannedScenario,
} from '@bakeoff/model'
import { tryBoundary } from './boundary.js'
import type { Fleet } from './fleet.js'
import type { Run } from './run.js'
import { addCanary, type Course } from './run-block.js'

/** The block under which the canaries stand that compare the benches before anything is measured; no scenario can have this name. */
const COMPARED = 'all benches'

/**
 * Tries each bench: whether a target can reach its machines, and what the null server reaches there. A bench that is not like the others is left out and
 * named. One that looks odd is asked once more, since chance comes in moments and a slow machine stays slow.
 */
export async function compareBenches(fleet: Fleet, run: Run, course: Course): Promise<void> {
  const { scenarios, site } = run.plan
  const boundaries: Boundary[] = []
  await fleet.each(fleet.benches, async (on) => void boundaries.push(await tryBoundary(on)))
  run.emit({
    kind: 'boundary',
    boundary: {
      asked: boundaries.flatMap(({ asked }) => asked),
      answered: boundaries.flatMap(({ answered }) => answered),
    },
  })
  const scenario = scenarios.find(({ loads }) => loads.some((load) => connectionsOf(load) !== null))
  if (scenario === undefined) {
    warn(run, 'whether the benches are alike was not tried: every load is a batch')
    return
  }
  const ask = (benches: readonly PlannedBench[], time: number) => {
    const block: Block = { id: `${COMPARED}#${time}`, scenario: scenario.id, repetition: time, order: [] }
    return fleet.each(benches, (on) => addCanary(on, course, block))
  }
  const most = site?.tolerance ?? thresholds.oddBench
  const odd = () => oddBenches(ratesOf(fleet, course, scenario), most)
  await ask(fleet.benches, 1)
  const suspects = odd().map(({ bench }) => bench)
  if (suspects.length > 0) {
    await ask(
      fleet.benches.filter(({ id }) => suspects.includes(id)),
      2,
    )
  }
  for (const { bench, off } of odd()) {
    const distance = `${formatShare(Math.abs(off))} ${off < 0 ? 'less' : 'more'}`
    fleet.leaveOut(
      bench,
      `bench ${bench} is left out: its null server reached ${distance} than the median of the others, and benches must be alike within ${formatShare(most)}`,
    )
  }
  const known = ratesOf(fleet, course, scenario).map(({ bench }) => bench)
  for (const { id } of fleet.benches.filter((bench) => !known.includes(bench.id)))
    warn(run, `whether bench ${id} is like the others is not known: its null server gave no figure`)
}

/** What each bench reached when it was asked last, under the connections by which the scenario is ranked, else under the most. */
function ratesOf(fleet: Fleet, { calibrations }: Course, scenario: PlannedScenario) {
  const compared = calibrations.filter(({ block }) => block?.startsWith(`${COMPARED}#`))
  const counts = compared.map(({ connections }) => connections)
  const main = mainConnections(scenario)
  const connections = main !== null && counts.includes(main) ? main : Math.max(...counts)
  return fleet.benches.flatMap(({ id }) => {
    const last = compared.findLast((each) => each.bench === id && each.connections === connections)
    return last ? [{ bench: id, perSecond: last.best ?? last.throughput }] : []
  })
}

function warn(run: Run, message: string): void {
  run.emit({ kind: 'note', level: 'warning', message })
}
