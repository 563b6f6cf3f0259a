import { userInfo } from 'node:os'
import { BakeoffError } from '@bakeoff/model'
import { USUAL_PATIENCE } from '../client/deadlines.js'
import { type FoundEngine, shownEndpoint } from '../client/endpoint.js'
import { type EngineWorld, namedEngine, usualEngines } from './candidates.js'
import { type PingFailure, type PingOptions, pingFailure } from './ping.js'
import { thisWorld } from './this-world.js'

export type FindOptions = Partial<EngineWorld> & PingOptions

/**
 * The first engine that answers a ping, or null when there is none at all.
 *
 * An engine that the user named (DOCKER_HOST, a context) is the only one tried. Usual places where
 * no engine listens are skipped; an engine that is there and cannot be used is an error only if no other answers.
 *
 * @throws BakeoffError NO_ENGINE with a hint: the named engine, or every engine that is there, cannot be used
 */
export async function findEngine(options: FindOptions = {}): Promise<FoundEngine | null> {
  const world = { ...thisWorld(), ...definedOf(options) }
  const named = namedEngine(world)
  if (named !== null) {
    const failure = await pingFailure(named, options)
    if (failure === null) return named
    throw failedEngine(named, failure, true)
  }
  let firstTrouble: BakeoffError | null = null
  for (const candidate of usualEngines(world)) {
    const failure = await pingFailure(candidate, options)
    if (failure === null) return candidate
    if (failure.kind !== 'absent') firstTrouble ??= failedEngine(candidate, failure, false)
  }
  if (firstTrouble !== null) throw firstTrouble
  return null
}

function failedEngine(found: FoundEngine, failure: PingFailure, named: boolean): BakeoffError {
  const endpoint = shownEndpoint(found.endpoint)
  const where = named ? `${endpoint} (from ${found.foundBy})` : endpoint
  const orUnset = found.foundBy === 'DOCKER_HOST' ? ', or unset DOCKER_HOST to look in the usual places' : ''
  switch (failure.kind) {
    case 'absent':
      return new BakeoffError('NO_ENGINE', `no engine listens at ${where}`, { hint: `Start it${orUnset}.` })
    case 'forbidden':
      return new BakeoffError('NO_ENGINE', `the engine at ${where} does not let ${userName()} in`, {
        hint: `Add yourself to its group and log in again: sudo usermod -aG docker ${userName()}`,
      })
    case 'frozen':
      return new BakeoffError(
        'NO_ENGINE',
        `the engine at ${where} is frozen: no answer to ${USUAL_PATIENCE.pings} pings within ${failure.afterMs / 1000} s each`,
        {
          hint: `Restart it (sudo systemctl restart docker, or restart Docker Desktop)${orUnset}.`,
        },
      )
    case 'other':
      return new BakeoffError('NO_ENGINE', `the engine at ${where} cannot be used: ${failure.message.trim()}`, {
        hint: `Look at what \`docker info\` says${orUnset}.`,
      })
  }
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    return 'this user' // a user id without an entry in the password file
  }
}

function definedOf(options: FindOptions): Partial<EngineWorld> {
  const { pingMs: _pingMs, signal: _signal, ...world } = options
  return Object.fromEntries(Object.entries(world).filter(([, value]) => value !== undefined))
}
