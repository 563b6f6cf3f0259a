/**
 * The lock of an engine, for one run per engine. It is a file that names its holder; a holder whose process is gone holds nothing, so the lock dies
 * with its process. (Node has no flock, and a lock object inside the engine would outlive a crash of both.)
 *
 * Within a user's folder a link decides which process is first. Two users both look after they have taken their own lock, and the one who sees
 * the other's lock releases it.
 */

import { createHash } from 'node:crypto'
import { link, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { BakeoffError, type LockHolder, lockHolder, type Owner, visibleText } from '@bakeoff/model'
import { type LockFolder, lockFolders, ownLockFolder, readLockFile, writeNewFile } from './lock-folders.js'
import { type OwnerState, stateOf } from './owner.js'

export { defaultLockFolder } from './lock-folders.js'

/** How often a holder touches its lock. A holder in another container, which cannot be asked, is believed for three times as long. */
const TOUCH_EVERY_MS = 30_000
const BELIEVED_MS = 3 * TOUCH_EVERY_MS
/** The most characters of a text in a lock. */
const MOST_CHARACTERS = 500

/** What is written into the lock: texts from the command line, made harmless for the terminals of readers. */
export function holderOf(owner: Owner, { command, root }: Pick<LockHolder, 'command' | 'root'>): LockHolder {
  const plain = (text: string) =>
    [...visibleText(text)]
      .map((character) => (/[\n\t]/.test(character) ? ' ' : character))
      .slice(0, MOST_CHARACTERS)
      .join('')
  const since = new Date().toISOString()
  return { ...owner, host: plain(owner.host), since, command: plain(command), root: plain(root) }
}

/**
 * Takes the lock of an engine.
 *
 * @param engine the identity of the engine: its id, or its endpoint where it has none
 * @param parent the folder in which every user has one for locks
 * @returns      a function that releases the lock
 * @throws ENGINE_HELD with the holder's process, start and command; SETUP_FAILED when no lock can be written
 */
export async function takeLock(engine: string, holder: LockHolder, parent: string): Promise<() => Promise<void>> {
  const name = `${createHash('sha256').update(engine).digest('hex').slice(0, 16)}.json`
  const own = await ownLockFolder(parent)
  const others = async () => (await lockFolders(parent)).filter(({ path }) => path !== own.path)
  for (let attempt = 1; ; attempt++) {
    const before = await firstHolding(await others(), name)
    if (before !== null) throw held(before)
    await takeOwn(own, name, holder)
    const rival = await firstHolding(await others(), name)
    if (rival === null) break
    await giveBack(own, name, holder.session)
    if (attempt === 5) throw held(rival)
    await sleep(Math.random() * 200) // so that of two processes that release at once one comes first
  }
  const file = join(own.path, name)
  const touching = setInterval(() => {
    const now = new Date()
    utimes(file, now, now).catch(() => undefined)
  }, TOUCH_EVERY_MS).unref()
  return async () => {
    clearInterval(touching)
    await giveBack(own, name, holder.session)
  }
}

/** A lock file that a run wrote, whether that run lives or not. */
interface Claim {
  readonly file: string
  /** id of the user in whose folder the lock is; null where there are no user ids */
  readonly uid: number | null
  readonly holder: LockHolder
  readonly touchedAtMs: number
}

/** A claim that counts. `elsewhere`: the holder is in another container and cannot be asked, and its lock was touched lately. */
interface Holding extends Claim {
  readonly state: Exclude<OwnerState, 'dead'>
}

/** Takes the lock among the runs of this user. */
async function takeOwn(folder: LockFolder, name: string, holder: LockHolder): Promise<void> {
  const file = join(folder.path, name)
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await createWhole(file, JSON.stringify(holder, null, 2), holder.session)) return
    const found = await read(folder, name)
    if (found === null) continue // released just now
    const holding = await holdingOf(found)
    if (holding) throw held(holding)
    await removeDead(folder, name, sessionOf(found), holder)
  }
  throw new BakeoffError('ENGINE_HELD', `the lock ${file} cannot be taken: it changes hands all the time`, {
    hint: 'Start fewer runs at once.',
  })
}

/** Creates the file with all its text, or not at all: a link fails when the name is taken. */
async function createWhole(file: string, text: string, session: string): Promise<boolean> {
  const draft = `${file}.${session}`
  await writeNewFile(draft, text)
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
 * Removes the lock of a dead session, or a file that no run wrote. Two runs may see it dead at once, and the slower one must
 * not remove the lock that the faster one has taken since. So only the process that owns the right to remove this very file does it.
 */
async function removeDead(folder: LockFolder, name: string, dead: string, holder: LockHolder): Promise<void> {
  const right = `${name}.dead-${dead}`
  if (!(await createWhole(join(folder.path, right), JSON.stringify(holder), holder.session))) {
    const other = await read(folder, right)
    if (other !== null && (await holdingOf(other)) === null) await rm(join(folder.path, right), { force: true })
    else await sleep(20)
    return
  }
  try {
    const found = await read(folder, name)
    if (found !== null && sessionOf(found) === dead) await rm(join(folder.path, name), { force: true, recursive: true })
  } finally {
    await rm(join(folder.path, right), { force: true })
  }
}

async function giveBack(folder: LockFolder, name: string, session: string): Promise<void> {
  const found = await read(folder, name)
  if (found !== null && sessionOf(found) === session) await rm(join(folder.path, name), { force: true })
}

function sessionOf(found: Claim | 'malformed'): string {
  return found === 'malformed' ? '' : found.holder.session
}

async function firstHolding(folders: readonly LockFolder[], name: string): Promise<Holding | null> {
  for (const folder of folders) {
    const found = await read(folder, name)
    const holding = found && (await holdingOf(found))
    if (holding) return holding
  }
  return null
}

/** Null when there is no lock. `malformed`: no run wrote the file, and it means nothing. */
async function read(folder: LockFolder, name: string): Promise<Claim | 'malformed' | null> {
  const found = await readLockFile(folder, name)
  if (found === null || found === 'malformed') return found
  try {
    const holder: LockHolder = lockHolder.parse(JSON.parse(found.text))
    return { file: join(folder.path, name), uid: folder.uid, holder, touchedAtMs: found.touchedAtMs }
  } catch {
    return 'malformed'
  }
}

async function holdingOf(claim: Claim | 'malformed'): Promise<Holding | null> {
  if (claim === 'malformed') return null
  const state = await stateOf(claim.holder)
  if (state === 'elsewhere') return Date.now() - claim.touchedAtMs < BELIEVED_MS ? { ...claim, state } : null
  return state === 'alive' && (await belongsToItsUser(claim)) ? { ...claim, state } : null
}

/** Whether a lock's process belongs to its user. A lock proves nothing about processes of other users: naming one would be a way to make a user end it. */
async function belongsToItsUser({ uid, holder: { pid } }: Claim): Promise<boolean> {
  if (uid === null || process.platform !== 'linux') return true
  return stat(`/proc/${pid}`).then(
    (process) => process.uid === uid,
    () => true, // hidden from this user, see owner.ts
  )
}

function held({ holder, state, file }: Holding): BakeoffError {
  const { pid, host, since, root, command } = holder
  const how =
    state === 'alive'
      ? `Wait for it, or end it with: kill ${pid} (its lock is ${file})`
      : `It runs in another container or on another machine, and its lock is fresh (${file}): wait for it, or end it there.`
  return new BakeoffError(
    'ENGINE_HELD',
    `another run holds this engine: process ${pid} on ${host}, since ${since}, in ${root}: ${command}`,
    { hint: `Two runs at once would measure each other. ${how}` },
  )
}
