export { type HostLeaving, type Leaving, type LeavingHost, leaveSwarm, leavingWords, needIdle } from './leave.js'
export { type HostState, type Membership, membershipOf } from './membership.js'
export {
  type PreparedSwarm,
  prepareSwarm,
  type SwarmHost,
  type SwarmOptions,
  swarmManager,
  swarmReadiness,
} from './prepare.js'
export { GOSSIP_PORT, readinessOf, SWARM_PORTS, type SwarmReadiness } from './readiness.js'
export { FORMED_BY_BAKEOFF, type SwarmState, swarmState, toSwarmState } from './state.js'
