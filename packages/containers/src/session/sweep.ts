/** Finding and removing what sessions made, by label: containers first, then the networks and volumes they used. */

import { setTimeout as sleep } from 'node:timers/promises'
import type { Owner } from '@bakeoff/model'
import type Docker from 'dockerode'
import { ofSession, ownerIn, PROJECT } from './labels.js'
import { type OwnerState, stateOf } from './owner.js'
import { isEngineGone, statusOf } from './problems.js'

export interface Leftover {
  readonly kind: 'container' | 'network' | 'volume'
  readonly id: string
  readonly name: string
  readonly owner: Owner
  readonly ownerState: OwnerState
}

export interface Swept {
  readonly removed: readonly Leftover[]
  /** of sessions that run, or of other machines, or what the engine would not remove */
  readonly left: readonly Leftover[]
}

/** Everything that sessions made and that is still there; what running sessions use is among it, as `alive`. */
export async function listLeftovers(docker: Docker): Promise<Leftover[]> {
  return list(docker, PROJECT)
}

/**
 * Removes what dead sessions left. A session whose process runs is left alone, always.
 *
 * @param everything also what sessions on other machines made on this engine: nobody here knows whether they run
 */
export async function sweep(docker: Docker, options: { everything?: boolean } = {}): Promise<Swept> {
  const found = await listLeftovers(docker)
  const doomed = ({ ownerState }: Leftover) =>
    ownerState === 'dead' || (options.everything === true && ownerState === 'elsewhere')
  const left = await removeUntilGone(docker, async () => (await listLeftovers(docker)).filter(doomed))
  const stuck = new Set(left.map(({ id }) => id))
  return {
    removed: found.filter((each) => doomed(each) && !stuck.has(each.id)),
    left: [...found.filter((each) => !doomed(each)), ...left],
  }
}

/**
 * Removes all that one session made.
 *
 * @param quietMs goes on until nothing has turned up for so long: creates of a killed process arrive late
 * @returns what is left when the deadline passes, normally nothing
 * @throws the engine's connection error when it is gone
 */
export async function removeSession(
  docker: Docker,
  session: string,
  { quietMs = 0, deadlineMs = 60_000 } = {},
): Promise<Leftover[]> {
  return removeUntilGone(docker, () => list(docker, ofSession(session)), quietMs, deadlineMs)
}

/** Removes a container and its anonymous volumes; settles when it is gone. One that is being removed is waited for. */
export async function removeContainer(docker: Docker, id: string, deadlineMs = 30_000): Promise<void> {
  await insist(() => docker.getContainer(id).remove({ force: true, v: true }), deadlineMs)
}

/** A network goes when its last container has: the engine answers 403 until then. */
export async function removeNetwork(docker: Docker, id: string, deadlineMs = 30_000): Promise<void> {
  await insist(() => docker.getNetwork(id).remove(), deadlineMs)
}

/** Again until the engine says 404: a removal that is under way answers 409, busy mounts 500. */
async function insist(remove: () => Promise<unknown>, deadlineMs: number): Promise<void> {
  const deadline = performance.now() + deadlineMs
  for (;;) {
    try {
      await remove()
      return
    } catch (error) {
      if (statusOf(error) === 404) return
      if (isEngineGone(error) || performance.now() > deadline) throw error
      await sleep(100)
    }
  }
}

async function removeUntilGone(
  docker: Docker,
  find: () => Promise<Leftover[]>,
  quietMs = 0,
  deadlineMs = 60_000,
): Promise<Leftover[]> {
  const deadline = performance.now() + deadlineMs
  let quietSince = performance.now()
  for (;;) {
    const found = await find()
    if (found.length > 0) quietSince = performance.now()
    else if (performance.now() - quietSince >= quietMs) return []
    if (performance.now() > deadline) return found
    await removeOnce(docker, found)
    if (found.length === 0) await sleep(200)
  }
}

/** Problems are not reported here: what could not be removed is found again by the next listing. */
async function removeOnce(docker: Docker, found: readonly Leftover[]): Promise<void> {
  for (const kind of ['container', 'network', 'volume'] as const) {
    const results = await Promise.allSettled(
      found.filter((each) => each.kind === kind).map(({ id }) => removal[kind](docker, id)),
    )
    const gone = results.find((result) => result.status === 'rejected' && isEngineGone(result.reason))
    if (gone?.status === 'rejected') throw gone.reason
  }
}

const removal = {
  container: (docker: Docker, id: string) => removeContainer(docker, id, 5_000),
  network: (docker: Docker, id: string) => removeNetwork(docker, id, 2_000),
  volume: (docker: Docker, id: string) => insist(() => docker.getVolume(id).remove(), 2_000),
}

async function list(docker: Docker, label: string): Promise<Leftover[]> {
  const filters = { label: [label] }
  const containers = await docker.listContainers({ all: true, filters })
  const networks = await docker.listNetworks({ filters })
  const { Volumes: volumes } = await docker.listVolumes({ filters })
  const found = [
    ...containers.map((each) => ({
      kind: 'container' as const,
      id: each.Id,
      name: each.Names[0]?.replace(/^\//, '') ?? each.Id,
      labels: each.Labels,
    })),
    ...networks.map((each) => ({ kind: 'network' as const, id: each.Id, name: each.Name, labels: each.Labels })),
    ...(volumes ?? []).map((each) => ({
      kind: 'volume' as const,
      id: each.Name,
      name: each.Name,
      labels: each.Labels,
    })),
  ]
  const owned = found.flatMap(({ labels, ...each }) => {
    const owner = ownerIn(labels)
    return owner === null ? [] : [{ ...each, owner }]
  })
  return Promise.all(owned.map(async (each) => ({ ...each, ownerState: await stateOf(each.owner) })))
}
