import { existsSync, readFileSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { BakeoffError } from '@bakeoff/model'
import { type CallFailure, deadlines, failureOf, timed } from './calls.js'
import { type EngineWorld, namedEngine, usualEngines } from './candidates.js'
import { connect, type FoundEngine, shownEndpoint } from './connect.js'
import { usualPatience } from './deadlines.js'

export interface FindOptions extends Partial<EngineWorld> {
  /** how long an engine may take to answer a ping, the last of three; default 2 s */
  readonly pingMs?: number
  readonly signal?: AbortSignal | undefined
}

/**
 * The first engine that answers a ping, or null when there is none at all.
 *
 * An engine that the user named (DOCKER_HOST, a context) is the only one tried. Of the usual places those where
 * nobody listens are passed over; one that is there and cannot be used is an error only if no other answers.
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

/** The world as it is: this process's environment, its user's home, the file system. */
export function thisWorld(): EngineWorld {
  return {
    env: process.env,
    home: homedir(),
    platform: process.platform,
    uid: process.getuid?.() ?? null,
    exists: existsSync,
    readText: (path) => {
      try {
        return readFileSync(path, 'utf8')
      } catch {
        return null
      }
    },
  }
}

/** Null when the engine answered. A busy machine may keep an engine, or us, from one ping for seconds. */
async function pingFailure(found: FoundEngine, options: FindOptions): Promise<CallFailure | null> {
  for (let sent = 1; ; sent++) {
    const failure = await onePing(found, options)
    if (failure?.kind !== 'frozen' || sent === usualPatience.pings) return failure
  }
}

async function onePing(found: FoundEngine, options: FindOptions): Promise<CallFailure | null> {
  try {
    await timed(connect(found), options.pingMs ?? deadlines.pingMs, options.signal, (calls, timing) =>
      calls.ping(timing),
    )
    return null
  } catch (error) {
    if (error instanceof BakeoffError) throw error
    return failureOf(error)
  }
}

function failedEngine(found: FoundEngine, failure: CallFailure, named: boolean): BakeoffError {
  const endpoint = shownEndpoint(found.endpoint)
  const where = named ? `${endpoint} (from ${found.foundBy})` : endpoint
  const orUnset = found.foundBy === 'DOCKER_HOST' ? ', or unset DOCKER_HOST to look in the usual places' : ''
  switch (failure.kind) {
    case 'absent':
      return new BakeoffError('NO_ENGINE', `No engine listens at ${where}`, { hint: `Start it${orUnset}` })
    case 'forbidden':
      return new BakeoffError('NO_ENGINE', `The engine at ${where} does not let ${userName()} in`, {
        hint: `Add yourself to its group and log in again: sudo usermod -aG docker ${userName()}`,
      })
    case 'frozen':
      return new BakeoffError(
        'NO_ENGINE',
        `The engine at ${where} is frozen: no answer to ${usualPatience.pings} pings within ${failure.afterMs / 1000} s each`,
        {
          hint: `Restart it (sudo systemctl restart docker, or restart Docker Desktop)${orUnset}`,
        },
      )
    case 'other':
      return new BakeoffError('NO_ENGINE', `The engine at ${where} cannot be used: ${failure.message.trim()}`, {
        hint: `See what \`docker info\` says${orUnset}`,
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
