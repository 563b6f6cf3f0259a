/** Where a host's engine is. Pure: what hosts.yaml says, and Docker's configuration for contexts. */
import { BakeoffError, type HostSpec } from '@bakeoff/model'
import { type FoundEngine, type SshTunnel, shownEndpoint } from '../client/endpoint.js'
import { contextOf, type EngineWorld, engineOfHost, readTls } from '../engine/candidates.js'

export type HostToReach = Pick<HostSpec, 'name' | 'way' | 'socket'>

export type EnginePlace =
  | { readonly kind: 'direct'; readonly found: FoundEngine }
  | { readonly kind: 'tunnel'; readonly tunnel: SshTunnel }

/** @throws BakeoffError NO_ENGINE when a context or the files of TLS cannot be used */
export function placeOf({ name, way, socket }: HostToReach, world: EngineWorld): EnginePlace {
  switch (way.kind) {
    case 'ssh':
      return { kind: 'tunnel', tunnel: { host: name, destination: way.destination, port: way.port, socket } }
    case 'unix':
      return direct(engineOfHost(`unix://${way.path}`, `host ${name}`, () => null))
    case 'tcp': {
      const { host, port, tls } = way
      const address = `tcp://${host.includes(':') ? `[${host}]` : host}:${port}`
      return direct(
        engineOfHost(address, `host ${name}`, () =>
          tls === null ? null : readTls(world, tls, `in \`tls\` of ${name} in hosts.yaml`),
        ),
      )
    }
    case 'context':
      return placeOfContext(name, way.name, socket, world)
  }
}

function direct(found: FoundEngine): EnginePlace {
  return { kind: 'direct', found }
}

/** As Docker's own client takes it: the context `default` is DOCKER_HOST, or the system socket. */
function placeOfContext(host: string, context: string, socket: string, world: EngineWorld): EnginePlace {
  const isDefault = context === 'default'
  const { host: address, tls } = isDefault
    ? { host: world.env.DOCKER_HOST || 'unix:///var/run/docker.sock', tls: () => null }
    : contextOf(world, context)
  if (/^ssh:\/\//i.test(address)) return { kind: 'tunnel', tunnel: tunnelOfContext({ host, context, address, socket }) }
  const found = engineOfHost(address, `context ${context}`, tls)
  if (
    /^(tcp|http):/.test(found.endpoint) &&
    found.tls === null &&
    !isLoopback(new URL(found.endpoint.replace(/^\w+/, 'http')))
  ) {
    const shown = shownEndpoint(found.endpoint)
    throw new BakeoffError(
      'NO_ENGINE',
      `host ${host}: the Docker context "${context}" is ${shown} without TLS: everyone on that network could take over the machine`,
      {
        hint: `Use ssh or TLS. If the network is yours alone, write in hosts.yaml: \`docker: ${shown}\` with \`insecure: true\`.`,
      },
    )
  }
  return direct(found)
}

/** `ssh://[user@]host[:port][/path/of/socket]`, as contexts have it. */
function tunnelOfContext(of: { host: string; context: string; address: string; socket: string }): SshTunnel {
  const url = URL.canParse(of.address) ? new URL(of.address) : null
  if (url === null || url.hostname === '' || url.password !== '') {
    throw new BakeoffError(
      'NO_ENGINE',
      `host ${of.host}: the Docker context "${of.context}" is ${shownEndpoint(of.address)}, which is not \`ssh://[user@]host[:port]\``,
      { hint: `See it with \`docker context inspect ${of.context}\`. A password has no place there: use a key.` },
    )
  }
  const machine = url.hostname.replace(/^\[(.*)\]$/, '$1')
  return {
    host: of.host,
    destination: url.username === '' ? machine : `${decodeURIComponent(url.username)}@${machine}`,
    port: url.port === '' ? null : Number(url.port),
    socket: url.pathname.length > 1 ? decodeURIComponent(url.pathname) : of.socket,
  }
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname)
}
