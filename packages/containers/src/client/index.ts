export type { ContainerOptions, InfoAnswer, PodmanInfo, VersionAnswer } from './answers.js'
export { EngineClient } from './client.js'
export { connect } from './connect.js'
export { type EngineTls, type FoundEngine, type SshTunnel, socketPathOf } from './endpoint.js'
