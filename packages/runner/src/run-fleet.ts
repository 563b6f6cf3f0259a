import { earlierOf, isHopeless, nextWave } from '@bakeoff/core'
import type { Block, PlannedBench, PlannedEntry } from '@bakeoff/model'
import { requestsOf } from './build-images.js'
import { compareBenches } from './compare-benches.js'
import { Fleet, isOfBench } from './fleet.js'
import { entryOf } from './materials.js'
import { hostsOfNetwork } from './placement.js'
import type { Run } from './run.js'
import { type Course, tellStage } from './run-block.js'
import { FleetWaves } from './run-wave.js'
import type { ImageSource } from './stage-images.js'

/**
 * Runs a plan on several benches that measure side by side, wave after wave: first all that is promised, then what is open, which is asked between waves.
 * The images of a wave are there on every host before it begins, since nothing is built while something is measured. A bench that is lost leaves the run, and its block is
 * measured whole on another one; the run ends when none is left.
 *
 * @throws the error that ended the run: what stops it, a bug, or the loss of the last bench
 */
export async function runFleet(
  run: Run,
  course: Course,
  { benches, source }: { readonly benches: readonly PlannedBench[]; readonly source: ImageSource },
): Promise<void> {
  const { plan, signal, isOpen } = run
  const { begun } = earlierOf(course.before)
  const fleet = new Fleet(run, benches)
  const waves = new FleetWaves(fleet, run, { ...course, benches: () => fleet.benches.length })
  let isCompared = false
  for (;;) {
    const open = { known: course, begun, elapsedMs: course.measured.ms, isOpen }
    const wave = nextWave(plan, open, fleet.benches.length)
    if (wave.length === 0) return
    signal.throwIfAborted()
    const entries = entriesOf(wave, run, course)
    await bringImages(fleet, run, { block: wave[0] as Block, entries, source })
    course.measured.start()
    if (!isCompared) await compareBenches(fleet, run, course)
    isCompared = true
    await waves.measure(wave)
    course.measured.stop()
  }
}

/**
 * The entries whose images a wave needs. Those that a block has had are among them: when its bench is lost, it is measured whole on
 * another.
 */
function entriesOf(wave: readonly Block[], { plan }: Run, { records }: Course): PlannedEntry[] {
  const all = [...new Set(wave.flatMap(({ order }) => order))]
  const possible = all.filter((id) => !isHopeless(records.filter(({ entry }) => entry === id)))
  return possible.map((id) => entryOf(plan, id))
}

/**
 * Has the images of a wave on all hosts. Where a host is lost meanwhile its bench leaves the run, and the others get theirs; the host on which
 * everything is built has to be there.
 */
async function bringImages(
  fleet: Fleet,
  run: Run,
  {
    block,
    entries,
    source,
  }: { readonly block: Block; readonly entries: readonly PlannedEntry[]; readonly source: ImageSource },
): Promise<void> {
  for (;;) {
    const missing = run.images.missing(requestsOf(run.plan, run.materials, entries, fleet.benches))
    tellStage(run, block, 'building', missing.length)
    if (missing.length === 0) return
    try {
      run.images.add(await source(missing))
      return
    } catch (error) {
      if (!isOfBench(error, run)) throw error
      const before = fleet.benches.length
      await callRoll(fleet)
      if (fleet.benches.length === before) throw error
    }
  }
}

/** Asks something small of each bench, so that those that are lost leave the run. */
async function callRoll(fleet: Fleet): Promise<void> {
  await fleet.each(fleet.benches, async (run) => {
    try {
      await using _network = await run.ports.host.openNetwork('roll-call', hostsOfNetwork(run))
    } catch (error) {
      if (isOfBench(error, run) || run.signal.aborted) throw error
    }
  })
}
