export { compareAnswer } from './compare.js'
export { checkContract } from './contract.js'
export { expectedWords, gotWords, requestWords } from './contract-words.js'
