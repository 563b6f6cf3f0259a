/** Holds an engine: meanwhile no other run of Bakeoff uses it. */
import { randomBytes } from 'node:crypto'
import type { EngineFacts, Owner } from '@bakeoff/model'
import { defaultLockFolder, holderOf, takeLock } from './lock.js'
import { thisOwner } from './owner.js'

export interface HoldOptions {
  /** the project's folder, shown to users who find the engine held */
  readonly root: string
  /** the folder of locks; tests have their own */
  readonly lockFolder?: string
  /** whom the engine is held for; absent: this process under a new session's id. A run on several machines is one session */
  readonly owner?: Owner
}

export interface HeldEngine {
  /** this process, under a session id of its own */
  readonly owner: Owner
  giveBack(): Promise<void>
}

/** This process under the id of a new session. */
export function newOwner(): Promise<Owner> {
  return thisOwner(`${Date.now().toString(36)}-${randomBytes(3).toString('hex')}`)
}

/** @throws ENGINE_HELD when another run has it, SETUP_FAILED when no lock can be written */
export async function holdEngine(facts: EngineFacts, options: HoldOptions): Promise<HeldEngine> {
  const owner = options.owner ?? (await newOwner())
  // The same engine may be reached by socket, context and address, so its own id identifies it. Podman has none.
  const engine = facts.id ?? facts.endpoint
  const holder = holderOf(owner, { command: process.argv.slice(1).join(' '), root: options.root })
  return { owner, giveBack: await takeLock(engine, holder, options.lockFolder ?? defaultLockFolder) }
}
