export { connect, type EngineTls, type FoundEngine } from './connect.js'
