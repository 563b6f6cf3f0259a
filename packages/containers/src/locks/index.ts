export { type HeldEngine, type HoldOptions, holdEngine } from './hold.js'
export { type OwnerState, stateOf, thisOwner } from './owner.js'
