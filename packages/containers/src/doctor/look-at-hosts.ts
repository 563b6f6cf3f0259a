import { BakeoffError, type HostsSpec, isAborted, type Owner, type PlannedBench } from '@bakeoff/model'
import { localImage } from '../building/lookup.js'
import type { EngineClient } from '../client/client.js'
import { FACTS_MS } from '../engine/facts.js'
import { hostOfEngine } from '../host/engine-view.js'
import { hostFactsOf, probeImage, startProbe } from '../probe/index.js'
import { labelsOf } from '../session/labels.js'
import { type HostReach, isReached, type ReachedHost } from '../site/reach-hosts.js'
import { swarmState } from '../swarm/index.js'
import type { HostFindings, ProbeFindings, SeenHost } from './host-checks.js'

export interface LookOptions {
  /** this process, under an id of its own: whose leases the probes are */
  readonly owner: Owner
  readonly say: (line: string) => void
  readonly signal?: AbortSignal | undefined
}

/** Looks at hosts that were reached, all at once. Changes nothing but that a probe runs for a moment where its image is. */
export async function lookAtHosts(
  reached: readonly HostReach[],
  { benches }: Pick<HostsSpec, 'benches'>,
  options: LookOptions,
): Promise<HostFindings[]> {
  return Promise.all(
    reached.map(async (host): Promise<HostFindings> => {
      if (!isReached(host)) return host
      try {
        return await lookAtHost(host, rolesOn(host.spec.name, benches), options)
      } catch (error) {
        if (!(error instanceof BakeoffError) || isAborted(error)) throw error
        return { spec: host.spec, problem: error } // its engine went away meanwhile
      }
    }),
  )
}

async function lookAtHost(host: ReachedHost, roles: number, options: LookOptions): Promise<SeenHost> {
  const { spec, engine } = host
  const { client, facts, holes } = engine
  const { signal } = options
  const [info, swarm, probe] = await Promise.all([
    client.info({ signal, withinMs: FACTS_MS }),
    swarmState(client, signal),
    askProbe(client, host, options),
  ])
  return {
    spec,
    engine: facts,
    holes,
    facts: probe.kind === 'asked' ? hostFactsOf(probe.facts) : hostOfEngine(info, facts),
    hasLiveRestore: info.LiveRestoreEnabled === true,
    swarm,
    probe,
    roles,
  }
}

async function askProbe(client: EngineClient, { spec }: ReachedHost, options: LookOptions): Promise<ProbeFindings> {
  const { owner, say } = options
  const image = await localImage(client, probeImage)
  if (image === null) return { kind: 'no-image' }
  try {
    const labels = labelsOf(owner)
    await using probe = await startProbe(client, { host: spec, session: owner.session, labels, image: image.id, say })
    const [facts, clock] = [await probe.facts(), await probe.clock()]
    return { kind: 'asked', facts, clock }
  } catch (error) {
    if (!(error instanceof BakeoffError) || isAborted(error)) throw error
    return { kind: 'failed', error }
  }
}

/** How many of target, services and load agent a host has; of several benches the most. */
export function rolesOn(name: string, benches: readonly PlannedBench[]): number {
  const counts = benches.map(
    ({ target, services, agents }) => [target, services, ...agents].filter((host) => host === name).length,
  )
  return Math.max(0, ...counts)
}
