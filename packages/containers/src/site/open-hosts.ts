import { BakeoffError, type HostSpec } from '@bakeoff/model'
import type { Probe } from '../probe/index.js'
import { needAll, type ReachedHost, reachHosts } from './reach-hosts.js'

/** A host whose engine answers. */
export interface OpenHost extends ReachedHost {
  /** null: none is started on it */
  readonly probe: Probe | null
}

/** Hosts with their ways. Disposing closes the ways. */
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
 * @throws BakeoffError NO_ENGINE that names the hosts, BAD_SPEC where two hosts are one engine, ABORTED; no way is open then
 */
export async function openHosts(specs: readonly HostSpec[], { signal }: OpenHostsOptions = {}): Promise<OpenHosts> {
  const reached = await reachHosts(specs, signal)
  try {
    const hosts = needAll(reached.hosts).map((host) => ({ ...host, probe: null }))
    refuseTwice(hosts)
    return { hosts, [Symbol.asyncDispose]: () => reached[Symbol.asyncDispose]() }
  } catch (error) {
    await reached[Symbol.asyncDispose]()
    throw error
  }
}

function refuseTwice(hosts: readonly OpenHost[]): void {
  for (const [index, { spec, engine }] of hosts.entries()) {
    const { id } = engine.facts
    const twin = hosts.slice(0, index).find((other) => id != null && other.engine.facts.id === id)
    if (twin === undefined) continue
    throw new BakeoffError('BAD_SPEC', `${twin.spec.name} and ${spec.name} are the same engine`, {
      hint: 'In the file of hosts every host is a machine of its own: remove one of the two. Machines that were cloned share an id: remove /etc/docker/key.json on one, and restart its engine.',
    })
  }
}
