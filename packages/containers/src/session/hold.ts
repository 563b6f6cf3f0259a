/** Holding an engine: nothing else of Bakeoff runs on it meanwhile. */
import { randomBytes } from 'node:crypto'
import type { EngineFacts, Owner } from '@bakeoff/model'
import type Docker from 'dockerode'
import { defaultLockFolder, holderOf, takeLock } from './lock.js'
import { thisOwner } from './owner.js'
import { engineLost } from './problems.js'

export interface HoldOptions {
  /** the project's folder, named to whoever finds the engine held */
  readonly root: string
  /** where locks are; tests have their own */
  readonly lockFolder?: string
}

export interface HeldEngine {
  /** this process, under a session id of its own */
  readonly owner: Owner
  giveBack(): Promise<void>
}

/** @throws ENGINE_HELD when another run has it, ENGINE_LOST when it does not answer */
export async function holdEngine(docker: Docker, facts: EngineFacts, options: HoldOptions): Promise<HeldEngine> {
  const owner = await thisOwner(`${Date.now().toString(36)}-${randomBytes(3).toString('hex')}`)
  const engine = await engineIdentity(docker, facts)
  const holder = holderOf(owner, { command: process.argv.slice(1).join(' '), root: options.root })
  return { owner, giveBack: await takeLock(engine, holder, options.lockFolder ?? defaultLockFolder) }
}

/** The same engine may be reached by socket, context and address: its own id tells. Podman has none. */
async function engineIdentity(docker: Docker, facts: EngineFacts): Promise<string> {
  const info = (await docker.info().catch((error: unknown) => {
    throw engineLost(error)
  })) as { ID?: string }
  return info.ID || facts.endpoint
}
