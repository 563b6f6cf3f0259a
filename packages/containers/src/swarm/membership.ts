/** Which swarms the hosts of one hosts.yaml are in. Pure. */
import type { SwarmState } from './state.js'

type Manager = Extract<SwarmState, { kind: 'manager' }>
type Worker = Extract<SwarmState, { kind: 'worker' }>

/** A host by its name in hosts.yaml, with its part in a swarm. */
export interface HostState<S = SwarmState> {
  readonly name: string
  readonly state: S
}

/** Hosts that are in one swarm. */
export interface SharedSwarm {
  /** in the order of hosts.yaml; empty where none of the hosts is one, so that nothing can be asked or made */
  readonly managers: readonly HostState<Manager>[]
  readonly workers: readonly HostState<Worker>[]
}

export interface Membership {
  readonly swarms: readonly SharedSwarm[]
  /** names of hosts that are in none */
  readonly outside: readonly string[]
  readonly broken: readonly HostState<Extract<SwarmState, { kind: 'broken' }>>[]
}

/** Sorts hosts into the swarms that they are in: a node belongs to the managers that list it or, where none of them is among the hosts, that it knows. */
export function membershipOf(hosts: readonly HostState[]): Membership {
  const groups: { ids: Set<string>; managers: HostState<Manager>[]; workers: HostState<Worker>[] }[] = []
  const groupWith = (ids: readonly string[]) => {
    const known = groups.find((group) => ids.some((id) => group.ids.has(id)))
    if (known === undefined) groups.push({ ids: new Set(ids), managers: [], workers: [] })
    else for (const id of ids) known.ids.add(id)
    return known ?? (groups.at(-1) as (typeof groups)[number])
  }
  // Managers first: they know all the nodes, and so bring together workers that know different managers.
  for (const { name, state } of hosts)
    if (state.kind === 'manager')
      groupWith([state.node, ...state.nodes.map(({ id }) => id)]).managers.push({ name, state })
  for (const { name, state } of hosts)
    if (state.kind === 'worker')
      groupWith([state.node, ...state.managers.map(({ node }) => node)]).workers.push({ name, state })
  return {
    swarms: groups.map(({ managers, workers }) => ({ managers, workers })),
    outside: hosts.flatMap(({ name, state }) => (state.kind === 'none' ? [name] : [])),
    broken: hosts.flatMap(({ name, state }) => (state.kind === 'broken' ? [{ name, state }] : [])),
  }
}

/** The names of the hosts in a swarm, managers first. */
export function membersOf({ managers, workers }: SharedSwarm): string[] {
  return [...managers, ...workers].map(({ name }) => name)
}
