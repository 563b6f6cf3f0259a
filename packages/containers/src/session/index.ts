export { type HeldEngine, type HoldOptions, holdEngine } from './hold.js'
export { type OwnerState, stateOf, thisOwner } from './owner.js'
export { openSession, type Session, type SessionOptions } from './session.js'
export { type Leftover, listLeftovers, type Swept, sweep } from './sweep.js'
