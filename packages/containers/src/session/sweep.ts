/** Finds and removes what sessions made, by label: containers first, then the networks and volumes they used. */

import { setTimeout as sleep } from 'node:timers/promises'
import type { Owner } from '@bakeoff/model'
import type { Listed } from '../client/answers.js'
import type { EngineClient } from '../client/client.js'
import { isEngineGone, sentenceOf, statusOf } from '../client/errors.js'
import { type OwnerState, stateOf } from '../locks/owner.js'
import { ofSession, ownerIn, PROJECT } from './labels.js'

export interface Leftover {
  readonly kind: 'container' | 'network' | 'volume'
  readonly id: string
  readonly name: string
  readonly owner: Owner
  readonly ownerState: OwnerState
}

export interface Swept {
  readonly removed: readonly Leftover[]
  /** things of running sessions or of other machines, or that the engine would not remove */
  readonly left: readonly Leftover[]
}

/** Everything that sessions made and that still exists; what running sessions use is included, as `alive`. */
export async function listLeftovers(client: EngineClient): Promise<Leftover[]> {
  return list(client, PROJECT)
}

/**
 * Removes what dead sessions left. A session whose process runs is never touched.
 *
 * @param everything also what sessions on other machines made on this engine: whether those still run cannot be known here
 */
export async function sweep(client: EngineClient, options: { everything?: boolean } = {}): Promise<Swept> {
  const found = await listLeftovers(client)
  const doomed = ({ ownerState }: Leftover) =>
    ownerState === 'dead' || (options.everything === true && ownerState === 'elsewhere')
  const left = await removeUntilGone(client, async () => (await listLeftovers(client)).filter(doomed))
  const stuck = new Set(left.map(({ id }) => id))
  return {
    removed: found.filter((each) => doomed(each) && !stuck.has(each.id)),
    left: [...found.filter((each) => !doomed(each)), ...left],
  }
}

/**
 * Removes everything that one session made.
 *
 * @param quietMs the search goes on until nothing has appeared for this long: creates of a killed process arrive late
 * @param except  name of a container that stays
 * @returns what is left when the deadline passes, normally nothing
 * @throws ENGINE_LOST when the engine is gone
 */
export async function removeSession(
  client: EngineClient,
  session: string,
  { quietMs = 0, deadlineMs = 60_000, except }: { quietMs?: number; deadlineMs?: number; except?: string } = {},
): Promise<Leftover[]> {
  const find = async () =>
    (await list(client, ofSession(session))).filter(({ kind, name }) => kind !== 'container' || name !== except)
  return removeUntilGone(client, find, quietMs, deadlineMs)
}

/**
 * Removes a container and its anonymous volumes; settles when it is gone. One that is being removed is waited for.
 *
 * @returns false when the engine does not know it
 */
export async function removeContainer(client: EngineClient, id: string, deadlineMs = 30_000): Promise<boolean> {
  return insist(() => client.containers.remove(id), deadlineMs)
}

/**
 * A network goes when its last container has: the engine answers 403 until then, and of an overlay 400, while containers of other
 * machines are on it. Only managers of a swarm can remove an overlay: on the others it goes with its last container, once the manager hears of that.
 *
 * @returns false when that is left to the manager
 */
export async function removeNetwork(client: EngineClient, id: string, deadlineMs = 30_000): Promise<boolean> {
  try {
    await insist(() => client.networks.remove(id), deadlineMs)
    return true
  } catch (error) {
    if (!isManagersMatter(error)) throw error
    await sleep(100) // its last container has just gone, or is about to
    return false
  }
}

function isManagersMatter(error: unknown): boolean {
  return statusOf(error) === 503 && /not a swarm manager/i.test(sentenceOf(error))
}

/** Removes again until the engine says 404, and then returns false: a removal in progress answers 409, busy mounts 500. */
async function insist(remove: () => Promise<unknown>, deadlineMs: number): Promise<boolean> {
  const deadline = performance.now() + deadlineMs
  for (;;) {
    try {
      await remove()
      return true
    } catch (error) {
      if (statusOf(error) === 404) return false
      if (isEngineGone(error) || isManagersMatter(error) || performance.now() > deadline) throw error
      await sleep(100)
    }
  }
}

/** How long an overlay without containers is waited for on a machine that cannot remove it. The way to its manager may be gone. */
const MANAGERS_MS = 3_000

async function removeUntilGone(
  client: EngineClient,
  find: () => Promise<Leftover[]>,
  quietMs = 0,
  deadlineMs = 60_000,
): Promise<Leftover[]> {
  const deadline = performance.now() + deadlineMs
  /** since when nothing was found, or only what is the manager's to remove */
  let quietSince = performance.now()
  let ofManager = new Set<string>()
  /** containers that are no more: an engine that removed one while it started may list it until it starts again (seen with 20.10) */
  const ghosts = new Set<string>()
  for (;;) {
    const found = (await find()).filter(({ id }) => !ghosts.has(id))
    const isQuiet = found.every(({ id }) => ofManager.has(id))
    if (!isQuiet) quietSince = performance.now()
    const enoughMs = found.length === 0 ? quietMs : Math.max(quietMs, MANAGERS_MS)
    if (isQuiet && performance.now() - quietSince >= enoughMs) return []
    if (performance.now() > deadline) return found
    const outcomes = await removeOnce(client, found)
    ofManager = idsWith('of the manager', outcomes)
    for (const id of idsWith('unknown', outcomes)) ghosts.add(id)
    if (found.length === 0) await sleep(200)
  }
}

/** What became of a thing that was to be removed: `unknown` is a container that the engine lists and does not know. */
type Removal = 'removed' | 'unknown' | 'of the manager'

function idsWith(wanted: Removal, outcomes: ReadonlyMap<string, Removal>): Set<string> {
  return new Set([...outcomes].flatMap(([id, outcome]) => (outcome === wanted ? [id] : [])))
}

/** Problems are not reported here: what could not be removed is found again by the next listing. */
async function removeOnce(client: EngineClient, found: readonly Leftover[]): Promise<Map<string, Removal>> {
  const outcomes = new Map<string, Removal>()
  for (const kind of ['container', 'network', 'volume'] as const) {
    const results = await Promise.allSettled(
      found
        .filter((each) => each.kind === kind)
        .map(async ({ id }) => void outcomes.set(id, await removal[kind](client, id))),
    )
    const gone = results.find((result) => result.status === 'rejected' && isEngineGone(result.reason))
    if (gone?.status === 'rejected') throw gone.reason
  }
  return outcomes
}

const removal: Readonly<Record<Leftover['kind'], (client: EngineClient, id: string) => Promise<Removal>>> = {
  container: async (client, id) => ((await removeContainer(client, id, 5_000)) ? 'removed' : 'unknown'),
  network: async (client, id) => ((await removeNetwork(client, id, 2_000)) ? 'removed' : 'of the manager'),
  volume: async (client, id) => {
    await insist(() => client.volumes.remove(id), 2_000)
    return 'removed'
  },
}

async function list(client: EngineClient, label: string): Promise<Leftover[]> {
  const of = (kind: Leftover['kind'], listed: readonly Listed[]) => listed.map((each) => ({ ...each, kind }))
  const found = [
    ...of('container', await client.containers.list(label)),
    ...of('network', await client.networks.list(label)),
    ...of('volume', await client.volumes.list(label)),
  ]
  const owned = found.flatMap(({ kind, id, name, labels }) => {
    const owner = ownerIn(labels)
    return owner === null ? [] : [{ kind, id, name, owner }]
  })
  return Promise.all(owned.map(async (each) => ({ ...each, ownerState: await stateOf(each.owner) })))
}
