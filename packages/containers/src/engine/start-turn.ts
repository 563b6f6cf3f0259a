import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { BakeoffError } from '@bakeoff/model'
import { aborted } from '../aborted.js'
import { defaultLockFolder, holderOf, takeLock } from '../locks/lock.js'
import { thisOwner } from '../locks/owner.js'

/** A daemon that was started has answered by then, or has failed. */
const LONGEST_MS = 120_000

/**
 * Waits until nobody else starts a daemon at this place. Two at the same moment both find no pid file, the second one takes the
 * socket's name away from the first, gives up because of its data, and leaves a daemon that nobody can reach.
 *
 * @returns gives the turn back
 * @throws BakeoffError SETUP_FAILED when it does not come, ABORTED
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
