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
  /** words for doctor and the report: `DOCKER_HOST`, `context colima`, `the system socket`, … */
  readonly foundBy: string
  readonly tls: EngineTls | null
  /** the name of its machine in hosts.yaml, for errors; absent: there is one machine */
  readonly host?: string
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
