import { existsSync, readFileSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { BakeoffError, isAborted } from '@bakeoff/model'
import { connect } from '../client/connect.js'
import { USUAL_PATIENCE } from '../client/deadlines.js'
import { type FoundEngine, shownEndpoint } from '../client/endpoint.js'
import { EngineLost } from '../client/errors.js'
import { type EngineWorld, namedEngine, usualEngines } from './candidates.js'

/** The patience with an engine. A frozen daemon accepts the connection, and a call without a deadline would hang for ever. */
const PING_MS = 2000

export interface FindOptions extends Partial<EngineWorld> {
  /** how long an engine may take to answer a ping, the last of three; default 2 s */
  readonly pingMs?: number
  readonly signal?: AbortSignal | undefined
}

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

/** The real world: this process's environment, its user's home, the file system. */
function thisWorld(): EngineWorld {
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

/** The reason why an engine did not answer a ping. `absent`: no program listens there. */
type PingFailure =
  | { readonly kind: 'absent' | 'forbidden' }
  | { readonly kind: 'frozen'; readonly afterMs: number }
  | { readonly kind: 'other'; readonly message: string }

/** Pings an engine; null when it answered. On a busy machine a ping may take seconds, for the engine or for this process. */
async function pingFailure(found: FoundEngine, options: FindOptions): Promise<PingFailure | null> {
  for (let sent = 1; ; sent++) {
    const failure = await onePing(found, options)
    if (failure?.kind !== 'frozen' || sent === USUAL_PATIENCE.pings) return failure
  }
}

async function onePing(found: FoundEngine, { signal, pingMs = PING_MS }: FindOptions): Promise<PingFailure | null> {
  try {
    await connect(found).ping({ signal, withinMs: pingMs })
    return null
  } catch (error) {
    if (isAborted(error)) throw error
    if (error instanceof EngineLost && error.isFrozen) return { kind: 'frozen', afterMs: pingMs }
    return failureOf(error)
  }
}

/** Whether an error says that no program listens. A socket file that a killed daemon left behind refuses the connection. */
function failureOf(error: unknown): PingFailure {
  const cause = error instanceof EngineLost ? error.cause : error
  const { code, message } = cause as NodeJS.ErrnoException
  if (code === 'ECONNREFUSED' || code === 'ENOENT') return { kind: 'absent' }
  if (code === 'EACCES' || code === 'EPERM') return { kind: 'forbidden' }
  return { kind: 'other', message: message || String(code ?? error) }
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
