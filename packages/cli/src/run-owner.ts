import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type OwnerState, stateOf, thisOwner } from '@bakeoff/containers'
import { BakeoffError, lockHolder, type Owner } from '@bakeoff/model'
import { writeWhole } from './durable-file.js'

/** The process that writes a run, from the run's beginning until its report is written. */
export const OWNER_FILE = 'owner.json'

const owner = lockHolder.omit({ since: true, command: true, root: true })

/** The state of the process that writes a run; `dead` also when no process claims the run. */
export async function writerOf(folder: string): Promise<OwnerState> {
  const holder = readOwner(folder)
  return holder === null ? 'dead' : stateOf(holder)
}

/**
 * Makes this process the one that writes a run.
 *
 * @returns a function that releases the run
 * @throws ENGINE_HELD when another process writes it, on any engine
 */
export async function ownRun(folder: string, runId: string): Promise<() => void> {
  const holder = readOwner(folder)
  const self = await thisOwner(`run-${process.pid}`)
  if (holder !== null && !isSame(holder, self) && (await stateOf(holder)) === 'alive') {
    throw new BakeoffError('ENGINE_HELD', `run ${runId} is being measured by process ${holder.pid}`, {
      hint: `Wait for it. To see what it has measured so far: npm run report -- ${runId}`,
    })
  }
  writeWhole(join(folder, OWNER_FILE), JSON.stringify(self))
  return () => rmSync(join(folder, OWNER_FILE), { force: true })
}

function readOwner(folder: string): Owner | null {
  try {
    return owner.safeParse(JSON.parse(readFileSync(join(folder, OWNER_FILE), 'utf8'))).data ?? null
  } catch {
    return null // no such file, or a damaged one, which no running process leaves
  }
}

function isSame(one: Owner, other: Owner): boolean {
  return one.pid === other.pid && one.started === other.started
}
