import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { BakeoffError } from '@bakeoff/model'
import { execa } from 'execa'
import type { RegistryAuth } from '../client/image-calls.js'

type Environment = Readonly<Record<string, string | undefined>>

export interface AuthWorld {
  readonly env: Environment
  /** the text of a file; null when there is no file */
  readonly read: (path: string) => string | null
  /** asks a credential helper, `docker-credential-<name> get`, for a server; returns what it printed */
  readonly ask: (helper: string, server: string) => Promise<string>
}

/** How long a helper may take: one that asks the user would wait for ever. */
const HELPER_MS = 10_000
/** The name under which `docker login` stores Docker Hub. */
const HUB = 'https://index.docker.io/v1/'
const TOKEN_USER = '<token>'

/**
 * The credentials for a registry in the user's Docker configuration, as `docker login` left them. Null: none, so the registry is
 * asked without a user name.
 *
 * @throws BakeoffError BAD_SPEC when the configuration cannot be read, SETUP_FAILED when its credential helper does not answer
 */
export async function registryAuth(
  host: string,
  world: AuthWorld = usualWorld(process.env),
): Promise<RegistryAuth | null> {
  const file = join(world.env.DOCKER_CONFIG || join(world.env.HOME ?? homedir(), '.docker'), 'config.json')
  const text = world.read(file)
  if (text === null) return null
  const config = parse(text, file)
  const servers = /^(?:index\.)?docker\.io$/.test(host) ? [HUB, host] : [host, `https://${host}`, `http://${host}`]
  const ofHost = servers.map((server) => stringIn(config.credHelpers, server)).find((helper) => helper !== null)
  const helper =
    ofHost ?? (typeof config.credsStore === 'string' && config.credsStore !== '' ? config.credsStore : null)
  if (helper !== null) {
    const kept = await fromHelper(helper, servers[0] as string, file, world)
    if (kept !== null) return kept
  }
  for (const server of servers) {
    const kept = fromFile(config.auths, server, file)
    if (kept !== null) return kept
  }
  return null
}

export function usualWorld(env: Environment): AuthWorld {
  return {
    env,
    read: (path) => {
      try {
        return readFileSync(path, 'utf8')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
        throw new BakeoffError('BAD_SPEC', `${path} cannot be read: ${(error as Error).message}`, {
          hint: 'It says how to log in to registries. Make it readable, or name another folder with DOCKER_CONFIG.',
        })
      }
    },
    ask: async (helper, server) =>
      (await execa(`docker-credential-${helper}`, ['get'], { input: server, timeout: HELPER_MS })).stdout,
  }
}

async function fromHelper(
  helper: string,
  server: string,
  file: string,
  world: AuthWorld,
): Promise<RegistryAuth | null> {
  const failed = (why: string, cause?: unknown) =>
    new BakeoffError('SETUP_FAILED', `docker-credential-${helper} gave no credentials for ${server}: ${why}`, {
      hint: `${file} names that helper. Check that it works: echo ${server} | docker-credential-${helper} get. Or log in with another configuration: DOCKER_CONFIG=$HOME/other docker login ${server}, and set it here too.`,
      cause,
    })
  if (!/^[\w.-]+$/.test(helper)) throw failed('that is not the name of a helper')
  let answer: string
  try {
    answer = await world.ask(helper, server)
  } catch (cause) {
    const { code, timedOut, stdout = '', shortMessage } = cause as Failed
    if (/credentials not found/i.test(String(stdout))) return null // the answer of helpers for an unknown server
    if (code === 'ENOENT') throw failed('there is no such program', cause)
    throw failed(timedOut ? `no answer within ${HELPER_MS / 1000} s` : (shortMessage ?? 'it failed'), cause)
  }
  const { Username: username, Secret: secret } = parse(answer, `the answer of docker-credential-${helper}`)
  if (typeof username !== 'string' || typeof secret !== 'string') throw failed('its answer has no Username and Secret')
  return username === TOKEN_USER
    ? { identitytoken: secret, serveraddress: server }
    : { username, password: secret, serveraddress: server }
}

/** The members of execa's error that are read here. */
interface Failed {
  readonly code?: string
  readonly timedOut?: boolean
  readonly stdout?: unknown
  readonly shortMessage?: string
}

function fromFile(auths: unknown, server: string, file: string): RegistryAuth | null {
  const entry = isRecord(auths) ? auths[server] : undefined
  if (!isRecord(entry)) return null
  const identitytoken = stringIn(entry, 'identitytoken')
  if (identitytoken !== null) return { identitytoken, serveraddress: server }
  const auth = stringIn(entry, 'auth')
  if (auth === null) return null // an empty entry, which a helper left behind
  const pair = Buffer.from(auth, 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  if (colon < 1) {
    throw new BakeoffError('BAD_SPEC', `${file}: "auth" of ${server} is not user:password in base64`, {
      hint: `Log in again: docker login ${server}`,
    })
  }
  return { username: pair.slice(0, colon), password: pair.slice(colon + 1), serveraddress: server }
}

function parse(text: string, where: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (isRecord(value)) return value
  } catch {
    // reported below; the text may hold a password, so none of it is shown
  }
  throw new BakeoffError('BAD_SPEC', `${where} is not a JSON object`, {
    hint: 'Correct it, or log in again: docker login',
  })
}

function stringIn(record: unknown, name: string): string | null {
  const value = isRecord(record) ? record[name] : undefined
  return typeof value === 'string' && value !== '' ? value : null
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
