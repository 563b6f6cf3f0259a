import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, realpathSync } from 'node:fs'
import { isAbsolute, join, relative, sep } from 'node:path'
import { BakeoffError, formatBytes } from '@bakeoff/model'

/** The most bytes of a file; longer than anything written by hand. */
const USUAL_BYTES = 1024 ** 2

/**
 * The text of a file below a folder; null when there is no file. What is read of a project is published in reports, so
 * this refuses a link or path that leads out of the folder, anything that is not a file, and a file that is too long.
 *
 * @param path relative to the folder, with forward slashes; links within the folder are followed
 * @param mostBytes a longer file is refused
 * @throws BakeoffError BAD_SPEC that names the file and what to do
 */
export function readInside(folder: string, path: string, mostBytes = USUAL_BYTES): string | null {
  const real = realInside(folder, path)
  if (real === null) return null
  const file = openFile(path, real)
  try {
    const facts = fstatSync(file)
    if (!facts.isFile()) throw refused(path, 'is not a regular file', 'Put a file in its place.')
    const buffer = Buffer.alloc(Math.min(facts.size, mostBytes) + 1)
    let length = 0
    for (let read = -1; read !== 0 && length < buffer.length; length += read)
      read = readSync(file, buffer, length, buffer.length - length, null)
    if (length > mostBytes) throw refused(path, `is larger than ${formatBytes(mostBytes)}`, 'Make it shorter.')
    return buffer.toString('utf8', 0, length)
  } finally {
    closeSync(file)
  }
}

function openFile(path: string, real: string): number {
  try {
    // Not blocking, since a pipe without a writer would block. No link, since links were resolved just before.
    return openSync(real, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0))
  } catch (error) {
    throw unreadable(path, error)
  }
}

/**
 * The real path of something below a folder; null when it does not exist.
 *
 * @throws BakeoffError BAD_SPEC when that is outside of the folder
 */
export function realInside(folder: string, path: string): string | null {
  const whole = join(folder, path)
  const real = realOf(whole)
  if (real === null) {
    if (isLink(whole)) throw refused(path, 'is a link to nothing', 'Correct the link, or put the file in its place.')
    return null
  }
  if (isBelow(folder, whole) && isBelow(realpathSync(folder), real)) return real
  throw refused(path, `leads out of ${folder}, to ${real}`, 'Only what is in the project is read: copy it in.')
}

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

function realOf(path: string): string | null {
  try {
    return realpathSync(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw unreadable(path, error)
  }
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink()
  } catch {
    return false
  }
}

function unreadable(path: string, error: unknown): BakeoffError {
  const { code } = error as NodeJS.ErrnoException
  return refused(path, `cannot be read (${code})`, 'Look at the links and permissions on the way to it: ls -l')
}

function refused(path: string, what: string, hint: string): BakeoffError {
  return new BakeoffError('BAD_SPEC', `${path} ${what}`, { hint })
}
