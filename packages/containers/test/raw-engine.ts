/** An engine as tests look at it: through the library itself, beside the client that they test. */
import Docker from 'dockerode'
import { type FoundEngine, socketPathOf } from '../src/client/endpoint.js'

export type RawEngine = Docker

export function rawEngine({ found }: { readonly found: FoundEngine }): RawEngine {
  const socketPath = socketPathOf(found.endpoint)
  const { hostname, port } = socketPath === null ? new URL(found.endpoint) : { hostname: undefined, port: undefined }
  const protocol = found.tls ? 'https' : 'http'
  return new Docker({
    socketPath: socketPath ?? undefined,
    host: hostname,
    port,
    protocol,
    ...found.tls,
  } as Docker.DockerOptions)
}
