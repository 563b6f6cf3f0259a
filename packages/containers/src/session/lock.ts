/**
 * One run per engine. The lock is a file that names its holder; a holder whose process is gone holds nothing, so it dies
 * with its process. (Node has no flock, and a lock object inside the engine would outlive a crash of both.)
 */

import { createHash } from 'node:crypto'
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BakeoffError } from '@bakeoff/model'
import { type Owner, stateOf } from './owner.js'

export interface Holder extends Owner {
  /** ISO 8601, UTC */
  readonly since: string
  readonly command: string
  readonly root: string
}

/** All users of a machine share one engine, so they share the folder; on macOS the temporary folder is the user's own. */
export const defaultLockFolder = process.platform === 'win32' ? join(tmpdir(), 'bakeoff-locks') : '/tmp/bakeoff-locks'

/**
 * Takes the lock of an engine.
 *
 * @param engine what tells the engine from others: its id, or its endpoint where it has none
 * @returns      gives the lock back
 * @throws ENGINE_HELD with the holder's process, start and command
 */
export async function takeLock(engine: string, holder: Holder, folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true })
  // Another user must be able to remove the file of a run of ours that crashed; it fails when the folder is theirs.
  await chmod(folder, 0o777).catch(() => undefined)
  const file = join(folder, `${createHash('sha256').update(engine).digest('hex').slice(0, 16)}.json`)
  const text = JSON.stringify(holder, null, 2)
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await createWhole(file, text, holder.session)) return () => giveBack(file, holder.session)
    const other = await holderOf(file)
    if (other === null) continue // given back in this moment
    if ((await stateOf(other)) !== 'dead') throw held(other, file)
    await removeDead(file, other, holder)
  }
  throw new BakeoffError('ENGINE_HELD', `the lock ${file} cannot be taken: it changes hands all the time`, {
    hint: 'Start fewer runs at once.',
  })
}

/** Creates the file with all its text, or not at all: a link fails when the name is taken. */
async function createWhole(file: string, text: string, session: string): Promise<boolean> {
  const draft = `${file}.${session}`
  await writeFile(draft, text, { mode: 0o644 })
  try {
    await link(draft, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

/**
 * Removes the lock of a dead session. Two runs may see it dead at once, and the slower one must not remove the lock
 * that the faster one has taken since: only who owns the right to remove this very session does it.
 */
async function removeDead(file: string, dead: Owner, holder: Holder): Promise<void> {
  const right = `${file}.dead-${dead.session}`
  if (!(await createWhole(right, JSON.stringify(holder), holder.session))) {
    const other = await holderOf(right)
    if (other !== null && (await stateOf(other)) === 'dead') await rm(right, { force: true })
    else await new Promise((resolve) => setTimeout(resolve, 20))
    return
  }
  try {
    if ((await holderOf(file))?.session === dead.session) await rm(file, { force: true })
  } finally {
    await rm(right, { force: true })
  }
}

async function giveBack(file: string, session: string): Promise<void> {
  if ((await holderOf(file))?.session === session) await rm(file, { force: true })
}

async function holderOf(file: string): Promise<Holder | null> {
  const text = await readFile(file, 'utf8').catch(() => null)
  try {
    return text === null ? null : (JSON.parse(text) as Holder)
  } catch {
    // Not written by us, so nobody holds anything by it.
    await rm(file, { force: true })
    return null
  }
}

function held(by: Holder, file: string): BakeoffError {
  return new BakeoffError(
    'ENGINE_HELD',
    `another run holds this engine: process ${by.pid} on ${by.host}, since ${by.since}, in ${by.root}: ${by.command}`,
    {
      hint: `Two runs at once would measure each other. Wait for it, or end it with: kill ${by.pid} (its lock is ${file})`,
    },
  )
}
