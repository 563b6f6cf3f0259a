/**
 * The folders of locks. Users of a machine share its engine, so each must see the locks of all, and no user can be trusted
 * with the locks of another: each user has a folder beside the others', `bakeoff-locks-<uid>`, that only this
 * user can write to. A folder counts only when it belongs to the user in its name; no link is ever followed.
 */
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BakeoffError } from '@bakeoff/model'

/** The parent of the lock folders: on Linux and macOS shared by the users of a machine, and sticky; on Windows the user's own. */
export const defaultLockFolder = process.platform === 'win32' ? tmpdir() : '/tmp'

export interface LockFolder {
  readonly path: string
  /** null where there are no user ids */
  readonly uid: number | null
}

const me = process.getuid?.() ?? null
const NAME = /^bakeoff-locks-(\d+)(?:-[0-9a-f]{8})?$/
/** Absent on Windows. */
const { O_NOFOLLOW = 0, O_DIRECTORY = 0, O_NONBLOCK = 0 } = constants
/** The most bytes of a lock that are read. A lock of Bakeoff has some 600. */
const MOST_BYTES = 16 * 1024

/** The folders of all users in which locks count, this user's among them if there is one. */
export async function lockFolders(parent: string): Promise<LockFolder[]> {
  if (me === null) return [{ path: join(parent, 'bakeoff-locks'), uid: null }]
  const names = await readdir(parent).catch(() => [])
  const found = await Promise.all(
    names.sort().map(async (name) => {
      const uid = NAME.exec(name)?.[1]
      if (uid === undefined) return []
      const stat = await lstat(join(parent, name)).catch(() => null)
      const isTheirs = stat?.isDirectory() === true && stat.uid === Number(uid)
      return isTheirs ? [{ path: join(parent, name), uid: Number(uid) }] : []
    }),
  )
  return found.flat()
}

/**
 * This user's folder, made when there is none. Where another user has taken its name, it gets another name.
 *
 * @throws SETUP_FAILED when it cannot be made
 */
export async function ownLockFolder(parent: string): Promise<LockFolder> {
  try {
    await mkdir(parent, { recursive: true })
    if (me === null) {
      const path = join(parent, 'bakeoff-locks')
      await mkdir(path, { recursive: true })
      return { path, uid: null }
    }
    const usual = join(parent, `bakeoff-locks-${me}`)
    await mkdir(usual, { mode: 0o755 }).catch(unlessThere)
    const mine = async () => (await lockFolders(parent)).find(({ uid }) => uid === me)
    if ((await mine()) === undefined) await mkdir(`${usual}-${randomBytes(4).toString('hex')}`, { mode: 0o755 })
    const folder = (await mine()) as LockFolder
    await showToAll(folder.path)
    return folder
  } catch (error) {
    throw new BakeoffError(
      'SETUP_FAILED',
      `no folder for locks can be made in ${parent}: ${(error as Error).message}`,
      {
        hint: 'Name one in BAKEOFF_LOCK_FOLDER, the same for all users of this engine.',
        cause: error,
      },
    )
  }
}

/** The text of a lock file, and when it was last touched. Null when there is no file; `malformed` when its user did not write it. */
export async function readLockFile(
  folder: LockFolder,
  name: string,
): Promise<{ readonly text: string; readonly touchedAtMs: number } | 'malformed' | null> {
  let file: FileHandle | null = null
  try {
    file = await open(join(folder.path, name), constants.O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    const stat = await file.stat()
    if (!stat.isFile() || stat.size > MOST_BYTES || (folder.uid !== null && stat.uid !== folder.uid)) return 'malformed'
    return { text: await file.readFile('utf8'), touchedAtMs: stat.mtimeMs }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? null : 'malformed'
  } finally {
    await file?.close()
  }
}

/** Writes a new file that every user can read. Fails when there is anything of that name, a link included. */
export async function writeNewFile(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o644)
  try {
    await file.writeFile(text)
    if (me !== null) await file.chmod(0o644) // regardless of the umask
  } finally {
    await file.close()
  }
}

/** Lets other users read the folder, regardless of the umask. Works on its handle, so that it is the same folder that was checked. */
async function showToAll(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
  try {
    const { uid, mode } = await folder.stat()
    if (uid === me && (mode & 0o777) !== 0o755) await folder.chmod(0o755)
  } finally {
    await folder.close()
  }
}

function unlessThere(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
}
