export { asEngineSees } from './engine-view.js'
export { readHostFacts } from './read.js'
