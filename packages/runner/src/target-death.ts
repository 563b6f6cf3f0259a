import { BakeoffError, endWords } from '@bakeoff/model'
import { containerWords } from './placement.js'
import type { Run } from './run.js'
import { DEATH_TOLD_MS } from './service-watch.js'
import type { TargetGroup } from './target-group.js'
import { logsOf } from './target-ready.js'

/** The outcome of a question to a target, or TARGET_DIED when the target ends first. */
export async function unlessItEnds<T>(target: TargetGroup, work: Promise<T>): Promise<T> {
  const ended = target.died.then((death) => ({ death }))
  ended.catch(() => {}) // the engine is lost, which the testbed reports to its users
  const first = await Promise.race([work.then((value) => ({ value })), ended])
  if ('death' in first) throw await deathOf(target, first.death)
  return first.value
}

/** The error for answers that never came because the target ended, which an engine reports with a delay; else null. */
export async function deathBehind(run: Run, target: TargetGroup): Promise<BakeoffError | null> {
  const death = await Promise.race([target.died, run.sleep(DEATH_TOLD_MS).then(() => null)])
  return death === null ? null : deathOf(target, death)
}

async function deathOf(
  target: TargetGroup,
  { container, ...end }: Awaited<TargetGroup['died']>,
): Promise<BakeoffError> {
  return new BakeoffError(
    'TARGET_DIED',
    `${target.entry.id}: ${containerWords(container)} ${endWords(end)} while it was verified`,
    {
      logTail: await logsOf(target, 40),
      hint: 'It ended before any load. Its last lines are above.',
    },
  )
}
