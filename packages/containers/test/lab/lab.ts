/** The lab (scripts/lab/) as tests have it: with clients for its engines, and images of the engine of here. */

import { Lab } from '../../../../scripts/lab/lab.mjs'
import type { EngineClient } from '../../src/client/client.js'
import { connect } from '../../src/client/connect.js'
import { socketPathOf } from '../../src/client/endpoint.js'
import { type EngineUnderTest, engineUnderTest } from '../engine.js'
import { type RawEngine, rawEngine } from '../raw-engine.js'

export { Lab, whyNoLab } from '../../../../scripts/lab/lab.mjs'

/** The base image, which the lab's tests run their containers of. */
export const BASE = 'bakeoff/base:latest'

/** A lab, on a machine where the engine of here and the base image are set up where they are missing. */
export async function labUnderTest(
  options: Parameters<typeof Lab.up>[0],
): Promise<{ lab: Lab; here: EngineUnderTest }> {
  const here = await engineUnderTest()
  return { lab: await Lab.up(options), here }
}

/** Copies images of the engine of here to hosts; default: to all. */
export function bring(
  lab: Lab,
  here: EngineUnderTest,
  images: readonly string[],
  to?: readonly string[],
): Promise<void> {
  const from = socketPathOf(here.client.found.endpoint)
  if (from === null) throw new Error(`the lab takes images by a socket, and ${here.client.found.endpoint} is none`)
  return lab.bring(images, { from, ...(to ? { to } : {}) })
}

export function clientOf(lab: Lab, host: string): EngineClient {
  return connect({ endpoint: `unix://${lab.host(host).facts.socket}`, foundBy: 'a test', tls: null })
}

export function dockerOf(lab: Lab, host: string): RawEngine {
  return rawEngine(clientOf(lab, host))
}
