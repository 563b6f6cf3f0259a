import Docker from 'dockerode'
import { EngineClient } from './client.js'
import { type Patience, withDeadlines } from './deadlines.js'
import { type FoundEngine, socketPathOf } from './endpoint.js'

/**
 * A client of exactly this engine. Every call ends: see deadlines.ts.
 *
 * Every option that dockerode would otherwise take from the environment is given, undefined where it does not apply:
 * DOCKER_HOST wins over a mere `socketPath`, and DOCKER_CLIENT_TIMEOUT would cut long builds.
 */
export function connect(found: FoundEngine, patience: Partial<Patience> = {}): EngineClient {
  const docker = dockerOf(found)
  const doubt = withDeadlines(docker, patience, found.host)
  return new EngineClient(docker, found, doubt)
}

function dockerOf(found: FoundEngine): Docker {
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

/** Options of dockerode with explicit undefined, which its types lack and which keeps the environment out. */
function explicit(options: Record<string, unknown>): Docker.DockerOptions {
  return options as Docker.DockerOptions
}
