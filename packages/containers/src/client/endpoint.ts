/** Key and certificates of a TLS endpoint, as PEM. */
export interface EngineTls {
  readonly ca: string
  readonly cert: string
  readonly key: string
}

/** A tunnel by ssh to the engine of another machine: all that a process needs to open it. Holds no secret. */
export interface SshTunnel {
  /** the host's name in hosts.yaml */
  readonly host: string
  /** as ssh takes it: `user@host`, `host`, or a name of its configuration */
  readonly destination: string
  /** null: ssh decides */
  readonly port: number | null
  /** path of the engine's socket on that machine */
  readonly socket: string
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
  /** where `endpoint` is the near end of a tunnel of this process; another process opens one of its own */
  readonly tunnel?: SshTunnel
}

/** The place of an engine as it may be shown and stored. */
export function shownPlace({ endpoint, tunnel }: FoundEngine): string {
  if (tunnel === undefined) return shownEndpoint(endpoint)
  return `ssh://${tunnel.destination}${tunnel.port === null ? '' : `:${tunnel.port}`}`
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
