import {
  type Engine,
  ImageStore,
  newOwner,
  type OpenHosts,
  openHosts,
  openSite,
  type ProbedHosts,
  type Session,
  SiteImages,
  type SiteOptions,
  startProbes,
} from '@bakeoff/containers'
import { mainHostOf } from '@bakeoff/core'
import { type HostFacts, hostsOf, type PlannedSite } from '@bakeoff/model'
import type { ImageEvent } from '@bakeoff/runner/ports'
import { readHosts } from './hosts-file.js'
import type { Invocation } from './invocation.js'
import { imageName } from './progress-lines.js'
import { plannedSiteOf } from './site-facts.js'

type Asked = Pick<Invocation, 'project' | 'terminal' | 'stop'>

/** The machines of hosts.yaml, reached and probed. Disposing ends what runs on them, the probes, and closes the ways. */
export interface SeveralMachines extends AsyncDisposable {
  readonly site: PlannedSite
  /** the machine that stands for the run, on which everything is built: that of the first bench's target */
  readonly main: { readonly host: HostFacts; readonly engine: Engine }
  /** of all machines, in the order of the site */
  readonly engines: readonly Pick<Engine, 'facts' | 'holes'>[]
  /** the images of the main machine */
  readonly store: ImageStore
  /** the images of all machines */
  readonly images: SiteImages
  /** Takes the engines for a run. Ended with the machines, before them. */
  open(options: Omit<SiteOptions, 'owner' | 'images'>): Promise<Session>
}

/**
 * Reaches the machines of a file, and starts their probes.
 *
 * @throws BakeoffError BAD_SPEC, NO_ENGINE, ENGINE_HELD, and what building the probe's image throws; nothing is open then
 */
export async function openMachines(asked: Asked, file: string): Promise<SeveralMachines> {
  const { project, terminal, stop } = asked
  const spec = readHosts(file, terminal)
  const used = new Set(spec.benches.flatMap(hostsOf))
  const machines = new Machines(asked)
  stop.guard(machines)
  try {
    const reached = machines.holds(
      await openHosts(
        spec.hosts.filter(({ name }) => used.has(name)),
        { signal: stop.signal },
      ),
    )
    const maker = spec.benches[0]?.target as string
    const engineOf = (name: string) => reached.hosts.find((host) => host.spec.name === name)?.engine
    const engine = engineOf(maker) as Engine
    const store = new ImageStore(engine.client, { ...project, env: process.env, say: terminal.say })
    const engines = reached.hosts.map((host) => ({ name: host.spec.name, client: host.engine.client }))
    const images = new SiteImages({ engines, maker, images: store })
    const owner = await newOwner()
    const probed = machines.probes(
      await startProbes(reached, {
        owner,
        images,
        say: terminal.say,
        signal: stop.signal,
        onEvent: (event) => tellImage(event, terminal.say),
      }),
    )
    const site = await plannedSiteOf(spec, probed.hosts)
    const { facts } = mainHostOf(site)
    return {
      site,
      main: { engine, host: facts },
      engines: reached.hosts.map((host) => host.engine),
      store,
      images,
      open: async (options) => machines.runs(await openSite(site, probed.hosts, { ...options, owner, images })),
      [Symbol.asyncDispose]: () => machines.close(),
    }
  } catch (error) {
    await machines.close()
    throw error
  }
}

/** What is open on the machines, so that it ends in the right order: containers, probes, ways. */
class Machines {
  readonly #asked: Asked
  #reached: OpenHosts | null = null
  #probed: ProbedHosts | null = null
  #session: Session | null = null
  #closing: Promise<void> | null = null

  constructor(asked: Asked) {
    this.#asked = asked
  }

  holds(reached: OpenHosts): OpenHosts {
    this.#reached = reached
    return reached
  }

  probes(probed: ProbedHosts): ProbedHosts {
    this.#probed = probed
    return probed
  }

  runs(session: Session): Session {
    this.#session = session
    return session
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  emergencyStop(): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    for (const part of [this.#session, this.#probed, this.#reached]) {
      try {
        await part?.[Symbol.asyncDispose]()
      } catch (error) {
        this.#asked.terminal.say(error instanceof Error ? error.message : String(error)) // the others end all the same
      }
    }
  }
}

function tellImage(event: ImageEvent, say: (line: string) => void): void {
  if (event.state === 'building') say(`building ${imageName(event.image)} …`)
  if (event.state === 'moving') say(`moving ${imageName(event.image)} to ${event.to} …`)
}
