import { fileURLToPath } from 'node:url'

export { connectAgent } from './client/connect.js'

/** The image of the agent, and the folder it is built from, absolute. `npm run build` writes the folder. */
export const loadAgentImage = 'bakeoff/load-agent'
export const loadAgentFolder = fileURLToPath(new URL('../dist/image', import.meta.url))
