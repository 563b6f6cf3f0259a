import { BakeoffError, type HostSpec, isAborted } from '@bakeoff/model'
import { connect } from '../client/connect.js'
import { describedEngine, type Engine } from '../engine/ensure.js'
import { type OpenWay, openWay } from '../ways/index.js'

/** A host whose engine answers, with the way to it. */
export interface ReachedHost {
  readonly spec: HostSpec
  readonly way: OpenWay
  readonly engine: Engine
}

/** A host as far as its engine could be reached; `problem` names the host. */
export type HostReach = ReachedHost | { readonly spec: HostSpec; readonly problem: BakeoffError }

/** Hosts with the ways that could be opened. Disposing closes them. */
export interface ReachedHosts extends AsyncDisposable {
  /** one for each host, in their order */
  readonly hosts: readonly HostReach[]
}

/**
 * Opens the ways to hosts, all at once, and asks their engines about themselves. A host that does not answer keeps no other from being
 * reached.
 *
 * @throws ABORTED; no way is open then
 */
export async function reachHosts(specs: readonly HostSpec[], signal?: AbortSignal): Promise<ReachedHosts> {
  const tried = await Promise.allSettled(specs.map((spec) => reachHost(spec, signal)))
  const hosts = tried.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const close = async () => {
    await Promise.all(hosts.map((host) => isReached(host) && host.way[Symbol.asyncDispose]()))
  }
  const failed = tried.find((one) => one.status === 'rejected')
  if (failed?.status === 'rejected') {
    await close()
    throw failed.reason
  }
  return { hosts, [Symbol.asyncDispose]: close }
}

export function isReached(host: HostReach): host is ReachedHost {
  return 'way' in host
}

/** @throws the error of the host that could not be reached; of several, one error that has all their sentences */
export function needAll(hosts: readonly HostReach[]): ReachedHost[] {
  const failed = hosts.flatMap((host) => (isReached(host) ? [] : [host.problem]))
  const [first] = failed
  if (failed.length > 1)
    throw new BakeoffError('NO_ENGINE', failed.map(({ message }) => message).join('\n'), {
      hint: [...new Set(failed.flatMap(({ hint }) => hint ?? []))].join('\n'),
    })
  if (first !== undefined) throw first
  return hosts.filter(isReached)
}

async function reachHost(spec: HostSpec, signal: AbortSignal | undefined): Promise<HostReach> {
  try {
    const way = await openWay(spec, { signal })
    try {
      return { spec, way, engine: await describedEngine(connect({ ...way.found, host: spec.name }), signal) }
    } catch (error) {
      await way[Symbol.asyncDispose]()
      throw error
    }
  } catch (error) {
    if (!(error instanceof BakeoffError) || isAborted(error)) throw error
    return { spec, problem: named(spec.name, error) }
  }
}

/** The same error with the host's name in it. */
function named(host: string, error: BakeoffError): BakeoffError {
  const { code, message, hint, logTail } = error
  if (new RegExp(`\\b${host}\\b`).test(message)) return error
  return new BakeoffError(code, `${host}: ${message}`, { logTail, cause: error, ...(hint === null ? {} : { hint }) })
}
