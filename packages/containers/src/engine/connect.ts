import Docker from 'dockerode'
import { type Patience, withDeadlines } from './deadlines.js'

/** Key and certificates of a TLS endpoint, as PEM. */
export interface EngineTls {
  readonly ca: string
  readonly cert: string
  readonly key: string
}

/** An engine that answered, and how it was found. */
export interface FoundEngine {
  /**
   * `unix:///var/run/docker.sock`, `npipe:////./pipe/docker_engine` or `tcp://host:2376`; with credentials where the user
   * wrote some, so it is shown by `shownEndpoint` only
   */
  readonly endpoint: string
  /** in words, for doctor and the report: `DOCKER_HOST`, `context colima`, `the system socket`, … */
  readonly foundBy: string
  readonly tls: EngineTls | null
}

/**
 * A client of exactly this engine. Every call of it ends: see deadlines.ts.
 *
 * Every option that dockerode would otherwise take from the environment is given, undefined where it does not apply:
 * DOCKER_HOST wins over a mere `socketPath`, and DOCKER_CLIENT_TIMEOUT would cut long builds.
 */
export function connect(found: FoundEngine, patience: Partial<Patience> = {}): Docker {
  return withDeadlines(clientOf(found), patience)
}

function clientOf(found: FoundEngine): Docker {
  const nothing = {
    host: undefined,
    port: undefined,
    protocol: undefined,
    socketPath: undefined,
    ca: undefined,
    cert: undefined,
    key: undefined,
    timeout: undefined,
  }
  const socketPath = socketPathOf(found.endpoint)
  if (socketPath !== null) return new Docker(explicit({ ...nothing, socketPath, protocol: 'http' }))
  const url = new URL(found.endpoint)
  return new Docker(
    explicit({
      ...nothing,
      host: url.hostname,
      port: url.port || (found.tls ? '2376' : '2375'),
      protocol: found.tls ? 'https' : 'http',
      ...(found.tls ?? {}),
    }),
  )
}

/** An endpoint as it may be shown and stored: without credentials, and without what a query may hold. */
export function shownEndpoint(endpoint: string): string {
  if (socketPathOf(endpoint) !== null) return endpoint
  return endpoint.replace(/^(\w+:\/\/)?.*@/s, '$1***@').replace(/[?#].*$/s, '')
}

/** The path of a `unix://` or `npipe://` endpoint; null for any other. */
export function socketPathOf(endpoint: string): string | null {
  return /^(?:unix|npipe):\/\/(.+)$/.exec(endpoint)?.[1] ?? null
}

/** dockerode's types know no explicit undefined, which is just what keeps the environment out. */
function explicit(options: Record<string, unknown>): Docker.DockerOptions {
  return options as Docker.DockerOptions
}
