import { dirname } from 'node:path'
import { BakeoffError } from '@bakeoff/model'

/** The errors of the file system in words, by code. */
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: "this user's disk quota is used up",
  EFBIG: 'the file would be larger than allowed',
  EROFS: 'its file system is read-only',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EIO: 'the disk reports an error',
  ENXIO: 'the disk is gone',
  ENODEV: 'the disk is gone',
  ESTALE: 'its file system was mounted again',
  ENOENT: 'its folder is gone',
  ENOTDIR: 'its folder is a file',
  EISDIR: 'there is a folder with that name',
  EEXIST: 'there is a file with that name',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
}

/**
 * Turns an error of the file system into one for the user: which file, why, and what to do. Any other error stays as it is.
 *
 * @param next a sentence: what was kept, and the next command
 */
export function writeFailure(error: unknown, path: string, next: string): unknown {
  const { code } = error as NodeJS.ErrnoException
  const reason = code === undefined ? undefined : REASONS[code]
  if (reason === undefined) return error
  return new BakeoffError('OUT_OF_RESOURCES', `${path} could not be written: ${reason} (${code})`, {
    hint: `${isFull(code) ? `Make room: df -h ${dirname(path)} shows how much there is. ` : ''}${next}`,
    cause: error,
  })
}

function isFull(code: string | undefined): boolean {
  return code === 'ENOSPC' || code === 'EDQUOT'
}
