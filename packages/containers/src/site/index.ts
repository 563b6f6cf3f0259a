export { type HostReach, isReached, type ReachedHost, type ReachedHosts, reachHosts } from './reach-hosts.js'
