import { fileURLToPath } from 'node:url'

export type { ProbeClock } from './alignment.js'
export { hostFactsOf } from './host-facts.js'
export type { ProbeFacts, SampledContainer } from './protocol.js'
export type { ProbeSampler } from './sampler.js'
export { type Probe, type ProbeOptions, startProbe } from './start.js'

/** The image of the probe, and the folder it is built from, absolute. `npm run build` writes the folder. */
export const probeImage = 'bakeoff/probe'
export const probeFolder = fileURLToPath(new URL('../../dist/image', import.meta.url))
