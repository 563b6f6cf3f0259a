import { fileURLToPath } from 'node:url'

export { connectAgent } from './client/connect.js'
export { connectAgents } from './client/join.js'
export { measureWithWrk } from './wrk/measure.js'

/** The image of the agent, and the folder it is built from, absolute. `npm run build` writes the folder. */
export const loadAgentImage = 'bakeoff/load-agent'
export const loadAgentFolder = fileURLToPath(new URL('../dist/image', import.meta.url))

/** The image of the second instrument, built from compose/wrk. */
export const wrkImage = 'bakeoff/wrk'
