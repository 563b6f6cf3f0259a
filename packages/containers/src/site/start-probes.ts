import type { ImageFacts, Owner } from '@bakeoff/model'
import type { ImageEvent } from '@bakeoff/runner/ports'
import { type Probe, probeFolder, probeImage, startProbe } from '../probe/index.js'
import { labelsOf } from '../session/labels.js'
import { sweep } from '../session/sweep.js'
import type { OpenHost, OpenHosts } from './open-hosts.js'
import type { SiteImages } from './site-images.js'

export interface ProbesOptions {
  /** this process, under the id of the session that the probes watch over */
  readonly owner: Owner
  readonly images: SiteImages
  readonly say: (message: string) => void
  readonly signal: AbortSignal
  readonly onEvent?: ((event: ImageEvent) => void) | undefined
}

/** Makes the image of the probe and moves it to each of these hosts, where it is the latest of its name from then on. */
export async function bringProbe(
  hosts: readonly OpenHost[],
  { images, signal, onEvent }: Pick<ProbesOptions, 'images' | 'signal' | 'onEvent'>,
): Promise<ImageFacts> {
  const names = hosts.map(({ spec }) => spec.name)
  const request = { name: probeImage, folder: probeFolder, requires: [], hosts: names }
  const facts = await images.ensureImage(request, signal, onEvent)
  for (const { spec, engine } of hosts)
    await engine.client.images.tag(await images.idOn(spec.name, facts.id, signal), { repo: probeImage, tag: 'latest' })
  return facts
}

/** A host that is probed. */
export interface ProbedHost extends OpenHost {
  readonly probe: Probe
}

/** Hosts with their probes. Disposing ends the probes; the ways stay open. */
export interface ProbedHosts extends AsyncDisposable {
  readonly hosts: readonly ProbedHost[]
}

/**
 * Starts a probe on every host, which takes the lease of its engine.
 *
 * @throws ENGINE_HELD where another run has one, and what images and probes throw; no probe runs then
 */
export async function startProbes({ hosts }: Pick<OpenHosts, 'hosts'>, options: ProbesOptions): Promise<ProbedHosts> {
  const { owner, images, say, signal, onEvent } = options
  const { id } = await bringProbe(hosts, { images, signal, onEvent })
  const start = async (host: OpenHost): Promise<ProbedHost> => {
    const { spec, engine } = host
    await sweep(engine.client) // what a run left that was killed may hold the lease
    const probe = await startProbe(engine.client, {
      host: spec,
      session: owner.session,
      labels: labelsOf(owner),
      image: await images.idOn(spec.name, id, signal),
      say,
    })
    return { ...host, probe }
  }
  const started = await Promise.allSettled(hosts.map(start))
  const probed = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const end = async () => {
    await Promise.all(probed.map(({ probe }) => probe[Symbol.asyncDispose]()))
  }
  const failed = started.find((one) => one.status === 'rejected')
  if (failed?.status === 'rejected') {
    await end()
    throw failed.reason
  }
  return { hosts: probed, [Symbol.asyncDispose]: end }
}
