export * from './gate.js'
export * from './rules.js'
