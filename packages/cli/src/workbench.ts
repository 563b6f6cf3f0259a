import {
  asEngineSees,
  type BaseImage,
  type Engine,
  ensureEngine,
  folderOfImage,
  ImageStore,
  openSession,
  parseRegistry,
  readHostFacts,
  type Session,
  type SessionOptions,
} from '@bakeoff/containers'
import { type Catalogue, takeRequests } from '@bakeoff/core'
import { connectAgent, connectAgents, loadAgentFolder, loadAgentImage, measureWithWrk, wrkImage } from '@bakeoff/load'
import type { HostFacts, Plan } from '@bakeoff/model'
import type { Corpus, Materials, Ports } from '@bakeoff/runner'
import type { RunSink } from '@bakeoff/runner/ports'
import { systemClock } from './clock.js'
import type { Invocation } from './invocation.js'
import type { Project } from './project.js'
import type { SeveralMachines } from './several-machines.js'
import type { Terminal } from './terminal.js'

/** What a plan is made for: the machine that containers run on, and what is known of its engine, which may not be there yet. */
export interface PlannedOn {
  readonly host: HostFacts
  readonly engine: Pick<Engine, 'facts' | 'holes'>
  /** the machines of `--hosts`, of which this is the main one; absent: there is only this one */
  readonly several?: SeveralMachines
}

/** A machine to measure on. */
export interface Machine extends PlannedOn {
  readonly engine: Engine
}

/** The engines of a machine, and of the others where there are several. */
export function enginesOf({ engine, several }: PlannedOn): readonly Pick<Engine, 'facts' | 'holes'>[] {
  return several?.engines ?? [engine]
}

export async function readMachine(terminal: Terminal, signal: AbortSignal): Promise<Machine> {
  if (process.env.BAKEOFF_REGISTRY) parseRegistry(process.env.BAKEOFF_REGISTRY, 'BAKEOFF_REGISTRY') // a bad name is refused before anything is set up
  const engine = await ensureEngine({ say: terminal.say, ask: terminal.ask, env: process.env, signal })
  return machineOf(await readHostFacts(), engine)
}

/** @param host this machine; the engine may run on another */
export function machineOf(host: HostFacts, engine: Engine): Machine {
  return { engine, host: asEngineSees(host, engine.facts) }
}

/** An engine held for this process, with the images of this project. Disposing removes every container. */
export interface Workbench extends AsyncDisposable {
  readonly session: Session
  readonly images: ImageStore
  readonly base: BaseImage
  ports(sink: RunSink): Ports
}

/** @param keep leave the containers that were started last running */
export async function openWorkbench(
  { project, terminal, stop }: Pick<Invocation, 'project' | 'terminal' | 'stop'>,
  machine: Machine,
  keep: boolean,
): Promise<Workbench> {
  const options = { root: project.root, say: terminal.say, keep, ...lockFolderFrom(process.env) }
  const { images, session } = await (machine.several
    ? onSeveral(machine.several, options)
    : onOne(machine.engine, { project, terminal, stop }, options))
  try {
    const base = await images.ensureBase(stop.signal)
    return {
      session,
      images,
      base,
      ports: (sink) => ({
        host: session,
        connectAgent,
        connectAgents,
        measureSecond: measureWithWrk,
        clock: systemClock,
        sink,
      }),
      [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
    }
  } catch (error) {
    await session.close()
    throw error
  }
}

type Opened = Pick<Workbench, 'images' | 'session'>
type Opening = Omit<SessionOptions, 'images'>

async function onOne(
  { client, facts }: Engine,
  { project, terminal, stop }: Pick<Invocation, 'project' | 'terminal' | 'stop'>,
  options: Opening,
): Promise<Opened> {
  const images = new ImageStore(client, { ...project, env: process.env, say: terminal.say })
  const session = await openSession(client, facts, { ...options, images })
  stop.guard(session)
  return { images, session }
}

/** The machines are guarded from the time on at which they were reached. */
async function onSeveral(several: SeveralMachines, options: Opening): Promise<Opened> {
  return { images: several.store, session: await several.open(options) }
}

/** BAKEOFF_LOCK_FOLDER keeps locks elsewhere: a test of the tool must neither wait for a run nor stop one. */
export function lockFolderFrom({ BAKEOFF_LOCK_FOLDER: lockFolder }: NodeJS.ProcessEnv): { lockFolder?: string } {
  return lockFolder ? { lockFolder } : {}
}

/** The corpora of a plan's scenarios and Bakeoff's own images. */
export function materialsOf(project: Project, catalogue: Catalogue, plan: Plan): Materials {
  const corpora = new Map<string, Corpus>(
    plan.scenarios.flatMap((planned) => {
      const scenario = catalogue.scenarios.find(({ id }) => id === planned.id)
      if (!scenario) return []
      const { requests, golden, contract, places, state } = takeRequests(scenario, planned.requests)
      return [
        [
          planned.id,
          { requests, golden, contract, ...(places ? { places } : {}), ...(state ? { state } : {}) },
        ] as const,
      ]
    }),
  )
  const made = (name: string, folder: string) => ({ name, folder, requires: [] })
  const own = (name: string) => made(name, folderOfImage(project, name))
  return {
    root: project.root,
    corpora,
    agentImage: made(loadAgentImage, loadAgentFolder),
    nullServerImage: own('bakeoff/null-server'),
    caddyImage: own('bakeoff/caddy'),
    wrkImage: own(wrkImage),
  }
}
