import { BakeoffError, type EngineFacts } from '@bakeoff/model'
import type { EngineClient } from '../client/client.js'
import { connect } from '../client/connect.js'
import { describeEngine } from './facts.js'
import { findEngine } from './find.js'
import { type Hole, knownHoles } from './holes.js'
import { type SetupOptions, setUpEngine } from './setup.js'

export interface Engine {
  readonly client: EngineClient
  readonly facts: EngineFacts
  /** published ways out of a container that are not known to be closed in its version */
  readonly holes: readonly Hole[]
}

/**
 * The engine to work with: the one that is there, or one that is set up now.
 *
 * @throws BakeoffError NO_ENGINE or SETUP_FAILED, with what to do
 */
export async function ensureEngine(options: SetupOptions): Promise<Engine> {
  const looking = { env: options.env, ...(options.signal ? { signal: options.signal } : {}) }
  let found = await findEngine(looking)
  if (found === null) {
    await setUpEngine(options)
    found = await findEngine(looking)
  }
  if (found === null) {
    throw new BakeoffError('SETUP_FAILED', 'the engine was set up and does not answer at any usual place', {
      hint: 'Name its socket in DOCKER_HOST.',
    })
  }
  return describedEngine(connect(found), options.signal)
}

/**
 * An engine that was found, with everything that is known about it.
 *
 * @throws BakeoffError NO_ENGINE when it does not describe itself
 */
export async function describedEngine(client: EngineClient, signal?: AbortSignal): Promise<Engine> {
  const facts = await describeEngine(client, signal)
  return { client, facts, holes: await knownHoles(client, facts, signal) }
}
