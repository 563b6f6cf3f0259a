import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { BakeoffError } from '@bakeoff/model'

const PREFIX = 'bakeoff-way-'
const SOCKET = 'engine.sock'

/** Bytes of a socket's path without the zero at its end: 108 on Linux, 104 on macOS and the BSDs. */
export const LONGEST_SOCKET_PATH = process.platform === 'linux' ? 107 : 103

/**
 * A new folder that only this user can enter, with a path short enough for a socket in it.
 *
 * @param parents where it may be, best first
 * @returns the path of the socket to be
 * @throws BakeoffError NO_ENGINE when no parent will do
 */
export async function makePrivateFolder(parents: readonly string[] = [tmpdir(), '/tmp']): Promise<string> {
  const short = parents.filter(
    (parent) => Buffer.byteLength(join(parent, `${PREFIX}XXXXXX`, SOCKET)) <= LONGEST_SOCKET_PATH,
  )
  let cause: unknown
  for (const parent of short) {
    try {
      const folder = await mkdtemp(join(parent, PREFIX))
      await chmod(folder, 0o700)
      return join(folder, SOCKET)
    } catch (error) {
      cause = error
    }
  }
  const why =
    short.length === 0
      ? `a socket's path has ${LONGEST_SOCKET_PATH} bytes at most, and ${parents.join(' and ')} are too long for one`
      : `${short.join(' and ')} cannot be written: ${(cause as Error).message}`
  throw new BakeoffError('NO_ENGINE', `there is no place for the socket of a tunnel: ${why}`, {
    hint: 'Name a short folder that this user can write to: TMPDIR=/tmp',
    cause,
  })
}

/** Removes a folder of `makePrivateFolder`, also one that another process left. Any other path is left alone. */
export async function removePrivateFolder(socket: string): Promise<void> {
  const folder = dirname(socket)
  if (basename(socket) !== SOCKET || !basename(folder).startsWith(PREFIX)) return
  await rm(folder, { recursive: true, force: true })
}
