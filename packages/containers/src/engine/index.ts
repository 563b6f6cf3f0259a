export { type EngineWorld, namedEngine, usualEngines } from './candidates.js'
export { uncappedProblem } from './caps.js'
export { connect, type EngineTls, type FoundEngine, socketPathOf } from './connect.js'
export {
  type DoctorCheck,
  type DoctorFindings,
  type DoctorOptions,
  doctor,
  engineFreeBytes,
  examine,
} from './doctor.js'
export { type Engine, ensureEngine } from './ensure.js'
export { describeEngine, toEngineFacts } from './facts.js'
export { type FindOptions, findEngine } from './find.js'
export { type Hole, holeSentence } from './holes.js'
export { defaultStateFolder, type SetupOptions, setUpEngine } from './setup.js'
