/** An engine's part in a swarm. */
import type { InfoAnswer, NodeAnswer } from '../client/answers.js'
import type { EngineClient } from '../client/client.js'
import { EngineRefusal } from '../client/errors.js'
import { FACTS_MS } from '../engine/facts.js'

/** Marks a swarm that Bakeoff formed: no other is ever left. */
export const FORMED_BY_BAKEOFF = { 'bakeoff.project': 'bakeoff' } as const

/** A node of a swarm, as its managers list it. */
export interface SwarmNode {
  readonly id: string
  /** the name of its machine, not that in hosts.yaml */
  readonly hostname: string
  readonly address: string
  /** whether its managers hear from it */
  readonly isReady: boolean
}

/** A manager of a swarm, as a node knows it. */
export interface KnownManager {
  readonly node: string
  /** `10.10.0.11:2377` */
  readonly address: string
}

interface Member {
  /** id of the node that this engine is */
  readonly node: string
  /** the address that the others are told */
  readonly address: string
  /** the managers that it knows, itself among them if it is one */
  readonly managers: readonly KnownManager[]
}

export type SwarmState =
  | { readonly kind: 'none' }
  | ({ readonly kind: 'worker' } & Member)
  | ({
      readonly kind: 'manager'
      readonly cluster: string
      readonly formedByBakeoff: boolean
      readonly nodes: readonly SwarmNode[]
    } & Member)
  /** in a swarm that does not work: a worker that no manager answers, a manager without a majority, a locked one */
  | { readonly kind: 'broken'; readonly problem: string; readonly managers: readonly KnownManager[] }

/** @throws ENGINE_LOST when the engine does not answer */
export async function swarmState(client: EngineClient, signal?: AbortSignal): Promise<SwarmState> {
  const info = await client.info({ signal, withinMs: FACTS_MS })
  const isManager = info.Swarm?.LocalNodeState === 'active' && info.Swarm.ControlAvailable === true && !info.Swarm.Error
  try {
    return toSwarmState(info, isManager ? await client.swarm.nodes() : [])
  } catch (error) {
    if (error instanceof EngineRefusal) return { kind: 'broken', problem: error.message, managers: managersIn(info) } // its majority was lost just now
    throw error
  }
}

/** Pure. @param nodes the list of a manager; of others empty */
export function toSwarmState(info: InfoAnswer, nodes: readonly NodeAnswer[]): SwarmState {
  const { Swarm } = info
  const state = Swarm?.LocalNodeState
  if (Swarm === undefined || state === undefined || state === '' || state === 'inactive') return { kind: 'none' }
  const managers = managersIn(info)
  const broken = (problem: string): SwarmState => ({ kind: 'broken', problem, managers })
  if (state === 'locked') return broken('its keys are locked: `docker swarm unlock`')
  if (state !== 'active' || Swarm.Error) return broken(Swarm.Error || `it is ${state}: no manager of it answers`)
  const member = { node: Swarm.NodeID ?? '', address: Swarm.NodeAddr ?? '', managers }
  if (!Swarm.ControlAvailable) return { kind: 'worker', ...member }
  const labels = Swarm.Cluster?.Spec?.Labels ?? {}
  return {
    kind: 'manager',
    ...member,
    cluster: Swarm.Cluster?.ID ?? '',
    formedByBakeoff: Object.entries(FORMED_BY_BAKEOFF).every(([name, value]) => labels[name] === value),
    nodes: nodes.map(({ ID, Description, Status }) => ({
      id: ID,
      hostname: Description?.Hostname || ID,
      address: Status?.Addr ?? '',
      isReady: Status?.State === 'ready',
    })),
  }
}

function managersIn({ Swarm }: InfoAnswer): KnownManager[] {
  return (Swarm?.RemoteManagers ?? []).map(({ NodeID, Addr }) => ({ node: NodeID, address: Addr }))
}
