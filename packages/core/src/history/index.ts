export * from './history.js'
export * from './run-summary.js'
export * from './spread.js'
