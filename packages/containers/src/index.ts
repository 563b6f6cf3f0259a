export * from './base/index.js'
export * from './engine/index.js'
export * from './images/index.js'
