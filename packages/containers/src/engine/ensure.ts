import type { EngineFacts } from '@bakeoff/model'
import { BakeoffError } from '@bakeoff/model'
import type Docker from 'dockerode'
import { connect, type FoundEngine } from './connect.js'
import { describeEngine } from './facts.js'
import { findEngine } from './find.js'
import { type Hole, knownHoles } from './holes.js'
import { type SetupOptions, setUpEngine } from './setup.js'

export interface Engine {
  readonly docker: Docker
  readonly facts: EngineFacts
  readonly found: FoundEngine
  /** published ways out of a container that its version is not known to have closed */
  readonly holes: readonly Hole[]
}

/**
 * An engine to work with: the one that is there, or one set up now.
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
    throw new BakeoffError('SETUP_FAILED', 'The engine was set up and does not answer at any usual place', {
      hint: 'Name its socket in DOCKER_HOST',
    })
  }
  const docker = connect(found)
  const facts = await describeEngine(docker, found, options.signal)
  return { docker, found, facts, holes: await knownHoles(docker, facts, options.signal) }
}
