import { BakeoffError, endWords } from '@bakeoff/model'
import type { TargetGroup } from './cell.js'
import { DEATH_TOLD_MS } from './service-watch.js'
import { logsOf } from './target-ready.js'

/** A target that is asked something. */
export interface Asked {
  readonly entry: string
  readonly target: TargetGroup
  readonly sleep: (ms: number) => Promise<unknown>
}

/** The outcome of what is asked of a target, unless the target ends first: TARGET_DIED. */
export async function unlessItEnds<T>({ entry, target }: Asked, work: Promise<T>): Promise<T> {
  const ended = target.died.then((death) => ({ death }))
  ended.catch(() => {}) // the engine is lost, and whoever works with the cell is told
  const first = await Promise.race([work.then((value) => ({ value })), ended])
  if ('death' in first) throw await deathOf(entry, target, first.death)
  return first.value
}

/** The error that stands for answers which never came: the target ended, which an engine tells some time later. Else null. */
export async function deathBehind({ entry, target, sleep }: Asked): Promise<BakeoffError | null> {
  const death = await Promise.race([target.died, sleep(DEATH_TOLD_MS).then(() => null)])
  return death === null ? null : deathOf(entry, target, death)
}

async function deathOf(
  entry: string,
  target: TargetGroup,
  { container, ...end }: Awaited<TargetGroup['died']>,
): Promise<BakeoffError> {
  return new BakeoffError('TARGET_DIED', `${entry}: ${container.name} ${endWords(end)} while it was verified`, {
    logTail: await logsOf(target, 40),
    hint: 'It ended before any load. Its last lines are above.',
  })
}
