export { type HeldEngine, type HoldOptions, holdEngine, newOwner } from './hold.js'
export { type OwnerState, stateOf, thisOwner } from './owner.js'
