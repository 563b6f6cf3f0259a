import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { aborted, BakeoffError } from '@bakeoff/model'
import { defaultLockFolder, holderOf, takeLock } from '../locks/lock.js'
import { thisOwner } from '../locks/owner.js'

/** How long a turn lasts at most: a daemon has answered by then, or has failed. */
const LONGEST_MS = 120_000

/**
 * Waits until no other process starts a daemon at this place. Of two daemons that start at the same moment both find no pid file; the second one takes the
 * socket's name away from the first, gives up because the data folder is in use, and leaves a daemon that cannot be reached.
 *
 * @returns a function that ends the turn
 * @throws BakeoffError SETUP_FAILED when the turn does not come, ABORTED
 */
export async function turnToStart(pidFile: string, signal?: AbortSignal): Promise<() => Promise<void>> {
  const owner = await thisOwner(`start-${randomBytes(6).toString('hex')}`)
  const holder = holderOf(owner, { command: 'starting the container engine', root: pidFile })
  const until = performance.now() + LONGEST_MS
  for (;;) {
    if (signal?.aborted) throw aborted('while another process started the engine')
    try {
      return await takeLock(`start ${pidFile}`, holder, defaultLockFolder)
    } catch (error) {
      if (!(error instanceof BakeoffError) || error.code !== 'ENGINE_HELD') throw error
      if (performance.now() > until) {
        throw new BakeoffError('SETUP_FAILED', 'another process has been starting the engine for two minutes', {
          hint: error.message,
          cause: error,
        })
      }
    }
    await sleep(100)
  }
}
