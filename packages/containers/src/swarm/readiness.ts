/** Whether the hosts of one hosts.yaml can share an overlay network, and what there is to do. Pure. */
import { type HostState, type Membership, membersOf, type SharedSwarm } from './membership.js'
import type { SwarmState } from './state.js'

type Manager = HostState<Extract<SwarmState, { kind: 'manager' }>>

export type SwarmReadiness =
  /** all are in one swarm, and `manager`, which makes the overlay networks, hears from all */
  | { readonly kind: 'ready'; readonly manager: Manager }
  /** none is in a swarm */
  | { readonly kind: 'to-form' }
  /** some are in a swarm that Bakeoff formed, and the others in none */
  | { readonly kind: 'to-join'; readonly manager: Manager; readonly missing: readonly string[] }
  /** for the user to change: nothing that is there is touched */
  | { readonly kind: 'unusable'; readonly problem: string; readonly todo: string }

/** The port at which the engines of a swarm tell each other about containers, by TCP and UDP. */
export const GOSSIP_PORT = 7946

/** What has to be open between the hosts of an overlay network. */
export const SWARM_PORTS = '2377/tcp, 7946/tcp, 7946/udp and 4789/udp'

export function readinessOf({ swarms, outside, broken }: Membership): SwarmReadiness {
  const [swarm, another] = swarms
  const [worst] = broken
  if (worst !== undefined)
    return unusable(
      `${worst.name} is in a swarm that does not work: ${worst.state.problem}`,
      `If nothing needs that swarm, run \`docker swarm leave --force\` on ${worst.name}, then: npm run hosts -- prepare`,
    )
  if (swarm === undefined) return { kind: 'to-form' }
  if (another !== undefined)
    return unusable(
      `the hosts are in different swarms: ${swarms.map((each) => `${list(membersOf(each))} in one`).join(', ')}`,
      'An overlay network lies within one swarm. Where nothing needs it, run `docker swarm leave --force`, then: npm run hosts -- prepare',
    )
  const [manager] = swarm.managers
  if (manager === undefined)
    return unusable(
      `${list(membersOf(swarm))} are in a swarm of which no host here is a manager`,
      `A manager makes the overlay networks: on a manager of it, run \`docker node promote\` for ${membersOf(swarm)[0]}, or name that manager in the file of hosts. If that swarm is no more: npm run hosts -- leave`,
    )
  if (outside.length > 0) return incomplete(swarm, manager, outside)
  const silent = silentMembers(swarm, manager)
  if (silent.length > 0)
    return unusable(
      `${list(silent)} ${silent.length > 1 ? 'are' : 'is'} in the swarm of ${manager.name}, which hears nothing from there`,
      `Open ${SWARM_PORTS} between the addresses of the hosts.`,
    )
  return { kind: 'ready', manager }
}

function incomplete(swarm: SharedSwarm, manager: Manager, outside: readonly string[]): SwarmReadiness {
  if (manager.state.formedByBakeoff) return { kind: 'to-join', manager, missing: outside }
  return unusable(
    `${list(membersOf(swarm))} ${membersOf(swarm).length > 1 ? 'are' : 'is'} in a swarm that Bakeoff did not form, and ${list(outside)} ${outside.length > 1 ? 'are' : 'is'} not`,
    `Join ${list(outside)} to it (\`docker swarm join-token worker\` on ${manager.name} says how); or, if nothing needs that swarm, run \`docker swarm leave --force\` on ${list(membersOf(swarm))}, then: npm run hosts -- prepare`,
  )
}

/** Members that the manager lists and does not hear from. */
function silentMembers({ managers, workers }: SharedSwarm, { state }: Manager): string[] {
  return [...managers, ...workers].flatMap((member) => {
    const listed = state.nodes.find(({ id }) => id === member.state.node)
    return listed?.isReady === false ? [member.name] : []
  })
}

function unusable(problem: string, todo: string): SwarmReadiness {
  return { kind: 'unusable', problem, todo }
}

/** `a, b and c` */
export function list(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
