export type { Baseline } from './changes.js'
export { askGate } from './gate.js'
export type { GateReport } from './report.js'
export * from './rules.js'
