export { compareAnswer } from './compare.js'
export { checkContract } from './contract.js'
