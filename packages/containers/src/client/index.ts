export type { ContainerOptions, InfoAnswer, PodmanInfo, VersionAnswer } from './answers.js'
export { EngineClient } from './client.js'
export { connect } from './connect.js'
export { type EngineTls, type FoundEngine, socketPathOf } from './endpoint.js'
