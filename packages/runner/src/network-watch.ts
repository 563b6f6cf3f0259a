/** The network between the machines of a testbed. What a target answers over one that broke says nothing about the target. */
import { blameOf } from '@bakeoff/core'
import { BakeoffError, type LoadMeasurement } from '@bakeoff/model'
import type { Network } from './ports.js'
import { hasFailures } from './service-watch.js'
import type { Losable } from './tool-containers.js'

/** Lost with any machine of a network, whatever is in use on another one. Undefined where there is one machine, which its containers tell of. */
export function machinesOf({ lost }: Network): Losable | undefined {
  if (lost === undefined) return undefined
  const never = lost.then((error): never => {
    throw error
  })
  never.catch(() => {}) // raced by the work that uses the machines; unhandled where nothing does
  return { unlessLost: (...work) => Promise.race([...work, never]) }
}

/**
 * Asks after the machines of a network when not all answers of a load were right.
 *
 * @throws BakeoffError ENGINE_LOST
 */
export async function settleNetwork(network: Network, measurement: LoadMeasurement): Promise<void> {
  if (hasFailures(measurement)) await network.check?.()
}

/** The error to throw instead of one that may only have followed from a lost machine, or a broken way between two. */
export async function blameNetwork(network: Network, error: unknown): Promise<unknown> {
  if (!(error instanceof BakeoffError) || blameOf(error.code) === 'run') return error
  try {
    await network.check?.()
    return error
  } catch (lost) {
    return lost
  }
}
