import { BakeoffError, type HostSpec } from '@bakeoff/model'
import { connect } from '../client/connect.js'
import { describedEngine, type Engine } from '../engine/ensure.js'
import type { Probe } from '../probe/index.js'
import { type OpenWay, openWay } from '../ways/index.js'

/** A host whose engine answers. */
export interface OpenHost {
  readonly spec: HostSpec
  readonly way: OpenWay
  readonly engine: Engine
  /** null: none is started on it */
  readonly probe: Probe | null
}

/** Hosts with their ways. Disposing closes the ways, and ends the probes before. */
export interface OpenHosts extends AsyncDisposable {
  /** in the order in which they were asked for */
  readonly hosts: readonly OpenHost[]
}

export interface OpenHostsOptions {
  readonly signal?: AbortSignal | undefined
}

/**
 * Opens the ways to hosts, all at once, and asks their engines about themselves.
 *
 * @throws BakeoffError NO_ENGINE that names the host, BAD_SPEC where two hosts are one engine, ABORTED; no way is open then
 */
export async function openHosts(specs: readonly HostSpec[], { signal }: OpenHostsOptions = {}): Promise<OpenHosts> {
  const opened = await Promise.allSettled(specs.map((spec) => openHost(spec, signal)))
  const hosts = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const close = async () => {
    await Promise.all(hosts.map(({ way }) => way[Symbol.asyncDispose]()))
  }
  try {
    for (const one of opened) if (one.status === 'rejected') throw one.reason
    refuseTwice(hosts)
  } catch (error) {
    await close()
    throw error
  }
  return { hosts, [Symbol.asyncDispose]: close }
}

async function openHost(spec: HostSpec, signal: AbortSignal | undefined): Promise<OpenHost> {
  const way = await openWay(spec, { signal })
  try {
    const engine = await describedEngine(connect({ ...way.found, host: spec.name }), signal)
    return { spec, way, engine, probe: null }
  } catch (error) {
    await way[Symbol.asyncDispose]()
    throw named(spec.name, error)
  }
}

function named(host: string, error: unknown): unknown {
  if (!(error instanceof BakeoffError) || error.code === 'ABORTED') return error
  const { code, message, hint, logTail } = error
  return new BakeoffError(code, `${host}: ${message}`, { logTail, cause: error, ...(hint === null ? {} : { hint }) })
}

function refuseTwice(hosts: readonly OpenHost[]): void {
  for (const [index, { spec, engine }] of hosts.entries()) {
    const twin = hosts
      .slice(0, index)
      .find((other) => other.engine.facts.id && other.engine.facts.id === engine.facts.id)
    if (twin === undefined) continue
    throw new BakeoffError('BAD_SPEC', `${twin.spec.name} and ${spec.name} are the same engine`, {
      hint: 'In hosts.yaml every host is a machine of its own: remove one of the two. Machines that were cloned share an id: remove /etc/docker/key.json on one, and restart its Docker.',
    })
  }
}
