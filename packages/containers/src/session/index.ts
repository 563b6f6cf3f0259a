export { LEASE, labelsOf } from './labels.js'
export {
  type EngineClock,
  type HostSession,
  type Overlay,
  openSession,
  type Session,
  type SessionOptions,
} from './session.js'
export { type Leftover, listLeftovers, type Swept, sweep } from './sweep.js'
export { VXLAN_BYTES } from './testbed-network.js'
