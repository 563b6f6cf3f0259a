import { BakeoffError } from '@bakeoff/model'
import type { EngineClient } from '../client/client.js'
import { type Fetch, type Fetched, type Registry, registryAt } from './registry.js'
import { usualWorld } from './registry-auth.js'
import { parseRegistry } from './registry-name.js'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The registry that is asked before anything is built; null when BAKEOFF_REGISTRY names none.
 *
 * @param say called once when the registry cannot be asked
 * @throws BakeoffError BAD_SPEC when BAKEOFF_REGISTRY is not the name of a registry
 */
export function registryOfEnvironment(
  client: EngineClient,
  env: Environment,
  say: (line: string) => void,
): Registry | null {
  const { BAKEOFF_REGISTRY: name } = env
  if (!name) return null
  const place = parseRegistry(name, 'BAKEOFF_REGISTRY')
  const { fetch } = registryAt(client, place, usualWorld(env))
  return {
    place,
    fetch: untilItFails(fetch, (why) =>
      say(`${place.name} is not asked for images: ${why}. Its images are built instead`),
    ),
  }
}

/**
 * A registry that is given up when it does not answer: from then on it has nothing. The first question decides, and questions at the same time
 * wait for its answer, so that a missing registry costs one wait and not one for every image.
 */
export function untilItFails(fetch: Fetch, tell: (why: string) => void): Fetch {
  let isGivenUp = false
  let firstAnswer: Promise<void> | null = null
  const giveUp = (why: string): Fetched => {
    if (!isGivenUp) tell(why)
    isGivenUp = true
    return { kind: 'absent' }
  }
  const ask: Fetch = async (repository, tag, signal, options) => {
    if (isGivenUp) return { kind: 'absent' }
    try {
      const fetched = await fetch(repository, tag, signal, options)
      return fetched.kind === 'unreachable' ? giveUp(fetched.why) : fetched
    } catch (error) {
      // Credentials that cannot be read are no reason not to build.
      const isAboutAuth = error instanceof BakeoffError && (error.code === 'BAD_SPEC' || error.code === 'SETUP_FAILED')
      if (!isAboutAuth) throw error
      return giveUp(error.message)
    }
  }
  return async (repository, tag, signal, options = {}) => {
    if (firstAnswer !== null) {
      await firstAnswer
      return ask(repository, tag, signal, options)
    }
    let answered = (): void => undefined
    firstAnswer = new Promise((resolve) => {
      answered = resolve
    })
    const onAnswer = () => {
      answered()
      options.onAnswer?.()
    }
    try {
      return await ask(repository, tag, signal, { onAnswer })
    } finally {
      answered()
    }
  }
}
