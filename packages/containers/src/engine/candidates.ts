import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { BakeoffError } from '@bakeoff/model'
import { type EngineTls, type FoundEngine, shownEndpoint } from '../client/endpoint.js'

/** The outside world as far as the search for an engine needs it; in tests a table takes its place. */
export interface EngineWorld {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  readonly platform: NodeJS.Platform
  /** null where there are no user ids */
  readonly uid: number | null
  /** whether there is anything at this path */
  exists(path: string): boolean
  /** the text of a file, or null when it cannot be read */
  readText(path: string): string | null
}

/**
 * The engine that the user named: DOCKER_HOST, then DOCKER_CONTEXT, then the current context of Docker's configuration
 * (the order of Docker's own client). Null when none is named.
 *
 * @throws BakeoffError NO_ENGINE when one is named and cannot be used
 */
export function namedEngine(world: EngineWorld): FoundEngine | null {
  const host = world.env.DOCKER_HOST
  if (host) return engineOfHost(host, 'DOCKER_HOST', () => environmentTls(world, host))
  const folder = configFolder(world)
  const context = world.env.DOCKER_CONTEXT || currentContext(world, folder)
  if (!context || context === 'default') return null
  const endpoint = contextOf(world, context)
  return engineOfHost(endpoint.host, `context ${context}`, endpoint.tls)
}

/** What a context of Docker's configuration says of its engine. */
export interface ContextEndpoint {
  /** as it is written there: `unix:///…`, `tcp://…`, `ssh://…` */
  readonly host: string
  /** null: without TLS */
  tls(): EngineTls | null
}

/**
 * A context by its name.
 *
 * @throws BakeoffError NO_ENGINE when there is none of the name, or it names no engine
 */
export function contextOf(world: EngineWorld, name: string): ContextEndpoint {
  const folder = configFolder(world)
  const id = createHash('sha256').update(name).digest('hex')
  const text = world.readText(posix.join(folder, 'contexts', 'meta', id, 'meta.json'))
  const host =
    text === null ? null : (parseJson(text)?.Endpoints as { docker?: { Host?: unknown } } | undefined)?.docker?.Host
  if (typeof host !== 'string' || host === '') {
    throw new BakeoffError('NO_ENGINE', `the Docker context "${name}" does not exist or names no engine`, {
      hint: 'List the contexts with `docker context ls` and choose one with `docker context use`, or unset DOCKER_CONTEXT.',
    })
  }
  const tlsFolder = posix.join(folder, 'contexts', 'tls', id, 'docker')
  return { host, tls: () => (world.exists(tlsFolder) ? readTls(world, tlsFolder) : null) }
}

/**
 * The engine at an address that is no tunnel.
 *
 * @param foundBy words for what named it
 * @throws BakeoffError NO_ENGINE when it is no address, or one by ssh
 */
export function engineOfHost(host: string, foundBy: string, tls: () => EngineTls | null): FoundEngine {
  const endpoint = host.includes('://') ? host : `tcp://${host}`
  const shown = shownEndpoint(host)
  const scheme = endpoint.slice(0, endpoint.indexOf('://'))
  switch (scheme) {
    case 'unix':
      return { endpoint: endpoint === 'unix://' ? 'unix:///var/run/docker.sock' : endpoint, foundBy, tls: null }
    case 'npipe':
      return { endpoint, foundBy, tls: null }
    case 'tcp':
    case 'http':
    case 'https':
      if (!URL.canParse(endpoint) || new URL(endpoint.replace(/^\w+/, 'http')).hostname === '') {
        throw new BakeoffError('NO_ENGINE', `${foundBy} is "${shown}", which is not an address`, {
          hint: 'Write it as unix:///path/to/docker.sock or tcp://host:2376',
        })
      }
      return { endpoint, foundBy, tls: tls() }
    case 'ssh':
      throw new BakeoffError('NO_ENGINE', `${foundBy} names an engine behind SSH (${shown})`, {
        hint: `Open a tunnel and name its socket: ssh -N -L /tmp/engine.sock:/var/run/docker.sock ${sshPlace(host)} & then DOCKER_HOST=unix:///tmp/engine.sock`,
      })
    default:
      throw new BakeoffError('NO_ENGINE', `${foundBy} is "${shown}": "${scheme}" is not a way to reach an engine`, {
        hint: 'Write it as unix:///path/to/docker.sock or tcp://host:2376',
      })
  }
}

/** The places where an engine listens by default, most likely first. Podman comes last. */
export function usualEngines(world: EngineWorld): FoundEngine[] {
  if (world.platform === 'win32') {
    return [{ endpoint: 'npipe:////./pipe/docker_engine', foundBy: 'the system pipe', tls: null }]
  }
  const { home } = world
  const runtime = world.env.XDG_RUNTIME_DIR ?? (world.uid === null ? null : `/run/user/${world.uid}`)
  const inRuntime = (path: string) => (runtime === null ? [] : [`${runtime}/${path}`])
  const places: [foundBy: string, paths: string[]][] = [
    ['the system socket', ['/var/run/docker.sock']],
    ['the rootless socket', inRuntime('docker.sock')],
    ['Docker Desktop', [`${home}/.docker/run/docker.sock`, `${home}/.docker/desktop/docker.sock`]],
    ['colima', [`${home}/.colima/default/docker.sock`, `${home}/.config/colima/default/docker.sock`]],
    ['OrbStack', [`${home}/.orbstack/run/docker.sock`]],
    ['Rancher Desktop', [`${home}/.rd/docker.sock`]],
    [
      'Podman',
      [
        ...inRuntime('podman/podman.sock'),
        '/run/podman/podman.sock',
        `${home}/.local/share/containers/podman/machine/podman.sock`,
      ],
    ],
  ]
  return places.flatMap(([foundBy, paths]) =>
    paths.filter((path) => world.exists(path)).map((path) => ({ endpoint: `unix://${path}`, foundBy, tls: null })),
  )
}

function configFolder(world: EngineWorld): string {
  return world.env.DOCKER_CONFIG || posix.join(world.home, '.docker')
}

function currentContext(world: EngineWorld, folder: string): string | null {
  const text = world.readText(posix.join(folder, 'config.json'))
  if (text === null) return null
  const name = parseJson(text)?.currentContext
  return typeof name === 'string' && name !== '' ? name : null
}

/** `user@host`, without a password. */
function sshPlace(host: string): string {
  return host.replace(/^ssh:\/\//, '').replace(/:.*@/s, '@')
}

/** TLS settings. Docker's client uses TLS when DOCKER_TLS_VERIFY is set, or when the port is the one for TLS. */
function environmentTls(world: EngineWorld, host: string): EngineTls | null {
  if (!world.env.DOCKER_TLS_VERIFY && !/:2376\/?$/.test(host)) return null
  return readTls(world, world.env.DOCKER_CERT_PATH || configFolder(world))
}

/**
 * The key and certificates of a folder.
 *
 * @param named completes "or name their folder …"
 * @throws BakeoffError NO_ENGINE with the file that cannot be read
 */
export function readTls(world: EngineWorld, folder: string, named = 'in DOCKER_CERT_PATH'): EngineTls {
  const read = (file: string): string => {
    const text = world.readText(posix.join(folder, file))
    if (text !== null) return text
    throw new BakeoffError('NO_ENGINE', `the engine wants TLS, and ${posix.join(folder, file)} cannot be read`, {
      hint: `Put ca.pem, cert.pem and key.pem there, or name their folder ${named}.`,
    })
  }
  return { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') }
}

function parseJson(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
