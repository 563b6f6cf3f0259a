export { type HostToReach, type OpenWay, openWay } from './open-way.js'
