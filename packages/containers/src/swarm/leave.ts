/** Takes hosts out of the swarm that Bakeoff formed. */
import { BakeoffError, isAborted } from '@bakeoff/model'
import type { EngineClient } from '../client/client.js'
import { sentenceOf } from '../client/errors.js'
import { stateOf } from '../locks/owner.js'
import { ownerIn, PROJECT } from '../session/labels.js'
import { type HostState, membershipOf, type SharedSwarm } from './membership.js'
import { list } from './readiness.js'
import { type KnownManager, type SwarmState, swarmState } from './state.js'

/** A host as far as it could be reached. */
export interface LeavingHost {
  /** in hosts.yaml */
  readonly name: string
  readonly address: string | null
  /** or why its engine does not answer */
  readonly client: EngineClient | BakeoffError
}

/** What came of one host. */
export type Leaving =
  | { readonly kind: 'left' }
  /** it was in no swarm */
  | { readonly kind: 'outside' }
  /** in a swarm that Bakeoff did not form */
  | { readonly kind: 'foreign' }
  /** the manager of a swarm that has `others`: nodes that are not among these hosts, and need it */
  | { readonly kind: 'needed'; readonly others: readonly string[] }
  /** only a manager knows whether Bakeoff formed its swarm, and none could be asked */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'broken'; readonly problem: string }
  /** its engine does not answer, or refused */
  | { readonly kind: 'failed'; readonly error: BakeoffError }

export interface HostLeaving {
  readonly name: string
  readonly leaving: Leaving
}

interface ReachedHost extends HostState {
  readonly address: string | null
  readonly client: EngineClient
}

type Manager = Extract<SwarmState, { kind: 'manager' }>

/**
 * Workers leave first, then the managers. A host that does not answer is told of, and the others leave all the same.
 *
 * @returns one for each host, in their order
 * @throws ENGINE_HELD when a run uses one of them; nothing was changed then
 */
export async function leaveSwarm(hosts: readonly LeavingHost[], signal?: AbortSignal): Promise<HostLeaving[]> {
  const looked = await Promise.all(hosts.map((host) => lookAt(host, signal)))
  const reached = looked.flatMap((found) => (found instanceof BakeoffError ? [] : [found]))
  const outcomes = new Map<string, Leaving>()
  for (const [index, { name }] of hosts.entries()) {
    const found = looked[index]
    if (found instanceof BakeoffError) outcomes.set(name, { kind: 'failed', error: found })
  }
  const { swarms, outside, broken } = membershipOf(reached)
  for (const name of outside) outcomes.set(name, { kind: 'outside' })
  const orphans = [...swarms.flatMap(({ managers, workers }) => (managers.length > 0 ? [] : workers)), ...broken]
  for (const orphan of orphans) outcomes.set(orphan.name, await leaveOrphan(orphan, reached))
  const addresses = new Set(hosts.flatMap(({ address }) => address ?? []))
  for (const swarm of swarms.filter(({ managers }) => managers.length > 0))
    for (const [name, leaving] of await leaveOne(swarm, { reached, addresses }, signal)) outcomes.set(name, leaving)
  return hosts.map(({ name }) => ({ name, leaving: outcomes.get(name) as Leaving }))
}

async function lookAt(
  { name, address, client }: LeavingHost,
  signal: AbortSignal | undefined,
): Promise<ReachedHost | BakeoffError> {
  if (client instanceof BakeoffError) return client
  try {
    await needIdle(name, client)
    return { name, address, client, state: await swarmState(client, signal) }
  } catch (error) {
    if (error instanceof BakeoffError && !isAborted(error) && error.code !== 'ENGINE_HELD') return error
    throw error
  }
}

/** @throws ENGINE_HELD while a run may be using this host; ENGINE_LOST */
export async function needIdle(name: string, client: EngineClient): Promise<void> {
  for (const { labels, state } of await client.containers.list(PROJECT)) {
    const owner = ownerIn(labels)
    if (owner === null || state !== 'running' || (await stateOf(owner)) === 'dead') continue
    throw new BakeoffError('ENGINE_HELD', `a run is using ${name} (process ${owner.pid} on ${owner.host})`, {
      hint: 'Wait for it, or end it there with Ctrl-C. What a run left that is no more goes after 30 s by itself.',
    })
  }
}

interface AllHosts {
  readonly reached: readonly ReachedHost[]
  /** of all hosts, reached or not */
  readonly addresses: ReadonlySet<string>
}

async function leaveOne(
  { managers, workers }: SharedSwarm,
  { reached, addresses }: AllHosts,
  signal: AbortSignal | undefined,
): Promise<Map<string, Leaving>> {
  const [first] = managers as [HostState<Manager>, ...HostState<Manager>[]]
  const all = [...managers, ...workers]
  if (!first.state.formedByBakeoff) return new Map(all.map(({ name }) => [name, { kind: 'foreign' }]))
  const outcomes = new Map<string, Leaving>()
  for (const { name, state } of workers) {
    signal?.throwIfAborted()
    const leaving = await leave(clientOf(reached, name))
    outcomes.set(name, leaving)
    if (leaving.kind === 'left') await forget(state.node, clientOf(reached, first.name))
  }
  const ours = new Set(all.map(({ state }) => state.node))
  const others = first.state.nodes.filter((node) => !ours.has(node.id) && node.isReady && !addresses.has(node.address))
  for (const { name } of managers) {
    signal?.throwIfAborted()
    outcomes.set(
      name,
      others.length > 0
        ? { kind: 'needed', others: others.map(({ hostname, address }) => `${hostname} (${address})`) }
        : await leave(clientOf(reached, name)),
    )
  }
  return outcomes
}

/**
 * A host of whose swarm no manager answers. When all managers that it knows are among these hosts and have left, the swarm is no more, and
 * leaving it harms nothing; it could not be reached when they left.
 */
async function leaveOrphan(
  { name, state }: HostState<Extract<SwarmState, { kind: 'worker' | 'broken' }>>,
  reached: readonly ReachedHost[],
): Promise<Leaving> {
  const hasLeft = ({ address }: KnownManager) =>
    reached.some((host) => host.address === address.replace(/:\d+$/, '') && host.state.kind === 'none')
  if (state.managers.length > 0 && state.managers.every(hasLeft)) return leave(clientOf(reached, name))
  return state.kind === 'broken' ? { kind: 'broken', problem: state.problem } : { kind: 'unknown' }
}

function clientOf(reached: readonly ReachedHost[], name: string): EngineClient {
  return (reached.find((host) => host.name === name) as ReachedHost).client
}

async function leave(client: EngineClient): Promise<Leaving> {
  try {
    await client.swarm.leave()
    return { kind: 'left' }
  } catch (error) {
    if (error instanceof BakeoffError) return { kind: 'failed', error }
    return { kind: 'failed', error: new BakeoffError('ENGINE_FAILED', `it does not leave: ${sentenceOf(error)}`) }
  }
}

/** Takes a node that left out of the manager's list, where it would stay for ever. */
async function forget(node: string, manager: EngineClient): Promise<void> {
  await manager.swarm.removeNode(node).catch(() => undefined) // it left all the same
}

/** What came of a host, in words; `todo` is null where there is nothing to do. */
export function leavingWords(name: string, leaving: Leaving): { readonly found: string; readonly todo: string | null } {
  switch (leaving.kind) {
    case 'left':
      return { found: 'left the swarm', todo: null }
    case 'outside':
      return { found: 'was in no swarm', todo: null }
    case 'foreign':
      return { found: 'stays in its swarm, which Bakeoff did not form', todo: null }
    case 'needed':
      return {
        found: `stays: it is the manager of ${list(leaving.others)}, of which the file of hosts knows nothing`,
        todo: 'Run this command with the file that names them, or take them out with `docker swarm leave` there.',
      }
    case 'unknown':
      return {
        found: 'stays: no manager of its swarm can be asked whether Bakeoff formed it',
        todo: `When the manager answers again: npm run hosts -- leave. If it is gone for good, run \`docker swarm leave\` on ${name}.`,
      }
    case 'broken':
      return {
        found: `stays: its swarm does not work, and cannot be asked who formed it: ${leaving.problem}`,
        todo: `If nothing needs that swarm, run \`docker swarm leave --force\` on ${name}.`,
      }
    case 'failed':
      return { found: leaving.error.message, todo: leaving.error.hint }
  }
}
