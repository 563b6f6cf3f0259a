import { boundedLog, MOST_LOG_CHARACTERS } from '@bakeoff/model'
import type { RunningContainer } from './ports.js'

/** The last lines of each container, with its name where there are several; all together are no longer than the log of one. Empty where it cannot be read. */
export async function tailsOf(containers: readonly RunningContainer[], lines: number): Promise<string[]> {
  const share = MOST_LOG_CHARACTERS / containers.length
  const tails = await Promise.all(
    containers.map(async (container) => {
      const tail = boundedLog(await container.logTail(lines).catch(() => []), lines, share)
      return containers.length === 1 ? tail : tail.map((line) => `${container.name}: ${line}`)
    }),
  )
  return tails.flat()
}
